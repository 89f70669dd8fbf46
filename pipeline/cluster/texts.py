"""The texts that a barrier compares: each document's in one order, and a number for each.

A text's number is its rank in the whole run, as it is in a run of one process: the first of equal
texts stands. Numbers are given by one task, which sees about 100 bytes of each document: its key
and how many texts it has.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipeline.document import Document
from pipeline.place import Place, Span
from pipeline.stages.dedup import Dedup
from pipeline.stages.duplicates.sketch import Sketches, sketch
from pipeline.stages.same_text import Said, SameText

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Comparing = Dedup | SameText


@dataclass(frozen=True, slots=True)
class Group:
    """The key of a document, and how many of its texts lead and how many come behind all others."""

    rank: Any
    leading: int
    trailing: int


@dataclass(frozen=True, slots=True)
class Numbering:
    """The share of each number: numbers from `starts[k]` on are of the share `homes[k]`.

    `leading` is the number of texts that others may be copies of.
    """

    starts: NDArray[np.int64]
    homes: NDArray[np.int32]
    leading: int
    total: int

    def home(self, numbers: NDArray[np.int64]) -> NDArray[np.int32]:
        """Return the share that each text is in."""
        import numpy as np

        return self.homes[np.searchsorted(self.starts, numbers, side="right") - 1]


def texts_of(stage: Comparing, document: Document) -> tuple[list[Said], list[Said]]:
    """Return the texts of a document that a stage compares: those that lead, and the others."""
    if isinstance(stage, SameText):
        return list(stage.compared(document)), []
    long, short = (
        [
            Said(p.text, p.language, Place(document.id, document.name, p.index, p.span))
            for p in paragraphs
        ]
        for paragraphs in stage.compared(document)
    )
    return long, short


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts that a stage compares, of all documents of a share, in columns.

    Documents are (id, name, partition); `of` has the place of each text's document among them,
    `at` its paragraph and its span.
    """

    documents: list[tuple[str, str, str]]
    of: NDArray[np.int32]
    at: NDArray[np.int32]
    languages: list[str]
    texts: list[str]

    def said(self, place: int) -> Said:
        """Return the text at a place."""
        paragraph, start, end = self.at[place].tolist()
        known, name, _ = self.documents[int(self.of[place])]
        where = Place(known, name, paragraph, Span(start, end))
        return Said(self.texts[place], self.languages[place], where)

    def partitions(self) -> dict[str, str]:
        """Return the partition of each document, by its name."""
        return {name: partition for _, name, partition in self.documents}


def sketched(
    stage: Comparing, documents: Iterable[tuple[str, Document]]
) -> tuple[list[Group], Sketches, Texts]:
    """Return the keys of documents, the sketches of their texts and these, in one order.

    Documents come with their partitions.
    """
    import numpy as np

    groups: list[Group] = []
    known: list[tuple[str, str, str]] = []
    found: list[Said] = []
    for partition, document in documents:
        leading, trailing = texts_of(stage, document)
        groups.append(Group(stage.rank(document), len(leading), len(trailing)))
        known.append((document.id, document.name, partition))
        found += (*leading, *trailing)
    sizes = [group.leading + group.trailing for group in groups]
    at = [(s.place.paragraph, s.place.span.start, s.place.span.end) for s in found]
    texts = Texts(
        known,
        np.repeat(np.arange(len(groups), dtype=np.int32), sizes),
        np.array(at, dtype=np.int32).reshape(-1, 3),
        [one.language for one in found],
        [one.text for one in found],
    )
    return groups, sketch(texts.texts), texts


def numbered(shares: Sequence[Sequence[Group]]) -> tuple[list[NDArray[np.int64]], Numbering]:
    """Return for each share the numbers of its texts, and which share has which numbers.

    1. The documents of all shares are sorted by their keys.
    2. Their leading texts are numbered through, then all others.
    """
    import numpy as np

    places = [(share, at) for share, groups in enumerate(shares) for at in range(len(groups))]
    places.sort(key=lambda place: shares[place[0]][place[1]].rank)
    ordered = [shares[share][at] for share, at in places]
    sizes = np.array([g.leading for g in ordered] + [g.trailing for g in ordered], dtype=np.int64)
    starts = np.cumsum(sizes) - sizes
    homes = np.array([share for share, _ in places] * 2, dtype=np.int32)
    begins: list[list[tuple[int, int]]] = [[(0, 0)] * len(groups) for groups in shares]
    for (share, at), first, behind in zip(
        places, starts[: len(places)].tolist(), starts[len(places) :].tolist(), strict=True
    ):
        begins[share][at] = (first, behind)
    numbers = [
        np.concatenate(
            [
                np.zeros(0, dtype=np.int64),
                *(
                    np.arange(start, start + size)
                    for group, (first, behind) in zip(groups, begins[share], strict=True)
                    for start, size in ((first, group.leading), (behind, group.trailing))
                ),
            ]
        )
        for share, groups in enumerate(shares)
    ]
    leading = int(sizes[: len(places)].sum())
    return numbers, Numbering(starts, homes, leading, int(sizes.sum()))


def chosen(
    texts: Texts, numbers: NDArray[np.int64], wanted: Iterable[NDArray[np.int64]]
) -> list[dict[int, Said]]:
    """Return for each request the texts with those numbers; `numbers` are those of all `texts`."""
    import numpy as np

    order = np.argsort(numbers)
    ranked = numbers[order]
    return [
        {
            number: texts.said(place)
            for number, place in zip(
                one.tolist(), order[np.searchsorted(ranked, one)].tolist(), strict=True
            )
        }
        for one in wanted
    ]
