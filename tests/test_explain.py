"""nightdesk explain and restore: the fate of each paragraph, and how to change it for good."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from pipeline.cli.app import app
from pipeline.document import Document
from pipeline.errors import UsageError
from pipeline.output.writer import RunWriter
from pipeline.sources.folder import read_file
from pipeline.stages.clean import Clean
from pipeline.stages.dedup import Dedup
from pipeline.stages.restore import Restore, rule_key
from pipeline.state.folder import memory_path
from pipeline.state.removals import RestoreRules

BOAT = (
    "The evening ferry between Tarsk and Reyny will sail again from the first of March, the town "
    "council decided after a debate of four hours."
)
SNOW = (
    "Heavy snow closed the mountain road above Reyny for the third time this winter, and a school "
    "bus with twelve pupils had to wait two hours."
)


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "inbox"
    folder.mkdir()
    (folder / "wire.txt").write_text(f"Home > News > Ferries\n\n{BOAT}\n\n{SNOW}\n", "utf-8")
    (folder / "repost.txt").write_text(f"{SNOW}\n\nShare this article\n", "utf-8")
    return folder


def call(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


def read(path: Path) -> Document:
    [document] = read_file(path, name=path.name, max_file_bytes=10_000)
    assert isinstance(document, Document)
    return document


def cleaned(inbox: Path) -> dict[str, Document]:
    """Return what the clean-up makes of the folder, with the rules in the state."""
    documents = [read(path) for path in sorted(inbox.iterdir())]
    done = Dedup().run(Clean().run(documents))
    kept = Restore(RestoreRules(memory_path()).keys()).run(
        d for d in done if isinstance(d, Document)
    )
    return {document.name: document for document in kept}


def test_a_file_alone_is_explained_paragraph_by_paragraph(inbox: Path, tmp_path: Path) -> None:
    done = call("explain", inbox / "wire.txt", "--out", tmp_path / "none", "--json")
    assert done.exit_code == 0, done.output
    fates = json.loads(done.stdout)
    assert [f["fate"] for f in fates] == ["removed", "kept", "kept"]
    assert fates[0]["removal"]["reason"] == "breadcrumb"
    assert "cleaned up on its own" in done.stderr
    [fate] = json.loads(call("explain", inbox / "wire.txt", "--paragraph", 1, "--json").stdout)
    assert fate["text"] == BOAT


def test_a_run_tells_which_copy_in_which_document_stands(inbox: Path, tmp_path: Path) -> None:
    writer = RunWriter(tmp_path / "out")
    for document in cleaned(inbox).values():
        writer.document(document, engines={}, seconds={})
    done = call("explain", inbox / "repost.txt", "--out", tmp_path / "out")
    assert done.exit_code == 0, done.output
    assert done.stderr == ""
    start = read(inbox / "wire.txt").text.index(SNOW)
    assert (
        f"dedup: exact-copy of paragraph 2 in wire.txt, characters {start} to {start + len(SNOW)}"
        in done.stdout
    )
    (inbox / "repost.txt").write_text(f"{SNOW}\n\n{BOAT}\n", "utf-8")
    changed = call("explain", inbox / "repost.txt", "--out", tmp_path / "out")
    assert "as it is now" in changed.stderr, "the run saw another text"


def test_results_of_an_older_version_are_named_and_not_misread(inbox: Path, tmp_path: Path) -> None:
    writer = RunWriter(tmp_path / "out")
    writer.document(cleaned(inbox)["repost.txt"], engines={}, seconds={})
    path = tmp_path / "out" / "documents" / "repost.txt.json"
    record = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps({**record, "schema_version": 1}), "utf-8")
    error = call("explain", inbox / "repost.txt", "--out", tmp_path / "out").exception
    assert isinstance(error, UsageError)
    assert str(path) in str(error)
    assert "version 1" in str(error)
    assert "run again" in error.hint


@pytest.mark.parametrize(
    "change",
    [
        {"paragraphs": [{}]},
        {"paragraphs": [None]},
        {"paragraphs": 5},
        {"name": 5},
        {"paragraphs": [{"index": 0, "text": "x", "removal": {}}]},
        {"paragraphs": [{"index": 0, "text": ["x"], "removal": None}]},
    ],
)
def test_a_damaged_record_is_named(inbox: Path, tmp_path: Path, change: dict[str, object]) -> None:
    writer = RunWriter(tmp_path / "out")
    writer.document(cleaned(inbox)["repost.txt"], engines={}, seconds={})
    path = tmp_path / "out" / "documents" / "repost.txt.json"
    record = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps({**record, **change}), "utf-8")
    error = call("explain", inbox / "repost.txt", "--out", tmp_path / "out").exception
    assert isinstance(error, UsageError), error
    assert f"{path}: not a record of a run" in str(error)
    assert error.hint


def test_restored_paragraphs_are_kept_by_later_runs_until_undone(inbox: Path) -> None:
    wire = inbox / "wire.txt"
    assert cleaned(inbox)["repost.txt"].kept() == ()
    assert call("restore", inbox / "repost.txt", "--paragraph", 0).exit_code == 0
    done = cleaned(inbox)
    assert [p.text for p in done["repost.txt"].kept()] == [SNOW]
    assert done["wire.txt"].paragraphs[0].removal is not None, "only what was asked for"

    assert call("restore", wire).exit_code == 0
    wire.write_text(wire.read_text("utf-8") + "\nAnd it goes on.\n", "utf-8")
    assert cleaned(inbox)["wire.txt"].paragraphs[0].removal is None, "outlives an edit elsewhere"

    undone = call("restore", wire, "--paragraph", 0, "--undo")
    assert "1 paragraph is" in undone.stderr
    assert cleaned(inbox)["wire.txt"].paragraphs[0].removal is not None
    assert "no rule was found" in call("restore", wire, "--paragraph", 0, "--undo").stderr


def test_a_rule_is_for_a_file_of_this_name_and_this_text(inbox: Path) -> None:
    wire, repost = read(inbox / "wire.txt"), read(inbox / "repost.txt")
    assert rule_key(wire, wire.paragraphs[2]) != rule_key(repost, repost.paragraphs[0])
    assert rule_key(wire, wire.paragraphs[1]) != rule_key(wire, wire.paragraphs[2])


def test_a_hash_in_a_name_is_part_of_it(inbox: Path, tmp_path: Path) -> None:
    (inbox / "wire.txt").rename(inbox / "report #3.txt")
    (inbox / "repost.txt").rename(inbox / "report #4.txt")
    third, fourth = read(inbox / "report #3.txt"), read(inbox / "report #4.txt")
    assert rule_key(third, third.paragraphs[2]) != rule_key(fourth, fourth.paragraphs[0])
    copy = replace(third, name="report #4.txt")
    assert rule_key(third, third.paragraphs[2]) != rule_key(copy, third.paragraphs[2])
    writer = RunWriter(tmp_path / "out")
    for document in (third, replace(fourth, id=third.id)):  # the same text in both
        writer.document(document, engines={}, seconds={})
    done = call("explain", inbox / "report #3.txt", "--out", tmp_path / "out", "--json")
    assert [p["text"] for p in json.loads(done.stdout)] == [p.text for p in third.paragraphs]


def test_a_rule_for_a_line_holds_when_it_moves_to_another(inbox: Path) -> None:
    feed = inbox / "feed.jsonl"
    feed.write_text(json.dumps({"text": f"{BOAT}\n\n{SNOW}"}) + "\n", "utf-8")
    (first,) = read_file(feed, name="feed.jsonl", max_file_bytes=10_000)
    feed.write_text("\n\n" + feed.read_text("utf-8"), "utf-8")
    (third,) = read_file(feed, name="feed.jsonl", max_file_bytes=10_000)
    assert isinstance(first, Document)
    assert isinstance(third, Document)
    assert (first.name, third.name) == ("feed.jsonl#1", "feed.jsonl#3")
    assert rule_key(first, first.paragraphs[0]) == rule_key(third, third.paragraphs[0])


@pytest.mark.parametrize("command", ["explain", "restore"])
def test_what_is_not_there_is_named(inbox: Path, command: str) -> None:
    error = call(command, inbox / "wire.txt", "--paragraph", 9).exception
    assert isinstance(error, UsageError)
    assert "no paragraph 9" in str(error)
    error = call(command, inbox / "nothing.txt").exception
    assert isinstance(error, UsageError)
    assert "no such file" in str(error)
