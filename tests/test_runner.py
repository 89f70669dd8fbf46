"""Documents flow through the stages, rejections pass by, and the clock knows where time went."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest

from pipeline.document import Document, Rejection
from pipeline.errors import SourceError
from pipeline.progress import Silent
from pipeline.runner import Clock, one_through, through
from pipeline.stage import StageKind


def document(name: str) -> Document:
    return Document("0" * 16, name, "text", "utf-8", ())


class Mark:
    """Adds its name to the notes; rejects what it is told to; may be slow."""

    kind: StageKind = "map"

    def __init__(self, name: str, *, rejects: str = "", seconds: float = 0.0) -> None:
        self.name = name
        self._rejects = rejects
        self._seconds = seconds

    def run(self, documents: Sequence[Document]) -> list[Document | Rejection]:
        return [self._marked(item) for item in documents]

    def _marked(self, item: Document) -> Document | Rejection:
        time.sleep(self._seconds)
        if item.name == self._rejects:
            return Rejection(item.name, self.name, "told to")
        return replace(item, notes=(*item.notes, self.name))


class Seeing:
    """Of any kind; keeps the names that each call was given together, and loses `loses`."""

    def __init__(self, kind: StageKind, *, loses: str = "") -> None:
        self.name = self.kind = kind
        self._loses = loses
        self.seen: list[str] = []

    def run(self, documents: Sequence[Document]) -> list[Document | Rejection]:
        self.seen.append("".join(d.name for d in documents))
        return [d for d in documents if d.name != self._loses]


def test_every_stage_in_order_and_every_item_once() -> None:
    items = [document("a"), Rejection("b", "sources", "broken"), document("c"), document("d")]
    stages = [Mark("one"), Seeing("barrier"), Mark("two", rejects="c"), Mark("three")]
    results = list(through(items, stages, clock=Clock()))
    assert {r.name: r.stage for r in results if isinstance(r, Rejection)} == {
        "b": "sources",
        "c": "two",
    }
    documents = [r for r in results if isinstance(r, Document)]
    assert [d.name for d in documents] == ["a", "d"]
    assert all(d.notes == ("one", "two", "three") for d in documents)


def test_results_come_while_inputs_are_still_read() -> None:
    read = []

    def inputs() -> Iterator[Document]:
        for name in "abc":
            read.append(name)
            yield document(name)

    results = through(inputs(), [Mark("one"), Mark("two")], clock=Clock())
    next(results)
    assert read == ["a"]


def test_time_is_booked_on_the_stage_that_spent_it() -> None:
    clock = Clock()
    stages = [Mark("quick"), Mark("slow", seconds=0.05), Mark("last")]
    list(through([document("a"), document("b")], stages, clock=clock))
    assert clock.seconds["slow"] >= 0.1
    assert clock.seconds["quick"] < 0.05
    assert clock.seconds["last"] < 0.05
    assert clock.until["b"]["slow"] > clock.until["a"]["slow"] > clock.until["a"]["quick"]


def test_each_kind_of_stage_is_given_what_it_must_see_together() -> None:
    read: list[str] = []

    def inputs() -> Iterator[Document | Rejection]:
        for name in "abcde":
            read.append(name)
            yield Rejection(name, "sources", "broken") if name == "b" else document(name)

    first, windows, last = Seeing("map"), Seeing("window"), Seeing("barrier")
    results = through(inputs(), [first, windows], clock=Clock(), window_documents=2)
    assert [next(results).name, next(results).name] == ["b", "a"]
    assert read == ["a", "b", "c"], "the window is full: nobody waits for the next"
    assert [r.name for r in results] == ["c", "d", "e"]
    assert (first.seen, windows.seen) == (["a", "c", "d", "e"], ["ac", "de"])

    windows.seen, read[:] = [], []
    results = through(inputs(), [windows, last], clock=Clock(), window_documents=3)
    assert next(results).name == "b"
    assert read == ["a", "b"], "a rejection waits for no barrier"
    assert [r.name for r in results] == ["a", "c", "d", "e"]
    assert (windows.seen, last.seen) == (["acd", "e"], ["acde"])


def test_progress_is_told_of_each_barrier_with_the_number_of_its_documents() -> None:
    class Told(Silent):
        def __init__(self) -> None:
            self.events: list[object] = []

        def stage(self, name: str, *, total: int | None, unit: str) -> None:
            self.events.append((name, total, unit))

        def advance(self, count: int = 1) -> None:
            self.events.append(count)

    told = Told()
    items = [document("a"), Rejection("b", "sources", "broken"), document("c")]
    stages = [Seeing("map"), Seeing("barrier"), Seeing("window")]
    list(through(items, stages, clock=Clock(), progress=told))
    assert told.events == [("barrier", 2, "documents"), 2]


def test_a_stage_that_loses_a_document_is_a_bug() -> None:
    items = [document("a"), document("b")]
    with pytest.raises(ValueError, match="shorter"):
        list(through(items, [Seeing("barrier", loses="b")], clock=Clock()))


def test_one_document_comes_out_or_the_reason_why_not() -> None:
    assert one_through(document("a"), [Mark("one"), Mark("two")]).notes == ("one", "two")
    with pytest.raises(SourceError, match="a: told to"):
        one_through(document("a"), [Mark("one", rejects="a")])
