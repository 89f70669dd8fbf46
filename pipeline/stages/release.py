"""The release stage: what its agency has withdrawn, replaced, or not yet released is not told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, tzinfo

from pipeline.document import Document, Rejection
from pipeline.stage import StageKind
from pipeline.stages.standing import STAGE, standings


class Release:
    """Puts a rejection in the place of a document that must not be told (`standing.standings`).

    Every such rejection has the origin of its document. `now` tells the time, with a zone; `zone`
    is that of embargoes that name none.
    """

    name = STAGE
    kind: StageKind = "barrier"

    def __init__(
        self,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        *,
        zone: tzinfo | None = None,
    ) -> None:
        self._now = now
        self._zone = zone

    def run(self, documents: Sequence[Document]) -> list[Document | Rejection]:
        """Return each document, or the rejection that says why it is not told."""
        barred = standings(documents, now=self._now(), zone=self._zone)
        return [b.rejection if b else d for d, b in zip(documents, barred, strict=True)]
