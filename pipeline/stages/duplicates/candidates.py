"""Pairs of texts whose sketches share shingles: an inverted index in one sorted array.

Each entry is a shingle and a text, packed into 64 bits; sorting brings the texts that have the
same shingle together, the first text first. What comes out depends on the sketches alone, not on
how they were cut into batches or how many cores there are.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_TEXT_BITS = 28  # so many texts at once: 268 million
_RARE = 4  # one shingle that so few texts have is enough to suggest a pair
_KNOWN = 64  # of others two must be shared, with one of the first texts that have them:
_LEADERS = 8  # so many first ones, or, where even more than `_KNOWN` texts have the shingle,
_COMMON_LEADERS = 2  # so many
_PART_TEXTS = 200_000  # bounds the memory for the pairs of one part


def candidate_pairs(
    shingles: NDArray[np.uint64], sizes: NDArray[np.int64]
) -> Iterator[NDArray[np.int64]]:
    """Yield the pairs that the sketches of texts 0, 1, 2 ... suggest: rows of (later, earlier).

    Rows are sorted and come in parts, each with all pairs of its later texts.
    """
    import numpy as np

    count = sizes.size
    owners = np.repeat(np.arange(count, dtype=np.uint64), sizes)
    entries = (shingles << np.uint64(_TEXT_BITS)) | owners
    del owners
    entries.sort()
    entries = entries[_shared(entries)]
    new = np.empty(entries.size, dtype=bool)
    new[:1] = True
    new[1:] = (entries[1:] ^ entries[:-1]) >= np.uint64(1 << _TEXT_BITS)
    starts = np.flatnonzero(new)
    lengths = np.diff(starts, append=entries.size).astype(np.int32)
    texts = (entries & np.uint64((1 << _TEXT_BITS) - 1)).astype(np.int32)
    del entries, new
    places = np.arange(texts.size, dtype=np.int32) - np.repeat(starts, lengths).astype(np.int32)
    lengths = np.repeat(lengths, lengths)
    for low in range(0, count, _PART_TEXTS):
        at = np.flatnonzero((texts >= low) & (texts < low + _PART_TEXTS) & (places > 0))
        yield _part(texts, places, lengths, at)


def _shared(entries: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Tell which of the sorted entries have a shingle that another one has as well."""
    import numpy as np

    same = (entries[1:] ^ entries[:-1]) < np.uint64(1 << _TEXT_BITS)
    shared = np.zeros(entries.size, dtype=bool)
    shared[1:] = same
    shared[:-1] |= same
    return shared


def _part(
    texts: NDArray[np.int32],
    places: NDArray[np.int32],
    lengths: NDArray[np.int32],
    at: NDArray[np.int64],
) -> NDArray[np.int64]:
    import numpy as np

    rare: list[NDArray[np.int64]] = []
    common: list[NDArray[np.int64]] = []
    for leader in range(_LEADERS):
        at = at[(places[at] > leader) & ((lengths[at] <= _KNOWN) | (leader < _COMMON_LEADERS))]
        earlier = texts[at - places[at] + leader].astype(np.int64)
        later = texts[at].astype(np.int64)
        packed = (later << _TEXT_BITS) | earlier
        few = lengths[at] <= _RARE
        differ = later != earlier
        rare.append(packed[few & differ])
        common.append(packed[~few & differ])
    often = np.concatenate(common)
    often.sort()
    twice = often[1:][often[1:] == often[:-1]]
    found = np.concatenate([*rare, twice])
    found.sort()  # numpy's `unique` hashes, which is slower here
    found = found[np.concatenate([[True], found[1:] != found[:-1]])] if found.size else found
    return np.stack([found >> _TEXT_BITS, found & ((1 << _TEXT_BITS) - 1)], axis=1)
