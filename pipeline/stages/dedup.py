"""The stage that takes repeated paragraphs out, within a document and across documents."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from pipeline.document import Copy, Document, Kind, Paragraph, Rejection, Removal
from pipeline.errors import UsageError
from pipeline.stages import near, vetoes
from pipeline.stages.normalise import fold
from pipeline.stages.repeats import is_short, remove_short_repeats

_ROUNDED = 4  # digits of a similarity in the ledger


@dataclass(frozen=True, slots=True)
class _Place:
    """A paragraph that takes part, by its place in the canonical order."""

    document: int  # index in canonical order
    paragraph: Paragraph
    folded: str
    key: str  # the folded text in lower case: equal keys are copies


class Dedup:
    """Marks paragraphs that repeat another one; a barrier, and blind to the order of its input.

    The kept copy is the one in the earliest dated document, then in the one with more text, then
    by id and name; inside a document it is the first. A paragraph is compared with kept ones only,
    so the copy that the ledger names always stands, and likeness is never passed on.

    `near` also looks for near copies. `threshold`, above 0 and at most 1, is the least similarity
    of a near copy: the larger of the Jaccard similarity of the 4-letter shingles and the edit
    similarity (1 - distance / length of the longer text), both of the normalised texts. 0.8 bears
    about one damaged letter in ten. `vetoes` then must find no fact changed.

    Headings and other short paragraphs have a rule of their own, see `repeats`.
    """

    name = "dedup"

    def __init__(self, *, near: bool = True, threshold: float = 0.8) -> None:
        """Take the settings; raises UsageError for a threshold that cannot be one."""
        if not 0.0 < threshold <= 1.0:
            raise UsageError(
                f"the threshold of near copies must be above 0 and at most 1, not {threshold}",
                hint="0.8 is the default; higher removes less",
            )
        self._near = near
        self._threshold = threshold

    def run(self, documents: Iterable[Document]) -> Iterator[Document | Rejection]:
        """Read everything, then yield the documents in the order they came."""
        arrived = list(documents)
        ranked = sorted(range(len(arrived)), key=lambda at: _rank(arrived[at]))
        canonical = [arrived[at] for at in ranked]
        done = self._mark(canonical)
        by_arrival = dict(zip(ranked, done, strict=True))
        for at in range(len(arrived)):
            yield by_arrival[at]

    def _mark(self, documents: Sequence[Document]) -> list[Document]:
        places = [
            _place(at, paragraph)
            for at, document in enumerate(documents)
            for paragraph in document.paragraphs
            if paragraph.removal is None
            and not is_short(paragraph)
            and paragraph.kind is not Kind.CODE
        ]
        removals: list[dict[int, Removal]] = [{} for _ in documents]
        for place, removal in zip(places, self._compare(places, documents), strict=True):
            if removal is not None:
                removals[place.document][place.paragraph.index] = removal
        marked = [
            replace(
                document,
                paragraphs=tuple(
                    replace(p, removal=found.get(p.index, p.removal)) for p in document.paragraphs
                ),
            )
            if found
            else document
            for document, found in zip(documents, removals, strict=True)
        ]
        return remove_short_repeats(marked, stage=self.name)

    def _compare(
        self, places: Sequence[_Place], documents: Sequence[Document]
    ) -> Iterator[Removal | None]:
        """Yield for each place, in canonical order, why it goes, or None."""
        group_of: dict[str, int] = {}
        for place in places:
            group_of.setdefault(place.key, len(group_of))
        alike = near.candidates(list(group_of)) if self._near else [[] for _ in group_of]
        texts: dict[str, _Place] = {}
        kept: dict[int, _Place] = {}  # by group
        for place in places:
            group = group_of[place.key]
            if place.paragraph.text in texts:
                found = texts[place.paragraph.text]
                yield self._removal("exact-copy", found, documents)
            elif group in kept:
                yield self._removal("normalised-copy", kept[group], documents)
            else:
                best = self._nearest(place, [kept[g] for g in alike[group] if g in kept])
                if best is None:
                    texts[place.paragraph.text] = place
                    kept[group] = place
                    yield None
                else:
                    similarity, found = best
                    yield self._removal("near-copy", found, documents, similarity=similarity)

    def _nearest(self, place: _Place, others: Iterable[_Place]) -> tuple[float, _Place] | None:
        """Return the most similar of the kept `others` that passes every check."""
        best: tuple[float, _Place] | None = None
        for other in others:
            similarity = self._similarity(place, other)
            if similarity < self._threshold or (best is not None and similarity <= best[0]):
                continue
            if vetoes.same_sentences(place.paragraph.text, other.paragraph.text) or (
                vetoes.veto(place.folded, other.folded) is None
            ):
                best = (similarity, other)
        return best

    def _similarity(self, place: _Place, other: _Place) -> float:
        from rapidfuzz.distance import Levenshtein

        edit = Levenshtein.normalized_similarity(place.key, other.key, score_cutoff=self._threshold)
        return max(edit, near.jaccard(place.key, other.key))

    def _removal(
        self,
        reason: str,
        kept: _Place,
        documents: Sequence[Document],
        *,
        similarity: float | None = None,
    ) -> Removal:
        copy = Copy(
            document=documents[kept.document].name,
            paragraph=kept.paragraph.index,
            span=kept.paragraph.span,
        )
        return Removal(
            stage=self.name,
            reason=reason,
            kept=copy,
            similarity=None if similarity is None else round(similarity, _ROUNDED),
            threshold=None if similarity is None else self._threshold,
        )


def _rank(document: Document) -> tuple[bool, str, int, str, str]:
    """Sort by date, undated last, then by how much text is left, then by id and name."""
    size = sum(len(p.text) for p in document.kept())
    return (document.date is None, document.date or "", -size, document.id, document.name)


def _place(document: int, paragraph: Paragraph) -> _Place:
    folded = fold(paragraph.text)
    return _Place(document=document, paragraph=paragraph, folded=folded, key=folded.casefold())
