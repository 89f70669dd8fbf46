"""The release stage: what its agency has withdrawn, replaced, or not yet released is not told."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from itertools import chain

from pipeline.document import Document, Rejection
from pipeline.stage import StageKind
from pipeline.stages.standing import STAGE, Version, Versions, deciding, settled, standing


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
        return self.apply(documents, self.settle([self.gather(documents)]))

    def gather(self, documents: Sequence[Document]) -> list[Version]:
        """Return what other versions have to know of the texts that are numbered, or withdrawn."""
        return deciding(documents)

    def settle(self, parts: Iterable[Sequence[Version]]) -> Released:
        """Return the time that embargoes are held against, and the states that bar others."""
        now = self._now()
        states = chain.from_iterable(parts)
        return Released(now, settled(states, now=now, zone=self._zone))

    def apply(self, documents: Sequence[Document], verdict: Released) -> list[Document | Rejection]:
        """Return each document, or the rejection that says why it is not told."""
        barred = [
            standing(d, verdict.versions, now=verdict.now, zone=self._zone) for d in documents
        ]
        return [b.rejection if b else d for d, b in zip(documents, barred, strict=True)]


@dataclass(frozen=True, slots=True)
class Released:
    """The time that embargoes are held against, and the states of texts that bar others."""

    now: datetime
    versions: Versions
