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
# Shares of a sketch in common from which a similarity is worth computing. With one letter in ten
# damaged a third of a copy's sketch is still there.
_WORTH_EDITS = 0.15
_WORTH_SHINGLES = 0.4


def similarities(
    texts: Sequence[str], sketches: Sketches, pairs: NDArray[np.int64], *, threshold: float
) -> NDArray[np.float64]:
    """Return the similarity, 0 to 1, of each pair (copy, kept) of `texts`; 0 if below `threshold`.

    It is the largest of three: the edit similarity (1 - distance / length of the longer text), the
    Jaccard similarity of the shingles, which bears another order of sentences, and the share of the
    shorter text's shingles that the longer one has, if the shorter is at least half of it.

    1. Pairs whose marks have few bits in common, beyond chance, are left at 0.
    2. So are pairs whose sketches share few shingles.
    3. The edit similarity is computed for all others.
    4. Where it is below `threshold`, and the sketches share many shingles, the shingles of the
       whole texts are compared.
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
    """Return for each pair, `(pairs,)`, the share of its shingles that both sketches have.

    1. A longer text has a lower bound: of both sketches only the shingles up to the lower of the
       two bounds are compared.
    2. Each of these shingles is packed with the number of its pair: the pair in the upper 32 bits,
       the lower half of the hash in the others.
    3. The packed shingles of both sides are sorted together: two equal neighbours are a shingle
       that both texts have.
    4. The number of shared shingles is divided by that of the text with fewer of them.
    """
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
    """Return the share of the smaller set of shingles that the other text has, 0 to 1.

    Where the shorter text is less than half of the longer, return the Jaccard similarity.
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
