"""What the real command makes of good documents, with a real server behind it."""

from __future__ import annotations

import json
import os
import pty
import subprocess
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from newsroom import (
    BOAT,
    COMMAND,
    LONG,
    MAYOR,
    QUAY,
    STORIES,
    SUMMARY,
    Newsroom,
    check_whole,
    nightdesk,
    translation,
)

from pipeline.output.record import schema


def test_one_document_is_counted_as_one(room: Newsroom, tmp_path: Path) -> None:
    inbox = tmp_path / "one"
    inbox.mkdir()
    (inbox / "quay.txt").write_text(QUAY, encoding="utf-8")
    outcome = nightdesk("run", inbox, "--out", tmp_path / "out")
    assert "1 summary of 1 document in" in outcome.err


def test_a_folder_becomes_summaries(room: Newsroom, inbox: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    outcome = nightdesk("run", inbox, "--out", out)
    assert (outcome.code, outcome.out) == (0, "")
    assert "4 summaries of 4 documents" in outcome.err
    assert check_whole(out) == list(STORIES)
    page = (out / "summary.md").read_text(encoding="utf-8")
    assert page.count("The boats of the island call there.[^") == 4
    assert page.count('<span lang="ru">“') >= 4
    record = json.loads((out / "run.json").read_text(encoding="utf-8"))
    assert record["counts"]["languages"] == {"ru": 4}
    assert not list(out.rglob(".nightdesk-*"))


def test_a_server_needs_no_weights_on_this_machine(
    room: Newsroom, inbox: Path, tmp_path: Path
) -> None:
    outcome = nightdesk("run", inbox, "--out", tmp_path / "out", NIGHTDESK_CACHE=str(tmp_path))
    assert (outcome.code, outcome.out) == (0, ""), outcome.err
    assert "4 summaries of 4 documents" in outcome.err


def test_json_is_all_that_stands_on_stdout(room: Newsroom, inbox: Path, tmp_path: Path) -> None:
    outcome = nightdesk("run", inbox, "--out", tmp_path / "out", "--json", "-v")
    assert json.loads(outcome.out)["counts"]["summaries"] == 4
    lines = outcome.err.splitlines()
    assert [f"finished: {name}" for name in STORIES] == [n for n in lines if "finished: " in n]
    announced = ["read: 4 files", "dedup: 4 documents", "site-chrome: 4 documents"]
    places = [lines.index(line) for line in announced]
    assert places == sorted(places), "progress moves before anything is translated"
    assert places[-1] < next(i for i, n in enumerate(lines) if n.startswith("translate: "))
    assert "finished: " not in nightdesk("run", inbox, "--out", tmp_path / "more").err


def test_quiet_is_quiet(room: Newsroom, inbox: Path, tmp_path: Path) -> None:
    outcome = nightdesk("run", inbox, "--out", tmp_path / "out", "--quiet")
    assert (outcome.code, outcome.out, outcome.err) == (0, "", "")


def test_a_second_run_asks_nothing_and_a_third_only_what_changed(
    room: Newsroom, inbox: Path, tmp_path: Path
) -> None:
    for _ in range(2):
        assert nightdesk("run", inbox, "--out", tmp_path / "out").code == 0
    asked = len(room.asked)
    assert asked == 12 + 4  # each sentence, each document
    added = "Маяк у северного мыса молчит с самого утра, и рыбаки вернулись в гавань засветло."
    (inbox / "1.txt").write_text(f"{STORIES['1.txt']}\n{added}\n", encoding="utf-8")
    assert nightdesk("run", inbox, "--out", tmp_path / "out").code == 0
    assert [text for text in room.asked[asked:] if text.startswith("Маяк")] == [added]
    assert len(room.asked) == asked + 2


def test_one_text_from_stdin_goes_to_stdout_alone(room: Newsroom) -> None:
    outcome = nightdesk("translate", "-", given=f"{QUAY}\n")
    assert (outcome.code, outcome.out) == (0, f"{translation(QUAY)}\n")
    outcome = nightdesk("summarize", "-", given=LONG)
    assert (outcome.code, outcome.out) == (0, f"{SUMMARY}\n")


@pytest.mark.parametrize("command", ["translate", "summarize"])
def test_one_text_that_is_finished_is_named_where_more_is_wanted(
    room: Newsroom, command: str
) -> None:
    told = nightdesk(command, "-", "-v", given=f"{QUAY}\n").err.splitlines()
    assert told.count("finished: stdin") == 1
    assert "finished" not in nightdesk(command, "-", given=f"{QUAY}\n").err


def test_a_page_from_stdin_is_read_as_a_page(room: Newsroom) -> None:
    page = f"<!doctype html><html><body><nav>Меню</nav><article><p>{QUAY}</p></article></body>"
    outcome = nightdesk("translate", "-", given=f"{page}</html>")
    assert (outcome.code, outcome.out) == (0, translation(QUAY))


def test_the_layout_of_a_text_stays(room: Newsroom, tmp_path: Path) -> None:
    source = tmp_path / "a.md"
    source.write_text(f"# {QUAY}\n\n\n* {BOAT}\n\n```\nкод\n```\n{MAYOR}\n\n", encoding="utf-8")
    outcome = nightdesk("translate", source, "-o", tmp_path / "new" / "b.md")
    assert (outcome.code, outcome.out) == (0, "")
    there = (tmp_path / "new" / "b.md").read_text(encoding="utf-8")
    quay, boat, mayor = map(translation, (QUAY, BOAT, MAYOR))
    assert there == f"# {quay}\n\n\n* {boat}\n\n```\nкод\n```\n{mayor}\n\n"


def test_results_as_json(room: Newsroom, tmp_path: Path) -> None:
    translated = json.loads(nightdesk("translate", "-", "--json", given=QUAY).out)
    assert (translated["language"], translated["text"]) == ("ru", translation(QUAY))
    summarised = json.loads(nightdesk("summarize", "-", "--json", given=LONG).out)
    assert " ".join(s["text"] for s in summarised["summary"]["sentences"]) == SUMMARY
    Draft202012Validator(schema()).validate(summarised)


def test_a_terminal_gets_moving_bars(room: Newsroom, inbox: Path, tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [COMMAND, "run", inbox, "--out", tmp_path / "out"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=theirs,
        env={**os.environ, "TERM": "xterm-256color", "COLUMNS": "120"},
    )
    os.close(theirs)
    shown = b""
    while True:
        try:
            piece = os.read(ours, 65_536)
        except OSError:  # Linux's way to say that the other end is closed
            break
        if not piece:
            break
        shown += piece
    os.close(ours)
    assert process.communicate(timeout=60) == (b"", None)
    assert process.returncode == 0
    text = shown.decode("utf-8", "replace")
    assert "translate" in text
    assert "12/12" in text
    assert "tokens/s" in text
    assert "\x1b[" in text
