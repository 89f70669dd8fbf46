"""The stage that takes repeated paragraphs out, within a document and across documents."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from pipeline.document import Document, Kind, Place, Removal
from pipeline.errors import UsageError
from pipeline.reason import Reason
from pipeline.stage import StageKind
from pipeline.stages.duplicates.find import find_copies
from pipeline.stages.duplicates.repeats import has_words, is_short, remove_short_repeats

_ROUNDED = 4  # digits of a similarity in the ledger


class Earlier(Protocol):
    """Paragraphs of earlier runs."""

    def like(self, texts: Sequence[str]) -> list[tuple[Place, str]]:
        """Return the paragraphs that `texts` may repeat, each with its text, oldest first."""
        ...


class Dedup:
    """Marks paragraphs that repeat another one, whatever the order of the documents.

    The kept copy is the one in the earliest dated document, then in the one with more text, then
    by id and name; inside a document it is the first. A paragraph is compared with kept ones only,
    so the copy that the ledger names always stands, and likeness is never passed on.

    `near` also looks for near copies. `threshold`, above 0 and at most 1, is the least similarity
    of a near copy, see `duplicates.compare`; 0.8 bears about one damaged letter in ten. A text
    with a changed fact, see `duplicates.vetoes`, is no near copy. `workers` is how many cores are
    used, 0 for all there are; the result does not depend on it.

    `earlier` knows paragraphs of documents that are not among the input and stand already.

    Headings and other short paragraphs have a rule of their own, see `repeats`.
    """

    name = "dedup"
    kind: StageKind = "barrier"

    def __init__(
        self,
        *,
        near: bool = True,
        threshold: float = 0.8,
        workers: int = 0,
        earlier: Earlier | None = None,
    ) -> None:
        """Take the settings; raises UsageError for a threshold that cannot be one."""
        if not 0.0 < threshold <= 1.0:
            raise UsageError(
                f"the threshold of near copies must be above 0 and at most 1, not {threshold}",
                hint="0.8 is the default; higher removes less",
            )
        self._near = near
        self._threshold = threshold
        self._workers = workers
        self._earlier = earlier

    def run(self, documents: Sequence[Document]) -> list[Document]:
        """Return the documents in the order they came, with `Removal(stage="dedup")` on copies."""
        ranked = sorted(range(len(documents)), key=lambda at: _rank(documents[at]))
        done = self._mark([documents[at] for at in ranked])
        by_arrival = dict(zip(ranked, done, strict=True))
        return [by_arrival[at] for at in range(len(documents))]

    def _mark(self, documents: Sequence[Document]) -> list[Document]:
        places = [
            (at, paragraph)
            for at, document in enumerate(documents)
            for paragraph in document.paragraphs
            if paragraph.removal is None and paragraph.kind not in (Kind.CODE, Kind.ROW)
        ]
        # A damaged sentence may look like a headline. Such a paragraph comes last: it may be a
        # copy of a sentence, and nothing is a copy of it.
        long = [place for place in places if not is_short(place[1])]
        leading = len(long)
        long += [place for place in places if is_short(place[1]) and has_words(place[1])]
        places = long
        texts = [paragraph.text for _, paragraph in places]
        standing = self._earlier.like(texts) if self._earlier is not None else []
        copies = find_copies(
            [*(text for _, text in standing), *texts],
            near=self._near,
            threshold=self._threshold,
            standing=len(standing),
            leading=len(standing) + leading,
            workers=self._workers or cores(),
        )
        removals: dict[int, dict[int, Removal]] = {}
        for at in copies.indices():
            document, paragraph = places[at - len(standing)]
            stands = int(copies.kept[at])
            if stands < len(standing):
                place, text = standing[stands]
            else:
                kept_in, kept = places[stands - len(standing)]
                carrier = documents[kept_in]
                place = Place(carrier.id, carrier.name, kept.index, kept.span)
                text = kept.text
            removals.setdefault(document, {})[paragraph.index] = self._removal(
                place, similarity=float(copies.similarity[at]), exact=paragraph.text == text
            )
        marked = [
            _with(document, removals[at]) if at in removals else document
            for at, document in enumerate(documents)
        ]
        return remove_short_repeats(marked, stage=self.name)

    def _removal(self, kept: Place, *, similarity: float, exact: bool) -> Removal:
        if similarity > 0.0:
            return Removal(
                stage=self.name,
                reason=Reason.NEAR_COPY,
                kept=kept,
                similarity=round(similarity, _ROUNDED),
                threshold=self._threshold,
            )
        reason = Reason.EXACT_COPY if exact else Reason.NORMALISED_COPY
        return Removal(stage=self.name, reason=reason, kept=kept)


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _with(document: Document, removals: dict[int, Removal]) -> Document:
    paragraphs = tuple(
        replace(p, removal=removals.get(p.index, p.removal)) for p in document.paragraphs
    )
    return replace(document, paragraphs=paragraphs)


def _rank(document: Document) -> tuple[bool, str, int, str, str]:
    """Return the sort key of a document: its date, undated last, most text first, id, name."""
    size = sum(len(p.text) for p in document.kept())
    return (document.date is None, document.date or "", -size, document.id, document.name)
