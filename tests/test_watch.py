"""Progress where stderr is no terminal: plain lines."""

from __future__ import annotations

import pytest

from pipeline.cli.watch import Plain


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
