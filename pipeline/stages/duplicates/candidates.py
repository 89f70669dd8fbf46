"""Candidates: pairs of texts whose sketches share shingles, from an inverted index in one array.

Each entry is a shingle and a text, packed into 64 bits; sorting brings the texts that have the
same shingle together, the first text first. The candidates depend on the sketches alone, not on
how the texts were cut into batches or how many cores there are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_TEXT_BITS = 28  # so many texts at once: 268 million
_RARE = 4  # texts; one shared shingle that so few texts have makes a pair, others make one by two
_KNOWN = 64  # texts that may have a shingle before it counts as common
_LEADERS = 8  # first texts with a shingle, each of which is paired with the later ones
_COMMON_LEADERS = 2  # the same for a common shingle
_PART_TEXTS = 200_000  # bounds the memory for the pairs of one part


@dataclass(frozen=True, slots=True)
class Suggestions:
    """Pairs of texts, packed into 64 bits: `sure` ones, and others that count where they repeat."""

    sure: NDArray[np.int64]
    likely: NDArray[np.int64]


def candidate_pairs(
    shingles: NDArray[np.uint64], sizes: NDArray[np.int64]
) -> Iterator[NDArray[np.int64]]:
    """Yield the pairs that the sketches of texts 0, 1, 2 ... suggest: rows of (later, earlier).

    Rows are sorted and come in parts, each with all pairs of its later texts.

    1. Every shingle becomes an entry with the text that has it; the entries are sorted.
    2. Entries whose shingle no other text has are dropped. Those of one shingle now stand in a run.
    3. Every entry gets its place in the run and the length of the run.
    4. Pairs are made for `_PART_TEXTS` later texts at a time, which bounds the memory.
    """
    import numpy as np

    runs = Runs(entries_of(shingles, np.repeat(np.arange(sizes.size, dtype=np.uint64), sizes)))
    for low in range(0, sizes.size, _PART_TEXTS):
        yield agreed([runs.suggestions(low, low + _PART_TEXTS)])


def entries_of(shingles: NDArray[np.uint64], owners: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return shingles, each packed with the text that has it.

    The bits of a shingle that are left tell it from others: its lower 36.
    """
    import numpy as np

    return (shingles << np.uint64(_TEXT_BITS)) | owners


def bands_of(entries: NDArray[np.uint64], bands: int) -> NDArray[np.int64]:
    """Return for each entry one of so many bands, the same one for all entries of a shingle."""
    import numpy as np

    return ((entries >> np.uint64(_TEXT_BITS)) % np.uint64(bands)).astype(np.int64)


class Runs:
    """Entries sorted into runs of one shingle; those of a band are all that a run needs."""

    def __init__(self, entries: NDArray[np.uint64]) -> None:
        import numpy as np

        entries = np.sort(entries)
        entries = entries[_shared(entries)]
        new = np.empty(entries.size, dtype=bool)
        new[:1] = True
        new[1:] = (entries[1:] ^ entries[:-1]) >= np.uint64(1 << _TEXT_BITS)
        starts = np.flatnonzero(new)
        lengths = np.diff(starts, append=entries.size).astype(np.int32)
        self._texts = (entries & np.uint64((1 << _TEXT_BITS) - 1)).astype(np.int32)
        del entries, new
        self._places = np.arange(self._texts.size, dtype=np.int32)
        self._places -= np.repeat(starts, lengths).astype(np.int32)
        self._lengths = np.repeat(lengths, lengths)

    def suggestions(self, low: int, high: int) -> Suggestions:
        """Return the pairs whose later text is one of `[low, high)`."""
        import numpy as np

        texts, places = self._texts, self._places
        at = np.flatnonzero((texts >= low) & (texts < high) & (places > 0))
        return _part(texts, places, self._lengths, at)


def agreed(parts: Sequence[Suggestions]) -> NDArray[np.int64]:
    """Return the pairs that are sure, or likely twice: rows of (later, earlier), sorted."""
    import numpy as np

    often = np.concatenate([part.likely for part in parts])
    often.sort()
    twice = often[1:][often[1:] == often[:-1]]
    found = np.concatenate([*(part.sure for part in parts), twice])
    found.sort()  # numpy's `unique` hashes, which is slower here
    found = found[np.concatenate([[True], found[1:] != found[:-1]])] if found.size else found
    return np.stack([found >> _TEXT_BITS, found & ((1 << _TEXT_BITS) - 1)], axis=1)


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
) -> Suggestions:
    """Return the pairs of some later texts.

    `texts`, `places` and `lengths`, all `(entries,)`, have the text of each entry, its place in the
    run of its shingle and the length of that run. `at` are the entries of the later texts.

    1. Each entry is paired with the leaders of its run, the first `_LEADERS` texts; with the first
       `_COMMON_LEADERS` where more than `_KNOWN` texts have the shingle.
    2. A pair that shares a rare shingle is a candidate at once.
    3. A pair that shares other shingles is one where it comes up twice (`agreed`).
    """
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
    return Suggestions(np.concatenate(rare), np.concatenate(common))
