"""Limits of a night in time: the hour at which it is published, and the time that one text has."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from types import FrameType

from pipeline.document import Document, Rejection
from pipeline.stage import Stage, StageKind

AT_DEADLINE = "deadline"  # the stage that a rejection names, of a text that waits
_HINT = "the next night tells it; begin earlier, or set a later nightly.deadline"


class _OutOfTime(BaseException):
    """Raised wherever the engine is; no `except Exception` of a library stops it."""


class Watched:
    """A stage whose documents each have `seconds`; none is begun after `deadline`.

    A window of documents has the time of all of them. Where that does not suffice, each has its
    own time by itself: the engines' results are remembered, so that the second pass only goes on.
    """

    def __init__(
        self,
        stage: Stage,
        *,
        seconds: float,
        deadline: datetime | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._stage = stage
        self._seconds = seconds
        self._deadline = deadline
        self._now = now

    @property
    def name(self) -> str:
        """The name of the stage."""
        return self._stage.name

    @property
    def kind(self) -> StageKind:
        """The kind of the stage."""
        return self._stage.kind

    def run(self, documents: Sequence[Document]) -> Sequence[Document | Rejection]:
        """Return the stage's results; a rejection for a document that has no time left."""
        if self._deadline is not None and self._now() >= self._deadline:
            why = "waits: the deadline of the night was reached"
            return [Rejection(d.name, AT_DEADLINE, why, _HINT) for d in documents]
        try:
            with _alarm(self._seconds * len(documents)):
                return self._stage.run(documents)
        except _OutOfTime:
            return [self._alone(document) for document in documents]

    def _alone(self, document: Document) -> Document | Rejection:
        try:
            with _alarm(self._seconds):
                [result] = self._stage.run([document])
        except _OutOfTime:
            return Rejection(
                document.name,
                self.name,
                f"takes more than {self._seconds:g} s of the models",
                "raise nightly.max_document_s in the configuration, or split the text",
            )
        return result


@contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    """Raise `_OutOfTime` in the block after `seconds` by the clock; only in the main thread."""
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "SIGALRM"):
        yield
        return

    def ring(_signal: int, _frame: FrameType | None) -> None:
        raise _OutOfTime

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
