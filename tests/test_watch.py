"""Progress as it is drawn: plain lines where stderr is no terminal, moving bars where it is one."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
import time

import pytest

from models.engine import Hypothesis
from pipeline.cli.watch import Plain, watching
from pipeline.progress import Silent


def test_the_time_left_is_told_once_it_can_be_foreseen(
    capsys: pytest.CaptureFixture[str],
) -> None:
    progress = Plain(interval_s=0.0)
    progress.stage("translate", total=20, unit="segments")
    for _ in range(20):
        progress.advance()
    began, *lines = capsys.readouterr().err.splitlines()
    assert began == "translate: 20 segments"
    assert [line.split(",")[0] for line in lines] == [
        f"translate: {done}/20 segments" for done in range(1, 20)
    ]
    told = ["left" in line for line in lines]
    assert told == [False] * 3 + [True] * 16, "batches end together: three of twenty tell nothing"


def test_plain_lines_tell_the_rate_of_the_stage_and_pass_remarks_on(
    capsys: pytest.CaptureFixture[str],
) -> None:
    progress = Plain(interval_s=0.0)
    progress.stage("summarise", total=None, unit="documents")
    progress.decoded(Hypothesis("A quay.", tokens=40, finish="stop", model="m"))
    time.sleep(0.01)
    progress.advance()
    progress.remark("a note [in brackets]")
    progress.stage("dedup", total=1, unit="documents")
    began, counted, remark, single = capsys.readouterr().err.splitlines()
    assert began == "summarise: documents"
    assert re.fullmatch(r"summarise: 1/\? documents, [1-9]\d*\.\d tokens/s", counted)
    assert remark == "a note [in brackets]"
    assert single == "dedup: 1 document"


def test_details_are_for_those_who_asked_to_be_told_more(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for verbose in (False, True):
        with watching(quiet=False, verbose=verbose) as progress:
            progress.detail("finished: quay.txt \x1b[31m")
    (told,) = capsys.readouterr().err.splitlines()
    assert told.startswith("finished: quay.txt ")
    assert "\x1b" not in told


def test_a_quiet_command_draws_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with watching(quiet=True, verbose=True) as progress:
        assert isinstance(progress, Silent)
        progress.stage("translate", total=1, unit="segments")
        progress.remark("unheard")
        progress.detail("unheard")
    assert capsys.readouterr().err == ""


DRAW = """
import time
from models.engine import Hypothesis
from pipeline.cli.watch import watching

with watching(quiet=False, verbose=False) as progress:
    progress.detail("nobody asked")
with watching(quiet=False, verbose=True) as progress:
    progress.advance()  # before any stage: nothing to draw, and no error
    progress.stage("detect", total=2, unit="documents")
    progress.advance(2)
    progress.stage("translate", total=20, unit="segments")
    for _ in range(5):
        progress.decoded(Hypothesis("x", tokens=50, finish="stop", model="m"))
        time.sleep(0.02)
        progress.advance()
    progress.remark("quay.txt: a note with [bold]brackets[/bold]")
    progress.detail("finished: [quay].txt")
    progress.advance(10)
print("result")
"""


@pytest.fixture(scope="module")
def drawn() -> tuple[str, str]:
    """What a process wrote to stdout, and to a terminal of a hundred columns as its stderr."""
    master, slave = pty.openpty()
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "100", "LINES": "30"}
    for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        environment.pop(name, None)
    with subprocess.Popen(
        [sys.executable, "-c", DRAW], stdout=subprocess.PIPE, stderr=slave, env=environment
    ) as process:
        os.close(slave)
        written = b""
        try:
            while chunk := os.read(master, 65536):
                written += chunk
        except OSError:  # how Linux says that nobody holds the other end any more
            pass
        os.close(master)
        assert process.stdout is not None
        result = process.stdout.read().decode()
    return result, written.decode()


def _plain(written: str) -> list[str]:
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", written).replace("\r", "\n").split("\n")


def test_a_terminal_sees_a_bar_for_each_stage_as_far_as_it_is(drawn: tuple[str, str]) -> None:
    _, written = drawn
    last = {line.split()[0]: line for line in _plain(written) if line.strip()}
    assert re.match(r"detect +━+ +2/2 +documents \d:\d\d:\d\d left ", last["detect"])
    shown = (
        r"translate +━+[━╸╺ ]* +15/20 +segments +\d:\d\d:\d\d left \d:\d\d:\d\d \d+\.\d tokens/s"
    )
    assert re.match(shown, last["translate"]), last["translate"]


def test_a_bar_is_as_long_as_the_share_that_is_done(drawn: tuple[str, str]) -> None:
    _, written = drawn
    *_, coloured = (part for part in re.split(r"[\r\n]+", written) if "15/20" in part)
    runs = re.findall(r"\x1b\[([0-9;]+)m([━╸╺]+)", coloured)
    done = len(runs[0][1])
    assert done / sum(len(bar) for _, bar in runs) == pytest.approx(0.75, abs=0.05)


def test_a_remark_stands_above_the_bars_word_for_word(drawn: tuple[str, str]) -> None:
    _, written = drawn
    lines = [line.rstrip() for line in _plain(written)]
    at = lines.index("quay.txt: a note with [bold]brackets[/bold]")
    assert any("15/20" in line for line in lines[at:])
    assert "finished: [quay].txt" in lines
    assert "nobody asked" not in lines


def test_the_display_moves_in_place_gives_the_cursor_back_and_leaves_stdout_alone(
    drawn: tuple[str, str],
) -> None:
    result, written = drawn
    assert result == "result\n"
    assert "\x1b[1A" in written, "bars are drawn over the ones before"
    assert written.rindex("\x1b[?25h") > written.rindex("\x1b[?25l"), "the cursor is shown again"
