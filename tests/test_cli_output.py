"""Where the results of the real command go, and the places that cannot take them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from newsroom import (
    COMMAND,
    QUAY,
    STORIES,
    Newsroom,
    check_whole,
    finish,
    nightdesk,
    running,
    translation,
    usage,
)

from pipeline.output.record import schema


def test_an_output_that_cannot_be_one_is_refused_before_any_work(
    room: Newsroom, inbox: Path, tmp_path: Path
) -> None:
    file = tmp_path / "file"
    file.write_text("mine")
    for out in (file, file / "below" / "it"):
        said = usage("run", inbox, "--out", out)
        assert f"{file}: is a file, not a folder" in said
    assert "is a folder" in usage("translate", inbox / "0.txt", "-o", tmp_path)
    assert "is a file, not a folder" in usage("translate", inbox / "0.txt", "-o", file / "a.txt")
    assert room.asked == []
    assert file.read_text() == "mine"


def test_a_device_is_written_to_not_replaced(room: Newsroom, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with (
        running("translate", "-", "-o", pipe) as process,
        subprocess.Popen(["cat", pipe], stdout=subprocess.PIPE, text=True) as reader,
    ):
        assert finish(process, given=QUAY).code == 0
        assert reader.communicate(timeout=30)[0] == translation(QUAY)
    assert pipe.is_fifo()


@pytest.mark.skipif(sys.platform != "linux", reason="root has capabilities to drop on Linux only")
def test_what_may_not_be_read_is_rejected_and_where_nothing_may_be_written_is_told(
    room: Newsroom, inbox: Path, tmp_path: Path
) -> None:
    (inbox / "1.txt").chmod(0)
    (inbox / "closed").mkdir(mode=0)
    out = tmp_path / "out"
    outcome = nightdesk("run", inbox, "--out", out, mortal=True)
    assert outcome.code == 1
    (line,) = outcome.lines("not used: 1.txt: ")
    assert "cannot be read: Permission denied" in line
    assert "chmod u+r" in line
    (line,) = outcome.lines("not used: closed: ")
    assert "Permission denied" in line
    assert check_whole(out) == ["0.txt", "2.txt", "3.txt"]
    outcome = nightdesk("run", inbox / "closed", "--out", out, mortal=True)
    assert outcome.code == 2
    assert "the folder cannot be opened: Permission denied" in outcome.err
    assert "chmod u+rx" in outcome.err

    locked = tmp_path / "locked"
    locked.mkdir(mode=0o555)
    for place in (locked, locked / "below"):
        outcome = nightdesk("run", inbox, "--out", place, mortal=True)
        assert (outcome.code, outcome.out) == (3, "")
        assert f"{locked}" in outcome.err
        assert "cannot be written: Permission denied" in outcome.err
        assert "choose another folder" in outcome.err
    outcome = nightdesk("translate", inbox / "0.txt", "-o", locked / "a.txt", mortal=True)
    assert outcome.code == 3
    assert "a.txt: cannot be written: Permission denied" in outcome.err
    for place in (locked, locked / "below"):
        outcome = nightdesk("cache", "info", mortal=True, NIGHTDESK_STATE=str(place))
        assert outcome.code == 3
        assert "results.sqlite: may not be read and written: " in outcome.err
        assert "change the owner or the mode" in outcome.err


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 256 kB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(disk)]
    able = shutil.which("mount") is not None
    if not able or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("no small disk can be mounted here: that takes root")
    try:
        yield disk
    finally:
        subprocess.run(["umount", disk], check=True)


def test_a_full_disk_is_told_and_what_was_finished_is_whole(
    room: Newsroom, inbox: Path, small_disk: Path
) -> None:
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(236_000))  # leaves room for some of the results
    out = small_disk / "out"
    outcome = nightdesk("run", inbox, "--out", out)
    assert (outcome.code, outcome.out) == (3, "")
    assert "the disk is full" in outcome.err
    assert "free space and run again" in outcome.err
    assert "Traceback" not in outcome.err
    finished = list((out / "documents").rglob("*.json"))
    assert finished
    for path in finished:
        Draft202012Validator(schema()).validate(json.loads(path.read_text("utf-8")))
    assert not list(out.rglob(".nightdesk-*"))
    assert not (out / "run.json").exists()
    asked = len(room.asked)
    ballast.unlink()
    assert nightdesk("run", inbox, "--out", out).code == 0
    assert check_whole(out) == list(STORIES)
    assert len(room.asked) == asked  # finished work was kept


def test_a_state_that_finds_the_disk_full_is_told(
    room: Newsroom, inbox: Path, tmp_path: Path, small_disk: Path
) -> None:
    (small_disk / "ballast").write_bytes(bytes(250_000))
    state = small_disk / "state"
    outcome = nightdesk("run", inbox, "--out", tmp_path / "out", NIGHTDESK_STATE=str(state))
    assert outcome.code == 3
    assert f"{state / 'memory.sqlite'}: the disk is full" in outcome.err
    assert "free disk space" in outcome.err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
def test_stdout_on_a_full_disk_is_told(room: Newsroom) -> None:
    with open("/dev/full", "w") as full:  # noqa: PTH123
        done = subprocess.run(
            [COMMAND, "translate", "-", "-q"], input=QUAY, stdout=full, stderr=subprocess.PIPE,
            text=True, check=False,
        )  # fmt: skip
    assert done.returncode == 3
    assert done.stderr.startswith("nightdesk: stdout: cannot be written: No space left on device")
    assert len(done.stderr.splitlines()) == 2


def test_a_reader_that_leaves_early_is_no_error(room: Newsroom) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [COMMAND, "translate", "-", "-q"], input=QUAY, stdout=writer, stderr=subprocess.PIPE,
        text=True, check=False,
    )  # fmt: skip
    os.close(writer)
    assert (done.returncode, done.stderr) == (141, "")
