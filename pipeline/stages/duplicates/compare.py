"""How alike two texts are: by letters put in, left out or changed, or by the shingles they share.

Both look at the bare letters and digits, as the sketches do.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pipeline.stages.duplicates.sketch import MARK_BITS, Sketches, bare

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SHINGLE_LETTERS = 4
_LOW = 0xFFFFFFFF
CUT_SHARE = 0.5  # a cut copy is at least so much of the whole text
# Shares of a sketch. With one letter in ten damaged a third of a copy's sketch is still there.
_WORTH_EDITS = 0.15
_WORTH_SHINGLES = 0.4


def similarities(
    texts: Sequence[str], sketches: Sketches, pairs: NDArray[np.int64], *, threshold: float
) -> NDArray[np.float64]:
    """Return the similarity, 0 to 1, of each pair (copy, kept) of `texts`; 0 if below `threshold`.

    It is the largest of three: the edit similarity (1 - distance / length of the longer text), the
    Jaccard similarity of the shingles, which bears another order of sentences, and the share of the
    shorter text's shingles that the longer one has, if the shorter is at least half of it.
    What the sketches have in common tells which are worth computing.
    """
    import numpy as np
    from rapidfuzz.distance import Levenshtein
    from rapidfuzz.process import cpdist

    found = np.zeros(len(pairs))
    both = np.bitwise_count(sketches.marks[pairs[:, 0]] & sketches.marks[pairs[:, 1]]).sum(axis=1)
    small = sketches.sizes[pairs].min(axis=1)
    chance = small * small / MARK_BITS  # so many marks agree by accident
    worth = np.flatnonzero(both >= _WORTH_EDITS * small + chance)
    share = np.zeros(len(pairs))
    share[worth] = _shared(sketches, pairs[worth])
    worth = worth[share[worth] >= _WORTH_EDITS]
    if not worth.size:
        return found
    members, where = np.unique(pairs[worth], return_inverse=True)
    where = where.reshape(-1, 2)
    letters = bare([texts[at] for at in members.tolist()])
    copies = [letters[at] for at in where[:, 0].tolist()]
    others = [letters[at] for at in where[:, 1].tolist()]
    found[worth] = cpdist(
        copies,
        others,
        scorer=Levenshtein.normalized_similarity,
        score_cutoff=threshold,
        dtype=np.float64,
    )
    for at in np.flatnonzero((found[worth] == 0) & (share[worth] >= _WORTH_SHINGLES)).tolist():
        likeness = shared_shingles(copies[at], others[at])
        if likeness >= threshold:
            found[worth[at]] = likeness
    return found


def _shared(sketches: Sketches, pairs: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return for each pair the share of the one sketch, up to the lower bound, in the other."""
    import numpy as np

    ends = np.cumsum(sketches.sizes)
    entries: list[NDArray[np.uint64]] = []
    bounds = sketches.bounds[pairs].min(axis=1)
    counts = []
    for side in range(2):
        sizes = sketches.sizes[pairs[:, side]]
        owner = np.repeat(np.arange(len(pairs)), sizes)
        within = np.arange(owner.size) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        shingles = sketches.shingles[(ends[pairs[:, side]] - sizes)[owner] + within]
        below = (shingles >> np.uint64(32)).astype(np.uint32) <= bounds[owner]
        owner, shingles = owner[below], shingles[below]
        counts.append(np.bincount(owner, minlength=len(pairs)))
        entries.append((owner.astype(np.uint64) << np.uint64(32)) | (shingles & np.uint64(_LOW)))
    together = np.concatenate(entries)
    together.sort()
    twice = together[1:][together[1:] == together[:-1]] >> np.uint64(32)
    both = np.bincount(twice.astype(np.int64), minlength=len(pairs))
    return both / np.maximum(1, np.minimum(*counts))


def shared_shingles(one: str, other: str) -> float:
    """Return the Jaccard similarity, or if more: what the longer has of the shorter's shingles.

    The second counts only where the shorter is not less than half of the longer.
    """
    a, b = _shingles(one), _shingles(other)
    both = len(a & b)
    if CUT_SHARE * max(len(one), len(other)) <= min(len(one), len(other)):
        return both / min(len(a), len(b))
    return both / len(a | b)


def jaccard(one: str, other: str) -> float:
    """Return the share of the shingles of two bare texts that both have, 0 to 1."""
    a, b = _shingles(one), _shingles(other)
    return len(a & b) / len(a | b)


def _shingles(text: str) -> set[str]:
    return {text[k : k + SHINGLE_LETTERS] for k in range(max(1, len(text) - SHINGLE_LETTERS + 1))}
