"""Sentence alignment inside one segment, for a translation memory.

A segment holds several sentences, because engines write better with context; a translation memory
holds single sentences. The sentences of a segment and of its translation are matched by their
lengths, after Gale and Church, "A Program for Aligning Sentences in Bilingual Corpora", 1993.
Segments themselves need no alignment: the translate stage keeps source and target together.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from pipeline.lang.sentences import sentences

# (sentences of the source, sentences of the target) -> cost: -100 times the logarithm of how often
# such a bead is seen, as in the paper.
_BEADS = {(1, 1): 0.0, (1, 2): 230.0, (2, 1): 230.0, (2, 2): 440.0}
_VARIANCE = 6.8  # of the lengths, per character (the same paper)
_MAX_SENTENCES = 200  # of one paragraph: more are not matched


def aligned(
    source: str, target: str, *, source_language: str, target_language: str
) -> Iterator[tuple[str, str]]:
    """Yield pairs that together make up both texts; one pair of both where nothing better fits."""
    ours = [s.strip() for s in sentences(source, language=source_language)]
    theirs = [s.strip() for s in sentences(target, language=target_language)]
    beads = _beads([len(s) for s in ours], [len(s) for s in theirs])
    if beads is None:
        yield source, target
        return
    i = j = 0
    for m, n in beads:
        yield " ".join(ours[i : i + m]), " ".join(theirs[j : j + n])
        i, j = i + m, j + n


def _beads(ours: Sequence[int], theirs: Sequence[int]) -> list[tuple[int, int]] | None:
    """Return the cheapest sequence of beads for sentences of these lengths, or None.

    1. Keep for each `(i, j)` the least cost of matching i sentences of ours with j of theirs.
    2. Reach `(i, j)` from each earlier place by one bead, priced by kind and by mismatch.
    3. Walk back from the end along the beads that gave the least costs.
    """
    if not ours or not theirs or max(len(ours), len(theirs)) > _MAX_SENTENCES:
        return None
    ratio = sum(theirs) / sum(ours)
    cost = {(0, 0): 0.0}
    came: dict[tuple[int, int], tuple[int, int]] = {}
    for i in range(len(ours) + 1):
        for j in range(len(theirs) + 1):
            for bead, price in _BEADS.items():
                before = (i - bead[0], j - bead[1])
                if before not in cost:
                    continue
                found = (
                    cost[before]
                    + price
                    + _mismatch(sum(ours[before[0] : i]), sum(theirs[before[1] : j]), ratio)
                )
                if found < cost.get((i, j), math.inf):
                    cost[i, j] = found
                    came[i, j] = bead
    at = (len(ours), len(theirs))
    if at not in came:
        return None
    beads = []
    while at != (0, 0):
        bead = came[at]
        beads.append(bead)
        at = (at[0] - bead[0], at[1] - bead[1])
    return beads[::-1]


def _mismatch(source: int, target: int, ratio: float) -> float:
    """Return -100 times the logarithm of the chance that lengths differ so much."""
    mean = (source + target / ratio) / 2
    deviation = abs(target - source * ratio) / math.sqrt(max(1.0, mean) * _VARIANCE)
    return -100.0 * math.log(max(math.erfc(deviation / math.sqrt(2)), 1e-12))
