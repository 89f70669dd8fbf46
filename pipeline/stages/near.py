"""Candidates for near copies: MinHash signatures of character shingles, in bands.

Character shingles rather than words: one wrong letter spoils a few of them, not a whole word, and
glued or broken words cost little. The signatures come from rensa, whose matrix call takes hashes
that numpy computes for all texts at once; the bands are sorted here, because rensa's index gives
its answers in no fixed order and keeps a Python object per text.
Source: Broder, "On the resemblance and containment of documents" (1997); Leskovec, Rajaraman and
Ullman, "Mining of Massive Datasets", chapter 3.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SHINGLE_CHARS = 4
NUM_BANDS = 32
BAND_ROWS = 4
_SEED = 20260122
_BATCH_CHARS = 4_000_000
_BUCKET_LEADERS = 24  # a text is compared with so many of the first texts of its bucket


def candidates(texts: Sequence[str]) -> list[list[int]]:
    """Return for each of the normalised `texts` the earlier ones that may be near copies of it.

    Two texts with Jaccard similarity s of their shingles meet in a band with probability
    1 - (1 - s^4)^32: 0.84 at s = 0.49, 0.99 at s = 0.6, 0.0002 at s = 0.05. The indices are in
    rising order and depend on nothing but the texts and their order.
    """
    earlier: list[list[int]] = [[] for _ in texts]
    if len(texts) < 2:
        return earlier
    for later, first in _pairs(_signatures(texts)):
        earlier[later].append(first)
    return earlier


def jaccard(left: str, right: str) -> float:
    """Return the true Jaccard similarity, 0 to 1, of the shingles of two normalised texts."""
    a, b = _shingles(left), _shingles(right)
    return len(a & b) / len(a | b) if a or b else 1.0


def _shingles(text: str) -> set[str]:
    return {text[k : k + SHINGLE_CHARS] for k in range(max(1, len(text) - SHINGLE_CHARS + 1))}


def _signatures(texts: Sequence[str]) -> NDArray[np.uint32]:
    """Return an array of shape (texts, bands x rows)."""
    import numpy as np

    found: list[NDArray[np.uint32]] = []
    start = 0
    while start < len(texts):
        end, chars = start, 0
        while end < len(texts) and (end == start or chars + len(texts[end]) <= _BATCH_CHARS):
            chars += len(texts[end])
            end += 1
        found.append(_signatures_of_batch(texts[start:end]))
        start = end
    return np.concatenate(found)


def _signatures_of_batch(texts: Sequence[str]) -> NDArray[np.uint32]:
    import numpy as np
    from rensa import RMinHash

    # Padding makes a shingle for every start, so that texts of any length have some, and it keeps
    # the shingles of one text from running into the next.
    padding = "\0" * (SHINGLE_CHARS - 1)
    joined = padding.join([*texts, ""])
    codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    codes = codes.astype(np.uint64)
    width = codes.size - SHINGLE_CHARS + 1
    hashes = np.zeros(width, dtype=np.uint64)
    for offset in range(SHINGLE_CHARS):
        hashes = hashes * np.uint64(0x100000001B3) + codes[offset : offset + width]
    hashes ^= hashes >> np.uint64(29)
    hashes *= np.uint64(0xBF58476D1CE4E5B9)
    hashes ^= hashes >> np.uint64(32)
    step = SHINGLE_CHARS - 1
    lengths = np.fromiter((len(text) + step for text in texts), dtype=np.uint64, count=len(texts))
    ends = np.minimum(np.cumsum(lengths), np.uint64(width))
    offsets = np.concatenate([np.zeros(1, dtype=np.uint64), ends])
    matrix = RMinHash.digest_matrix_from_flat_token_hashes(
        hashes, offsets, NUM_BANDS * BAND_ROWS, _SEED
    )
    return np.array(matrix.to_rows(), dtype=np.uint32)


def _pairs(signatures: NDArray[np.uint32]) -> list[tuple[int, int]]:
    """Return every (later, earlier) pair that shares a bucket, once, sorted."""
    import numpy as np

    count = len(signatures)
    found: list[NDArray[np.int64]] = []
    for band in range(NUM_BANDS):
        rows = signatures[:, band * BAND_ROWS : (band + 1) * BAND_ROWS].astype(np.uint64)
        keys = np.zeros(count, dtype=np.uint64)
        for column in range(BAND_ROWS):
            keys = (keys ^ rows[:, column]) * np.uint64(0x9E3779B97F4A7C15)
            keys ^= keys >> np.uint64(31)
        order = np.argsort(keys, kind="stable")  # stable: within a bucket, in order of the texts
        ordered = keys[order]
        starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
        first = np.repeat(starts, np.diff(np.concatenate([starts, [count]])))
        place = np.arange(count)
        for leader in range(_BUCKET_LEADERS):
            behind = place[place - first > leader]
            if behind.size == 0:
                break
            found.append(order[behind] * count + order[first[behind] + leader])
    codes = np.unique(np.concatenate(found)) if found else np.zeros(0, dtype=np.int64)
    return [(int(code) // count, int(code) % count) for code in codes]
