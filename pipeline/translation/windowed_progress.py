"""One bar for a text, however many windows it is decoded in."""

from __future__ import annotations

from models.engine import Hypothesis
from pipeline.progress import Progress


class WindowedProgress:
    """Progress in paragraphs of the whole text, made of the reports of stages on each window.

    The desk is built with a WindowedProgress, and stages report to it; `watched` is the display.
    Until `begin`, all reports are passed on.
    """

    def __init__(self, watched: Progress) -> None:
        self._watched = watched
        self._begun = False
        self._size = 0  # of the window, in paragraphs
        self._told = 0
        self._done = 0
        self._total = 0  # of the window, in what the stage counts

    def begin(self, *, total: int) -> None:
        """Count from here on the `total` paragraphs of the text."""
        self._begun = True
        self._watched.stage("translate", total=total, unit="paragraphs")

    def window(self, size: int) -> None:
        """Begin a window of `size` paragraphs; the one before is done."""
        self.end()
        self._size = size

    def end(self) -> None:
        """End the last window."""
        self._move_to(self._size)
        self._size = self._told = self._done = self._total = 0

    def stage(self, name: str, *, total: int | None, unit: str) -> None:
        """Measure the window by the first stage that counts in it."""
        if not self._begun:
            self._watched.stage(name, total=total, unit=unit)
        elif not self._total:
            self._total = total or 0
        else:  # more of the same paragraphs: these do not move the bar
            self._total = -1

    def advance(self, count: int = 1) -> None:
        """Move by the share of the window that is done."""
        if not self._begun:
            self._watched.advance(count)
        elif self._total > 0:
            self._done = min(self._done + count, self._total)
            # The last paragraph is kept back: its answer may have to be mended.
            self._move_to(max(0, self._size - 1) * self._done // self._total)

    def decoded(self, hypothesis: Hypothesis) -> None:
        """Pass the hypothesis on."""
        self._watched.decoded(hypothesis)

    def remark(self, message: str) -> None:
        """Pass the message on."""
        self._watched.remark(message)

    def detail(self, message: str) -> None:
        """Pass the message on."""
        self._watched.detail(message)

    def _move_to(self, place: int) -> None:
        if place > self._told:
            self._watched.advance(place - self._told)
            self._told = place
