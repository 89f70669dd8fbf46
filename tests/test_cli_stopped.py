"""Two runs at once, and one that is stopped: the files are whole, the next goes on."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from newsroom import (
    STORIES,
    Newsroom,
    check_whole,
    finish,
    interrupt,
    nightdesk,
    running,
    server_config,
)

from pipeline.output.record import schema


def slow(room: Newsroom, tmp_path: Path) -> None:
    """One request and one document at a time."""
    server_config(
        tmp_path / "server.toml",
        room.url,
        ["max_concurrency = 1", "[engine]", "window_documents = 1"],
    )


def test_a_second_run_into_the_same_folder_is_told_of_the_first(
    room: Newsroom, inbox: Path, tmp_path: Path
) -> None:
    room.limit = 0
    with running("run", inbox, "--out", tmp_path / "out") as first:
        assert room.held.wait(90)
        second = nightdesk("run", inbox, "--out", tmp_path / "out")
        assert (second.code, second.out) == (3, "")
        assert "another run is writing to this folder" in second.err
        assert "choose another folder with --out" in second.err
        room.limit = None
        room.release.set()
        assert finish(first).code == 0
    assert check_whole(tmp_path / "out") == list(STORIES)


def test_ctrl_c_leaves_whole_files_and_the_next_run_goes_on(
    room: Newsroom, inbox: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    slow(room, tmp_path)
    room.limit = 7  # three sentences and a summary, and some of the next
    with running("run", inbox, "--out", out) as process:
        assert room.held.wait(90)
        began = time.monotonic()
        outcome = interrupt(process)
        assert time.monotonic() - began < 20
    assert (outcome.code, outcome.out) == (130, "")
    assert outcome.err.splitlines()[-1] == (
        "nightdesk: stopped; what was finished is kept, run again to go on"
    )
    assert "Traceback" not in outcome.err
    finished = sorted(path.name for path in (out / "documents").glob("*.json"))
    assert finished == ["0.txt.json"]
    for name in finished:
        record = json.loads((out / "documents" / name).read_text(encoding="utf-8"))
        Draft202012Validator(schema()).validate(record)
    assert not list(out.rglob(".nightdesk-*"))
    assert not (out / "run.json").exists()

    room.limit = None
    room.release.set()
    room.asked.clear()
    assert nightdesk("run", inbox, "--out", out).code == 0
    assert check_whole(out) == list(STORIES)
    assert len(room.asked) == 16 - 7  # what was answered is not asked again


def test_a_run_that_was_killed_leaves_nothing_in_the_way(
    room: Newsroom, inbox: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    slow(room, tmp_path)
    room.limit = 7
    with running("run", inbox, "--out", out) as process:
        assert room.held.wait(90)
        process.kill()
    (out / "documents" / ".nightdesk-half").write_text('{"name": "0.t')  # as a crash leaves it
    room.limit = None
    room.release.set()
    assert nightdesk("run", inbox, "--out", out).code == 0
    assert check_whole(out) == list(STORIES)
    assert not list(out.rglob(".nightdesk-*"))


@pytest.mark.parametrize("after_s", [0.15, 0.3, 0.6])
def test_ctrl_c_while_it_is_starting_is_no_crash(after_s: float) -> None:
    with running("translate", "-") as process:
        time.sleep(after_s)
        outcome = interrupt(process)
    # In its first moments it is Python itself that is interrupted, before any line of ours.
    of_python = outcome.code == -2 or outcome.err.startswith("Fatal Python error: init_")
    assert of_python or outcome.code == 130
    assert of_python or "Traceback" not in outcome.err
    assert "pipeline/cli" not in outcome.err


def test_ctrl_c_inside_a_finaliser_still_stops_the_program() -> None:
    program = """
import signal, sys, time
from pipeline.cli import interrupt_again
sys.unraisablehook = interrupt_again
signal.signal(signal.SIGINT, signal.default_int_handler)  # which some parents have ignored
class Interrupted:
    def __del__(self):
        signal.raise_signal(signal.SIGINT)
try:
    Interrupted()
    time.sleep(30)
except KeyboardInterrupt:
    sys.exit(130)
"""
    command = [sys.executable, "-c", program]
    ended = subprocess.run(command, check=False, capture_output=True, timeout=25)
    assert (ended.returncode, ended.stderr) == (130, b"")
