"""Standard streams that are closed, full or left, and what a bug looks like to a caller."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from newsroom import COMMAND, QUAY, Newsroom, check_whole, nightdesk

BUG = """
import sys
from pipeline import config_file
def broken(path): raise ZeroDivisionError("as a bug would")
config_file.load = broken
sys.argv = ["nightdesk", "doctor"]
from pipeline.cli import main
main()
"""


def shell(line: str, *words: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a line of the shell, in which `$0` is the command and `$1` and so on are `words`."""
    return subprocess.run(
        ["sh", "-c", line, str(COMMAND), *map(str, words)],
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_a_run_needs_no_stream(room: Newsroom, inbox: Path, tmp_path: Path, closed: str) -> None:
    done = shell(f'"$0" run "$1" --out "$2" {closed}', inbox, tmp_path / "out")
    assert (done.returncode, done.stdout) == (0, "")
    assert "Traceback" not in done.stderr
    assert len(check_whole(tmp_path / "out")) == 4
    assert not any(b"summaries of" in p.read_bytes() for p in tmp_path.rglob("*") if p.is_file())


@pytest.mark.parametrize("call", ["--version", "--help", "nightly install --at 02:30 --print"])
def test_a_result_that_cannot_be_written_is_a_failure(call: str) -> None:
    for where, why in ((">&-", "Bad file descriptor"), (">/dev/full", "No space left")):
        done = shell(f'"$0" {call} {where}')
        assert done.returncode == 3
        assert done.stderr.startswith(f"nightdesk: stdout: cannot be written: {why}")
        assert len(done.stderr.splitlines()) == 2
    assert shell(f'"$0" {call} >&- 2>&-').returncode == 3


def test_a_text_from_a_closed_stdin_is_not_used() -> None:
    done = shell('"$0" translate - <&-')
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("not used: stdin: cannot be read: Bad file descriptor; ")


@pytest.mark.parametrize("where", ["2>&-", "2>/dev/full"])
def test_messages_that_cannot_be_told_change_nothing(room: Newsroom, where: str) -> None:
    text = f"printf '%s' '{QUAY}' | \"$0\" translate - {where}"
    done = shell(text)
    assert done.returncode == 0
    assert done.stdout == nightdesk("translate", "-", given=QUAY).out
    assert shell(f'"$0" rnu {where}').returncode == 2


def test_a_reader_that_leaves_early_is_no_error_for_help_either() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [COMMAND, "--help"], stdout=writer, stderr=subprocess.PIPE, text=True, check=False
    )
    os.close(writer)
    assert (done.returncode, done.stderr) == (141, "")


def test_a_bug_is_told_as_one_and_is_no_success() -> None:
    done = subprocess.run(
        [sys.executable, "-c", BUG], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 70
    assert "ZeroDivisionError: as a bug would" in done.stderr
    assert "this is a bug in nightdesk" in done.stderr
    assert "report it" in done.stderr.splitlines()[-1]


@pytest.mark.skipif(sys.platform != "linux", reason="root has capabilities to drop on Linux only")
def test_folders_that_may_be_listed_and_not_entered(
    room: Newsroom, inbox: Path, tmp_path: Path
) -> None:
    shut = inbox / "shut"
    shut.mkdir()
    (shut / "a.txt").write_text(QUAY, encoding="utf-8")
    (shut / "sub").mkdir()
    (shut / "link.txt").symlink_to("a.txt")
    shut.chmod(0o600)
    try:
        outcome = nightdesk("run", inbox, "--out", tmp_path / "out", mortal=True)
        assert outcome.code == 1
        for name in ("shut/a.txt", "shut/sub", "shut/link.txt"):
            (line,) = outcome.lines(f"not used: {name}: ")
            assert "cannot be read: Permission denied" in line
            assert f"chmod u+x {shut}" in line
        assert len(check_whole(tmp_path / "out")) == 4
        for words in (("run", shut / "sub"), ("run", inbox, "--config", shut / "c.toml")):
            outcome = nightdesk(*words, "--out", tmp_path / "out", mortal=True)
            assert outcome.code == 2
            assert "Permission denied" in outcome.err
        for command in ("translate", "summarize", "explain", "restore"):
            outcome = nightdesk(command, shut / "a.txt", mortal=True)
            assert outcome.code in (1, 3)
            assert "Permission denied" in outcome.err
            assert "Traceback" not in outcome.err
    finally:
        shut.chmod(0o700)


def test_names_that_people_cannot_type_cost_no_run(room: Newsroom, tmp_path: Path) -> None:
    folder = os.path.join(os.fsencode(tmp_path), "лента".encode("cp1251"))  # noqa: PTH118
    os.mkdir(folder)  # noqa: PTH102
    long = "завод" * 25 + ".txt"
    for name in (long.encode(), b"a.txt", b"a\nb.txt", rb"a\nb.txt"):
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:  # noqa: PTH118, PTH123
            file.write(f"{QUAY} {name!r}\n")
    open(os.path.join(folder, "пусто.txt".encode("cp1251")), "w").close()  # noqa: PTH118, PTH123
    outcome = nightdesk("run", os.fsdecode(folder), "--out", tmp_path / "out")
    assert outcome.code == 1, outcome.err
    assert len(outcome.lines("not used: пусто~")) == 1
    assert len(check_whole(tmp_path / "out")) == 4


def test_a_link_to_itself_costs_no_night(room: Newsroom, inbox: Path, tmp_path: Path) -> None:
    (inbox / "loop.txt").symlink_to("loop.txt")
    outcome = nightdesk("nightly", "run", "--inbox", inbox, "--out", tmp_path / "nights")
    assert outcome.code == 1, outcome.err
    assert len(outcome.lines("not used: loop.txt: ")) >= 1
