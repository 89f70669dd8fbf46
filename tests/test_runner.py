"""Documents flow through the stages, rejections pass by, and the clock knows where time went."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import replace

from pipeline.document import Document, Rejection
from pipeline.runner import Clock, through


def document(name: str) -> Document:
    return Document("0" * 16, name, "text", "utf-8", ())


class Mark:
    """Adds its name to the notes; rejects what it is told to; may be slow."""

    def __init__(self, name: str, *, rejects: str = "", seconds: float = 0.0) -> None:
        self.name = name
        self._rejects = rejects
        self._seconds = seconds

    def run(self, documents: Iterable[Document]) -> Iterator[Document | Rejection]:
        for item in documents:
            time.sleep(self._seconds)
            if item.name == self._rejects:
                yield Rejection(item.name, self.name, "told to")
            else:
                yield replace(item, notes=(*item.notes, self.name))


class Barrier:
    """Reads everything before it yields anything."""

    name = "barrier"

    def run(self, documents: Iterable[Document]) -> Iterator[Document | Rejection]:
        yield from list(documents)


def test_every_stage_in_order_and_every_item_once() -> None:
    items = [document("a"), Rejection("b", "sources", "broken"), document("c"), document("d")]
    stages = [Mark("one"), Barrier(), Mark("two", rejects="c"), Mark("three")]
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
