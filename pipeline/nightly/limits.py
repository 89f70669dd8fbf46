"""Limits of a night in time: the hour at which it is published, and the time that one text has."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from pipeline.document import Document, Rejection
from pipeline.sources.thread_limit import OutOfTime
from pipeline.sources.time_limit import time_limit
from pipeline.stage import Stage, StageKind

AT_DEADLINE = "deadline"  # the stage that a rejection names, of a text that waits
_HINT = "the next night tells it; begin earlier, or set a later nightly.deadline"


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
            with time_limit(self._seconds * len(documents), clock="wall"):
                return self._stage.run(documents)
        except OutOfTime:
            return [self._alone(document) for document in documents]

    def _alone(self, document: Document) -> Document | Rejection:
        try:
            with time_limit(self._seconds, clock="wall"):
                [result] = self._stage.run([document])
        except OutOfTime:
            return Rejection(
                document.name,
                self.name,
                f"takes more than {self._seconds:g} s of the models",
                "raise nightly.max_document_s in the configuration, or split the text",
            )
        return result
