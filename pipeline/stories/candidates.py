"""Candidates: the pairs of documents that are worth a score.

Every document is compared with its nearest ones only, by vectors of wholes and of titles, and with
those that share rare names. So the number of scores grows with the number of documents, not with
its square; the products of vectors, which do, take a second for 10,000 documents.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from pipeline.stories.details import Details
from pipeline.stories.vectors import Views

if TYPE_CHECKING:
    from pipeline.stories.vectors import Vectors

NEAREST = 24
_ROWS = 512  # of a product at a time, so that memory stays small
_RARE = 8  # documents that share a name, at most, for it to tell something
_NAMES_SHARED = 2


def candidate_pairs(details: Sequence[Details], views: Views) -> list[tuple[int, int]]:
    """Return pairs of places, the smaller first, in their order."""
    found = set(_by_names(details))
    for vectors in (views.wholes, views.leads, views.titles):
        found.update(_nearest(vectors))
    return sorted(found)


def _nearest(vectors: Vectors) -> Iterator[tuple[int, int]]:
    import numpy as np

    count = len(vectors)
    most = min(NEAREST, count - 1)
    if most < 1:
        return
    for start in range(0, count, _ROWS):
        block = np.round(vectors[start : start + _ROWS] @ vectors.T, 5)
        rows = np.arange(len(block))
        block[rows, start + rows] = -2.0
        # All that are as near as the last one count, so that ties do not depend on an order.
        least = np.partition(block, count - most, axis=1)[:, count - most]
        for row, column in np.argwhere(block >= least[:, None]):
            one, other = int(start + row), int(column)
            yield (one, other) if one < other else (other, one)


def _by_names(details: Sequence[Details]) -> Iterator[tuple[int, int]]:
    """Yield pairs that share two names which few documents have."""
    holders: dict[str, list[int]] = defaultdict(list)
    for at, document in enumerate(details):
        for key in {name.key for name in document.names}:
            holders[key].append(at)
    counts: dict[tuple[int, int], int] = defaultdict(int)
    for places in holders.values():
        if len(places) <= _RARE:
            for i, one in enumerate(places):
                for other in places[i + 1 :]:
                    counts[one, other] += 1
    return (pair for pair, count in counts.items() if count >= _NAMES_SHARED)
