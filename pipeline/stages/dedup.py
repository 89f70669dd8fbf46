"""The stage that takes repeated paragraphs out, within a document and across documents."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from pipeline.document import Document, Kind, Paragraph, Removal
from pipeline.errors import UsageError
from pipeline.place import Place
from pipeline.reason import Reason
from pipeline.stage import StageKind
from pipeline.stages.duplicates.find import find_copies
from pipeline.stages.duplicates.repeats import (
    has_words,
    is_short,
    remove_short_repeats,
    repeats_inside,
)

Rank = tuple[bool, str, int, str, str]

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
        ranked = sorted(range(len(documents)), key=lambda at: self.rank(documents[at]))
        done = self._mark([documents[at] for at in ranked])
        by_arrival = dict(zip(ranked, done, strict=True))
        return [by_arrival[at] for at in range(len(documents))]

    @property
    def threshold(self) -> float | None:
        """The least similarity of a near copy; None where near copies stay."""
        return self._threshold if self._near else None

    def rank(self, document: Document) -> Rank:
        """Return the sort key of a document: the copies in the first document are kept."""
        return _rank(document)

    def compared(self, document: Document) -> tuple[list[Paragraph], list[Paragraph]]:
        """Return the paragraphs of a document that may be copies: long ones, then short ones.

        A damaged sentence may look like a headline. Such a paragraph comes behind the long ones of
        all documents: it may be a copy of a sentence, and nothing is a copy of it.
        """
        paragraphs = [
            paragraph
            for paragraph in document.paragraphs
            if paragraph.removal is None and paragraph.kind not in (Kind.CODE, Kind.ROW)
        ]
        short = [p for p in paragraphs if is_short(p)]
        return [p for p in paragraphs if not is_short(p)], [p for p in short if has_words(p)]

    def marked(self, document: Document, removals: Mapping[int, Removal]) -> Document:
        """Return a document with copies taken out, by their index, and what goes with them."""
        return repeats_inside([_with(document, removals)], stage=self.name)[0]

    def removal(self, kept: Place, *, similarity: float, exact: bool) -> Removal:
        """Return why a copy is taken out; a `similarity` of 0 is none, `exact` to the letter."""
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

    def _mark(self, documents: Sequence[Document]) -> list[Document]:
        found = [self.compared(document) for document in documents]
        places = [(at, p) for at, (long, _) in enumerate(found) for p in long]
        leading = len(places)
        places += [(at, p) for at, (_, short) in enumerate(found) for p in short]
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
            removals.setdefault(document, {})[paragraph.index] = self.removal(
                place, similarity=float(copies.similarity[at]), exact=paragraph.text == text
            )
        marked = [
            _with(document, removals[at]) if at in removals else document
            for at, document in enumerate(documents)
        ]
        return remove_short_repeats(marked, stage=self.name)


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _with(document: Document, removals: Mapping[int, Removal]) -> Document:
    paragraphs = tuple(
        replace(p, removal=removals.get(p.index, p.removal)) for p in document.paragraphs
    )
    return replace(document, paragraphs=paragraphs)


def _rank(document: Document) -> Rank:
    """Return the sort key of a document: its date, undated last, most text first, id, name."""
    size = sum(len(p.text) for p in document.kept())
    return (document.date is None, document.date or "", -size, document.id, document.name)
