"""Documents grouped by their event: average link with a cap, then a pass that merges stories.

1. The two groups with the highest mean score of all their pairs are joined, as long as it is at
   least `JOIN`, no pair of theirs has a veto, and the lowest score of a pair is at least `CAP`: a
   chain of texts that are alike one by one does not make a story.
2. Groups that were kept apart by texts far from their middle (a short item, another language) are
   joined where each text of the smaller one has a close counterpart in the other, and the means are
   still high (Miranda et al. 2018 find that such a pass decides about stories across languages).

Documents come in the order of their ids, and of equal scores the first pair counts: the result does
not depend on the order of the input.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.stories.details import Details
from pipeline.stories.pair import Pairs
from pipeline.stories.story import Genre

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

JOIN = 0.65
CAP = 0.2
MERGE_NEAREST = 0.7  # mean score of each text of the smaller group with its closest counterpart
MERGE_MEAN = 0.5
_MOST_PAIRS = 400  # pairs of two groups that are looked at; of larger ones an even sample


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The least scores for joining, see the module; all are probabilities."""

    join: float = JOIN
    cap: float = CAP
    merge_nearest: float = MERGE_NEAREST
    merge_mean: float = MERGE_MEAN


def grouped(
    details: Sequence[Details],
    candidates: Iterable[tuple[int, int]],
    pairs: Pairs,
    *,
    thresholds: Thresholds | None = None,
) -> list[tuple[int, ...]]:
    """Return groups of places, each sorted, in the order of their first members."""
    limits = thresholds or Thresholds()
    edges = [
        (one, other)
        for one, other in pairs.promising(list(candidates), least=limits.cap)
        if may_share(details[one], details[other])
        and pairs.score(one, other).probability > limits.cap
    ]
    groups = _Groups(details, pairs, edges)
    groups.join(first_pass=True, limits=limits)
    groups.join(first_pass=False, limits=limits)
    return groups.result()


def average_link(
    likeness: NDArray[np.float64], thresholds: Sequence[float]
) -> Iterator[tuple[float, list[tuple[int, ...]]]]:
    """Yield each threshold, the highest first, with the groups of average link alone.

    For measuring: `likeness` is the whole matrix. The mean likeness of the best two groups only
    falls, so that one run serves all thresholds.
    """
    import numpy as np

    size = len(likeness)
    members: dict[int, tuple[int, ...]] = {i: (i,) for i in range(size)}
    sums = np.array(likeness, dtype=np.float64)
    counts, alive = np.ones(size), np.ones(size, dtype=bool)
    means = sums.copy()
    np.fill_diagonal(means, -1.0)
    for threshold in sorted(thresholds, reverse=True):
        while len(members) > 1:
            one, other = sorted(divmod(int(means.argmax()), size))
            if means[one, other] < threshold:
                break
            members[one] = tuple(sorted((*members[one], *members.pop(other))))
            sums[one] += sums[other]
            sums[:, one] += sums[:, other]
            counts[one] += counts[other]
            alive[other] = False
            row = np.where(alive, sums[one] / (counts[one] * counts), -1.0)
            row[one] = -1.0
            means[one], means[:, one] = row, row
            means[other] = means[:, other] = -1.0
        yield threshold, sorted(members.values())


def may_share(one: Details, other: Details) -> bool:
    """Tell whether two documents may be grouped: news with news, everything else alone."""
    return one.genre is Genre.NEWS and other.genre is Genre.NEWS


class _Groups:
    def __init__(
        self, details: Sequence[Details], pairs: Pairs, edges: Iterable[tuple[int, int]]
    ) -> None:
        self._pairs = pairs
        self._members: dict[int, tuple[int, ...]] = {i: (i,) for i in range(len(details))}
        self._near: dict[int, set[int]] = defaultdict(set)
        for one, other in edges:
            self._near[one].add(other)
            self._near[other].add(one)

    def result(self) -> list[tuple[int, ...]]:
        return sorted(self._members.values())

    def join(self, *, first_pass: bool, limits: Thresholds) -> None:
        """Join the best two groups until none are good enough.

        A group is called by its first member; entries of the heap for groups that have changed
        since are left lying there and passed over.
        """
        heap: list[tuple[float, int, int, int, int]] = []

        def offer(one: int, other: int) -> None:
            one, other = min(one, other), max(one, other)
            score = self._score(one, other, first_pass=first_pass, limits=limits)
            if score is not None:
                sizes = len(self._members[one]), len(self._members[other])
                heapq.heappush(heap, (-score, one, other, *sizes))

        for one in sorted(self._members):
            for other in sorted(self._near[one]):
                if one < other:
                    offer(one, other)
        while heap:
            _, one, other, size, other_size = heapq.heappop(heap)
            if self._changed(one, size) or self._changed(other, other_size):
                continue
            self._merge(one, other)
            for neighbour in sorted(self._near[one]):
                offer(one, neighbour)

    def _changed(self, group: int, size: int) -> bool:
        return group not in self._members or len(self._members[group]) != size

    def _merge(self, one: int, other: int) -> None:
        self._members[one] = tuple(sorted((*self._members[one], *self._members.pop(other))))
        near = self._near.pop(other)
        for neighbour in near:
            self._near[neighbour].discard(other)
            if neighbour != one:
                self._near[neighbour].add(one)
                self._near[one].add(neighbour)
        self._near[one].discard(other)

    def _score(self, one: int, other: int, *, first_pass: bool, limits: Thresholds) -> float | None:
        """Return the score of two groups, or None where they may not be joined."""
        mine, theirs = _sample(self._members[one]), _sample(self._members[other])
        rows = [[self._pairs.score(a, b) for b in theirs] for a in mine]
        flat = [score for row in rows for score in row]
        if any(score.veto for score in flat):
            return None
        mean = sum(score.probability for score in flat) / len(flat)
        if first_pass:
            lowest = min(score.probability for score in flat)
            return mean if mean >= limits.join and lowest >= limits.cap else None
        if len(mine) > len(theirs):
            rows = [list(column) for column in zip(*rows, strict=True)]
        nearest = sum(max(s.probability for s in row) for row in rows) / len(rows)
        close = nearest >= limits.merge_nearest and mean >= limits.merge_mean
        return mean if close else None


def _sample(members: tuple[int, ...]) -> tuple[int, ...]:
    step = max(1, len(members) * len(members) // _MOST_PAIRS) if len(members) > 20 else 1
    return members[:: min(step, max(1, len(members) // 20))]
