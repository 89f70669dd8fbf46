"""The texts that a barrier compares: each document's in one order, and a number for each.

A text's number is its rank in the whole run, as it is in a run of one process: the first of equal
texts stands. Numbers are given by one task, which sees about 100 bytes of each document: its key
and how many texts it has.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipeline.document import Document, Place
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


def sketched(stage: Comparing, documents: Iterable[Document]) -> tuple[list[Group], Sketches]:
    """Return the keys of documents and the sketches of their texts, in the order of both."""
    groups, texts = [], []
    for document in documents:
        leading, trailing = texts_of(stage, document)
        groups.append(Group(stage.rank(document), len(leading), len(trailing)))
        texts += [one.text for one in (*leading, *trailing)]
    return groups, sketch(texts)


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
    stage: Comparing,
    documents: Iterable[Document],
    numbers: NDArray[np.int64],
    wanted: Iterable[NDArray[np.int64]],
) -> list[dict[int, Said]]:
    """Return for each request the texts of `documents` with those numbers.

    `numbers` are those of all texts of `documents`.
    """
    asked = [set(one.tolist()) for one in wanted]
    found: list[dict[int, Said]] = [{} for _ in asked]
    counted = iter(numbers.tolist())
    for document in documents:
        leading, trailing = texts_of(stage, document)
        for text in (*leading, *trailing):
            number = next(counted)
            for request, answer in zip(asked, found, strict=True):
                if number in request:
                    answer[number] = text
    return found
