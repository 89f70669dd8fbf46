"""Progress on stderr: a live display on a terminal, plain lines elsewhere, nothing if quiet."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from models.engine import Hypothesis
from pipeline.output.controls import without_controls
from pipeline.progress import Progress, Silent

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID

PLAIN_INTERVAL_S = 15.0


@contextmanager
def watching(*, quiet: bool, verbose: bool) -> Iterator[Progress]:
    """Yield the progress display for stderr: live, plain, or silent."""
    if quiet:
        yield Silent()
    elif sys.stderr.isatty():
        with _live_columns() as bars:
            yield Live(bars, verbose=verbose)
    else:
        yield Plain(interval_s=1.0 if verbose else PLAIN_INTERVAL_S, verbose=verbose)


class _Rate:
    """Tokens a second since the stage began."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._tokens = 0

    def add(self, tokens: int) -> None:
        self._tokens += tokens

    def __str__(self) -> str:
        seconds = time.monotonic() - self._began
        return f"{self._tokens / seconds:.1f} tokens/s" if self._tokens and seconds else ""


class Plain:
    """A line when a stage begins and ends, and one every `interval_s` seconds between.

    Texts of one batch end nearly together, so the first ones done do not tell how long the others
    take: the time left is shown only once the share `_FORESEEABLE` is done.
    """

    _FORESEEABLE = 0.2

    def __init__(self, *, interval_s: float, verbose: bool = False) -> None:
        self._interval_s = interval_s
        self._verbose = verbose
        self._name = self._unit = ""
        self._total: int | None = None
        self._done = 0
        self._rate = _Rate()
        self._began = self._told = time.monotonic()

    def stage(self, name: str, *, total: int | None, unit: str) -> None:
        """Begin a stage and print its name and amount."""
        self._name, self._unit, self._total, self._done = name, unit, total, 0
        self._rate = _Rate()
        self._began = self._told = time.monotonic()
        amount = "" if total is None else f" {total}"
        counted = unit.removesuffix("s") if total == 1 else unit
        print(f"{name}:{amount} {counted}", file=sys.stderr)

    def advance(self, count: int = 1) -> None:
        """Count, and print the progress if the last line is `interval_s` old."""
        self._done += count
        now = time.monotonic()
        if now - self._told < self._interval_s or self._done == self._total:
            return
        self._told = now
        facts = [f"{self._name}: {self._done}/{self._total or '?'} {self._unit}", str(self._rate)]
        if self._total and self._done >= self._FORESEEABLE * self._total:
            left = (now - self._began) / self._done * (self._total - self._done)
            facts.append(f"about {left:.0f} s left")
        print(", ".join(fact for fact in facts if fact), file=sys.stderr)

    def decoded(self, hypothesis: Hypothesis) -> None:
        """Count tokens."""
        self._rate.add(hypothesis.tokens)

    def remark(self, message: str) -> None:
        """Print the message."""
        print(without_controls(message), file=sys.stderr)

    def detail(self, message: str) -> None:
        """Print the message where more is wanted."""
        if self._verbose:
            self.remark(message)


class Live:
    """Bars that move, one for each stage."""

    def __init__(self, bars: RichProgress, *, verbose: bool) -> None:
        self._bars = bars
        self._verbose = verbose
        self._task: TaskID | None = None
        self._rate = _Rate()

    def stage(self, name: str, *, total: int | None, unit: str) -> None:
        """Begin a bar."""
        self._rate = _Rate()
        self._task = self._bars.add_task(name, total=total, unit=unit, rate="")

    def advance(self, count: int = 1) -> None:
        """Move the present bar."""
        if self._task is not None:
            self._bars.update(self._task, advance=count, rate=str(self._rate))

    def decoded(self, hypothesis: Hypothesis) -> None:
        """Count tokens."""
        self._rate.add(hypothesis.tokens)

    def remark(self, message: str) -> None:
        """Print the message above the bars."""
        self._bars.console.print(without_controls(message), markup=False, highlight=False)

    def detail(self, message: str) -> None:
        """Print the message above the bars where more is wanted."""
        if self._verbose:
            self.remark(message)


def _live_columns() -> RichProgress:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    return Progress(
        TextColumn("{task.description:<15}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[unit]}"),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
        TextColumn("{task.fields[rate]}"),
        console=Console(stderr=True),
    )
