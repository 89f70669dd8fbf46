"""Parts of a run on a cluster, in one process: a barrier in parts decides as it does whole."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import cluster_texts as texts
import pytest
from story_texts import WordEncoder, story_document

from pipeline.build import build
from pipeline.cluster.codec import decoded, encoded
from pipeline.cluster.hands import MOST_DEATHS, Hands
from pipeline.cluster.partition import Row, Unit, partitions
from pipeline.cluster.storage import Storage
from pipeline.cluster.worker import Guarded
from pipeline.cluster.workplace import Step
from pipeline.config import Config, TranslateOptions
from pipeline.document import Aligned, Document, Draft, Paragraph, Rejection
from pipeline.errors import UsageError
from pipeline.flag import Flag
from pipeline.place import Span
from pipeline.progress import Silent
from pipeline.runner import Clock, through
from pipeline.sources.folder import read_bytes
from pipeline.stages.dedup import Dedup
from pipeline.stages.same_text import SameText
from pipeline.state.folder import State

pytestmark = pytest.mark.filterwarnings("default")  # numpy's, in pyarrow
CONFIG = Config(translate=TranslateOptions(ladder_samples=0))


class Inline:
    """Runs tasks at once, in this process."""

    setup = b""

    def run(self, function: Callable[..., Any], *arguments: Any, returns: int = 1) -> Any:
        found = function(*arguments)
        if returns == 1:
            return found
        assert len(found) == returns
        return list(found)


class Table:
    """A workplace whose partitions are lists of documents; it keeps the verdicts."""

    def __init__(self, stage: Any, shares: dict[str, list[Document]]) -> None:
        self.steps = {1: self}
        self.barrier = stage
        self.shares = shares
        self.storage = self
        self.written: dict[str, bytes] = {}

    def documents(
        self, partitions: list[str], *, before: int, only: Collection[str] | None = None
    ) -> Any:
        return (
            document
            for name in partitions
            for document in self.shares[name]
            if only is None or document.name in only
        )

    def verdict_file(self, step: int, partition: str) -> str:
        return partition

    def write(self, name: str, data: bytes) -> None:
        self.written[name] = data

    def verdict(self, kind: Any, step: int, partition: str = "all") -> Any:
        return decoded(self.written[partition], kind)


def documents(folder: Path, count: int) -> list[Document]:
    texts.write_news(folder, count)
    found = []
    for path in sorted(folder.rglob("*.txt")):
        name = path.relative_to(folder).as_posix()
        found += [d for d in read_bytes(path.read_bytes(), name=name) if isinstance(d, Document)]
    return found


def finished(folder: Path, count: int, state: Path) -> list[Document]:
    """Return documents as they are before the last barrier, with drafts dropped."""
    desk = build(CONFIG, state=State(state), progress=Silent(), engines=texts.engines())
    stages = [s for s in desk.all() if s.name != "same-text"]
    flow = through(documents(folder, count), stages, clock=Clock(), window_documents=64)
    return [item for item in flow if isinstance(item, Document)]


@pytest.mark.parametrize(("count", "near"), [(2, True), (7, True), (3, False)])
def test_copies_are_found_in_parts_as_they_are_in_one(
    count: int, near: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = documents(tmp_path / "in", 120)
    stage = Dedup(near=near, workers=1)
    assert _in_parts(stage, given, count, monkeypatch) == _by_name(stage.run(given))
    assert any(p.removal for d in stage.run(given) for p in d.paragraphs)


def test_texts_that_say_the_same_are_linked_in_parts_as_they_are_in_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = finished(tmp_path / "in", 60, tmp_path / "state")
    # A translation that is the English text itself, so that there is something to link.
    english = {d.name: d for d in given if d.language == "en"}
    assert english
    stage = SameText(target="en")
    made = [*given, *(_translated_into(d) for d in english.values())]
    assert _in_parts(stage, made, 3, monkeypatch) == _by_name(stage.run(made))
    assert any(p.same_as for d in stage.run(made) for p in d.paragraphs)


def _translated_into(document: Document) -> Document:
    from pipeline.document import Translation

    def told(p: Paragraph) -> Paragraph:
        return replace(p, language="fr", translation=Translation(p.text, "en", ()))

    return replace(
        document,
        name=f"fr/{document.name}",
        id=f"f{document.id[1:]}",
        paragraphs=tuple(map(told, document.paragraphs)),
    )


def _in_parts(
    stage: Any, given: list[Document], count: int, monkeypatch: pytest.MonkeyPatch
) -> dict[str, Document]:
    from pipeline.cluster import exchange
    from pipeline.cluster.verdicts import applied

    shuffled = random.Random(7).sample(given, len(given))
    shares = {f"p{at}": shuffled[at::count] for at in range(count)}
    table = Table(stage, shares)
    monkeypatch.setattr(exchange, "workplace", lambda _setup: table)
    exchange.compare_texts(Inline(), 1, list(shares))  # type: ignore[arg-type]
    return {
        document.name: document
        for name, share in shares.items()
        for document in applied(None, stage, share, table, 1, name)  # type: ignore[arg-type]
        if isinstance(document, Document)
    }


def _by_name(documents: list[Document]) -> dict[str, Document]:
    return {document.name: document for document in documents}


class Finished:
    """A workplace whose documents are finished, and lie in three partitions."""

    steps = ()

    def __init__(self, documents: list[Document], encoder: Any) -> None:
        self.encoder = encoder
        self.setup = SimpleNamespace(config=CONFIG)
        self._documents = documents

    def load(self, partition: str, *, before: int) -> list[Row]:
        assert before == 0
        return [
            Row(d.name, 0, d) for at, d in enumerate(self._documents) if at % 3 == int(partition)
        ]


@pytest.mark.parametrize("encoder", [WordEncoder(), None])
def test_stories_are_told_in_parts_as_they_are_told_in_one(
    encoder: WordEncoder | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pipeline.cluster import telling
    from pipeline.digest.compose import compose, edition_of
    from pipeline.digest.publish import digest_files
    from pipeline.digest.telling import tell_stories

    given = finished(tmp_path / "in", 40, tmp_path / "state")
    ferry = "The ferry Aurelia sank off Rhodes on Sunday night with 212 people on board."
    given += [
        story_document("Ferry Aurelia sinks off Rhodes", f"{ferry} {more}", name=f"f{at}")
        for at, more in enumerate(("Greek boats saved 190.", "Turkish boats came.", "A storm."))
    ]
    given.sort(key=lambda d: d.name)
    edition = edition_of(CONFIG, now=datetime.now(UTC))
    stories = tell_stories(given, encoder=encoder, config=CONFIG, progress=Silent())
    assert max(len(story.sources) for story in stories) >= (3 if encoder else 1)
    expected = dict(digest_files(compose(edition, stories, given, not_read=["a.raw"]), given))
    monkeypatch.setattr(telling, "workplace", lambda _setup: Finished(given, encoder))
    inline: Any = Inline()
    files, problem = telling.tell(
        inline, list("012"), str(tmp_path / "out"), edition=edition, not_read=["a.raw"]
    )
    assert not problem
    assert files == sorted(expected)
    for name, text in expected.items():
        assert (tmp_path / "out" / name).read_bytes().decode() == text, name


def test_a_document_with_drafts_comes_back_exactly() -> None:
    part = Aligned(Span(0, 4), Span(0, 3), "ru", "m", (Flag.DOUBTFUL,), 0.1 + 0.2)
    document = Document(
        id="0" * 16,
        name="a.txt",
        text="два\ud800 и\u2028 три",
        encoding="utf-8",
        paragraphs=(Paragraph(0, "два", Span(0, 3), confidence=1 / 3),),
        drafts=(Draft(0, Span(0, 4), "ru", True, "two", (part,), "два"),),
    )
    back = decoded(encoded(document, Document), Document)
    assert back == document
    assert back.drafts == document.drafts
    rejection = Rejection("b", "sources", "why")
    assert decoded(encoded(rejection, Document | Rejection), Document | Rejection) == rejection
    now = datetime.now(UTC)
    assert decoded(encoded(now, datetime), datetime) == now


@pytest.mark.parametrize("data", [b"[]", b"{}", b"null", b"[1, 2", b'"os.system"'])
def test_what_is_no_document_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"Document|Expecting|delimiter"):
        decoded(data, Document)


def test_partitions_depend_on_names_and_content_alone() -> None:
    units = [Unit(f"f{at}.txt", 100, f"mark{at}") for at in range(100)]
    first = partitions(units, files=16)
    assert partitions(random.Random(1).sample(units, 100), files=16) == first
    assert sorted(u.name for p in first for u in p.units) == sorted(u.name for u in units)
    changed = partitions([*units[:-1], Unit("f99.txt", 100, "other")], files=16)
    assert len({p.name for p in changed} - {p.name for p in first}) == 1
    large = Unit("shard.jsonl", 5_000_000, "x")
    assert any(p.units == (large,) for p in partitions([*units, large], files=16))


def test_a_document_that_is_alone_in_hand_at_two_deaths_is_condemned(tmp_path: Path) -> None:
    def begin(session: str = "s") -> Hands:
        return Hands(Storage(str(tmp_path)), "hands.json", session=session)

    hands = begin()
    hands.take(["a", "b"])
    hands = begin()  # the process died
    assert hands.died == ("a", "b")
    assert hands.suspect("a")
    assert not hands.suspect("c")
    for _ in range(MOST_DEATHS):
        assert not hands.condemned("b")
        hands.take(["b"])
        hands = begin()
    assert hands.condemned("b")
    assert not hands.condemned("a")
    hands.take(["a"])
    assert begin("another").died == ()  # all processes were ended: that was not the document
    begin().lay_down()
    assert json.loads((tmp_path / "hands.json").read_bytes())


def test_a_document_that_there_is_no_memory_for_is_named_and_others_go_on(tmp_path: Path) -> None:
    class Greedy:
        name, kind = "greedy", "map"

        def run(self, given: list[Document]) -> list[Document]:
            if any(document.name == "b" for document in given):
                raise MemoryError
            return given

    rows = [Row(name, 0, story_document(name, "A text.", name=name)) for name in "abc"]
    hands = Hands(Storage(str(tmp_path)), "hands.json", session="s")
    step = Step(0, (Greedy(),))  # type: ignore[arg-type]
    found = Guarded(hands, window=3).through(rows, step)
    assert [row.item for row in found if isinstance(row.item, Document)] == [
        rows[0].item, rows[2].item,
    ]  # fmt: skip
    rejected = found[1].item
    assert isinstance(rejected, Rejection)
    assert "memory" in rejected.reason
    assert "memory" in rejected.hint


def test_a_file_in_a_store_is_whole_and_read_again(tmp_path: Path) -> None:
    storage = Storage(str(tmp_path))
    storage.write("a/b.json", b"1")
    storage.write("a/b.json", b"22")
    assert storage.read("a/b.json") == b"22"
    assert [(f.name, f.size) for f in storage.files()] == [("a/b.json", 2)]
    storage.remove("a")
    assert not storage.has("a/b.json")
    with pytest.raises(FileNotFoundError):
        storage.read("a/b.json")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["in", "--on", "spark"], "--on spark: not an engine"),
        (["in", "--on", "ray://"], "--on ray://: not an engine"),
        (["in", "--on", "ray", "--dry-run"], "--dry-run"),
        (["s3://bucket/in"], "s3://bucket/in: is an address"),
        (["in", "--out", "s3://bucket/out"], "s3://bucket/out: is an address"),
    ],
)
def test_what_cannot_be_run_elsewhere_is_a_usage_error(
    arguments: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from typer.testing import CliRunner

    from pipeline.cli.app import app

    monkeypatch.setenv("NIGHTDESK_STATE", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text("One text.", encoding="utf-8")
    result = CliRunner().invoke(app, ["run", *arguments])
    assert isinstance(result.exception, UsageError)
    assert said in str(result.exception)
    assert not (tmp_path / "nightdesk-out").exists()
