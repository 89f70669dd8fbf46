"""Sketches: a few shingles of each text, chosen by their hash, so that copies choose the same ones.

A text keeps the shingles whose hash lies below a bound; the bound falls with the length of the
text, so that every text keeps about as many. Texts of different lengths choose alike, which a
fixed number of minima would not give: a cut copy keeps what it still has. Shingles are taken from
the bare letters and digits, case, accents, spaces and look-alike scripts folded away, so that most
damage never reaches them. Everything is numpy over many texts at once; no Python object per text.
Source: Broder, "On the resemblance and containment of documents" (1997), whose sketch of values
under a bound this is; the bound in place of MinHash is what makes it one hash for each shingle.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from pipeline.lang.letters import twins
from pipeline.lang.normalise import normalise

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SHINGLE_LETTERS = 8
SKETCH_SIZE = 32  # shingles that a text keeps, on average
MARK_BITS = 512
_END = 0xFFFF  # stands behind each text, and never in one
_BASE = 0x9E3779B97F4A7C15
_MIX = 0xBF58476D1CE4E5B9
_BATCH_CHARS = 100_000  # arrays of this length stay in the cache of a core


@dataclass(frozen=True, slots=True)
class Sketches:
    """Sketches of some texts, one after the other.

    `keys` has one value for each text: texts that differ in no letter have the same. `bounds` are
    those of the upper 32 bits of the hashes. `sizes` says how many of `shingles` belong to each
    text; all three are `(texts,)`. `marks` is `(texts, MARK_BITS / 64)`: bits set by the shingles
    of a text, quick to compare.
    """

    keys: NDArray[np.uint64]
    bounds: NDArray[np.uint32]
    sizes: NDArray[np.int64]
    shingles: NDArray[np.uint64]
    marks: NDArray[np.uint64]


def sketch(texts: Sequence[str], *, workers: int = 1) -> Sketches:
    """Return the sketches of `texts`; they depend on each text alone."""
    import numpy as np

    _tables()  # made once, before threads ask for it
    with ThreadPoolExecutor(workers) as pool:
        parts = list(pool.map(_sketch_batch, _batches(texts)))
    none = np.zeros(0, dtype=np.uint64)
    return Sketches(
        keys=np.concatenate([none, *(part.keys for part in parts)]),
        bounds=np.concatenate([none.astype(np.uint32), *(part.bounds for part in parts)]),
        sizes=np.concatenate([none.astype(np.int64), *(part.sizes for part in parts)]),
        shingles=np.concatenate([none, *(part.shingles for part in parts)]),
        marks=np.concatenate([none.reshape(0, MARK_BITS // 64), *(part.marks for part in parts)]),
    )


def _batches(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    start = 0
    while start < len(texts):
        end, chars = start, 0
        while end < len(texts) and (end == start or chars < _BATCH_CHARS):
            chars += len(texts[end])
            end += 1
        yield texts[start:end]
        start = end


def bare(texts: Sequence[str]) -> list[str]:
    """Return the bare letters and digits of each text, of which its sketch is made."""
    import numpy as np

    letters = _letters(texts)
    ends = np.flatnonzero(letters == _END)[:: SHINGLE_LETTERS - 1]
    joined = letters.tobytes().decode("utf-16-le", "surrogatepass")
    starts = [0, *(ends[:-1] + SHINGLE_LETTERS - 1).tolist()]
    return [joined[start:end] for start, end in zip(starts, ends.tolist(), strict=False)]


def _sketch_batch(texts: Sequence[str]) -> Sketches:
    import numpy as np

    letters = _letters(texts)
    # Behind each text stand SHINGLE_LETTERS - 1 ends: every letter starts a shingle, and none
    # runs into the next text.
    ends = np.flatnonzero(letters == _END)[SHINGLE_LETTERS - 2 :: SHINGLE_LETTERS - 1] + 1
    starts = np.concatenate([np.zeros(1, dtype=np.int64), ends[:-1]])
    lengths = ends - starts - (SHINGLE_LETTERS - 1)
    hashes = _hashes(letters)
    # The sum of all its shingles' hashes stands for the whole text.
    edges = np.stack([starts, starts + lengths], axis=1).ravel()
    keys = np.add.reduceat(hashes, edges)[::2] if len(texts) else hashes[:0]
    keys = np.where(lengths > 0, keys, np.uint64(0))
    share = np.minimum(1.0, SKETCH_SIZE / np.maximum(lengths, 1))
    bounds = (share * 0xFFFFFFFF).astype(np.uint32)
    chosen = (hashes >> np.uint64(32)).astype(np.uint32) <= np.repeat(bounds, ends - starts)
    chosen &= letters != _END
    before = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(chosen)])
    sizes, shingles = before[ends] - before[starts], hashes[chosen]
    marks = np.zeros((len(texts), MARK_BITS), dtype=bool)
    marks[np.repeat(np.arange(len(texts)), sizes), shingles % np.uint64(MARK_BITS)] = True
    return Sketches(
        keys=keys,
        bounds=bounds,
        sizes=sizes,
        shingles=shingles,
        marks=np.packbits(marks, axis=1).view(np.uint64),
    )


def _hashes(letters: NDArray[np.uint16]) -> NDArray[np.uint64]:
    """Return a hash, `(letters,)`, for the shingle that starts at each place.

    1. The hash is a polynomial of the letters. That of `run` letters gives that of twice as many:
       a run, times a power of the base, plus the run behind it.
    2. The runs that the binary digits of `SHINGLE_LETTERS` ask for are put together.
    3. The bits are mixed, so that each half of a hash can stand for the whole.
    """
    import numpy as np

    padded = np.zeros(letters.size + SHINGLE_LETTERS, dtype=np.uint64)
    padded[: letters.size] = letters
    width = letters.size
    total = np.zeros(width, dtype=np.uint64)
    done = 0
    power, run = padded, 1  # `power` holds the hash of `run` letters from each place on
    with np.errstate(over="ignore"):
        while done < SHINGLE_LETTERS:
            if SHINGLE_LETTERS & run:
                total *= np.uint64(pow(_BASE, run, 1 << 64))
                total += power[done : done + width]
                done += run
            if done < SHINGLE_LETTERS:
                power = power[:-run] * np.uint64(pow(_BASE, run, 1 << 64)) + power[run:]
                run *= 2
        total ^= total >> np.uint64(29)
        total *= np.uint64(_MIX)
        total ^= total >> np.uint64(32)
    return total


def _letters(texts: Sequence[str]) -> NDArray[np.uint16]:
    """Return the letters and digits of all texts, with `_END` for each padding place behind one."""
    import numpy as np

    fold, awkward = _tables()
    gap = chr(_END) * (SHINGLE_LETTERS - 1)
    codes = _codes(texts, gap)
    ends = np.flatnonzero(codes == _END)
    if ends.size != len(texts) * (SHINGLE_LETTERS - 1):
        texts = [text.replace(chr(_END), " ") for text in texts]
        codes = _codes(texts, gap)
        ends = np.flatnonzero(codes == _END)
    found = np.flatnonzero(awkward[codes])
    if found.size:
        # The few texts with such characters are spelt out; the others stay as they are.
        spelt = set(np.searchsorted(ends, found).tolist())
        those = {at // (SHINGLE_LETTERS - 1) for at in spelt}
        texts = [normalise(text) if at in those else text for at, text in enumerate(texts)]
        codes = _codes(texts, gap)
    folded: NDArray[np.uint16] = fold[codes]
    kept: NDArray[np.uint16] = folded[folded != 0]
    return kept


def _codes(texts: Sequence[str], gap: str) -> NDArray[np.uint16]:
    import numpy as np

    joined = gap.join([*texts, ""]).encode("utf-16-le", "surrogatepass")
    return np.frombuffer(joined, dtype=np.uint16)


@cache
def _tables() -> tuple[NDArray[np.uint16], NDArray[np.bool_]]:
    """Return the folded form of each UTF-16 code (0: none), and which codes need `normalise`."""
    import numpy as np

    alike = twins()
    fold = np.zeros(0x10000, dtype=np.uint16)
    awkward = np.zeros(0x10000, dtype=bool)
    for code in range(0x10000):
        character = chr(code)
        if 0xD800 <= code < 0xE000 or code == _END:  # half of a character beyond the first plane
            fold[code], awkward[code] = code, code != _END
            continue
        base = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", character).casefold())
        base = unicodedata.normalize("NFKD", base.casefold())
        found = [c for c in base if c.isalnum() and c != "ʼ"]  # an apostrophe, by class a letter
        simple = len(found) == 1 and ord(found[0]) < _END
        if simple:
            fold[code] = ord(found[0].translate(alike))
        elif found:
            fold[code] = code
        # The second range: Korean letters that join into one.
        awkward[code] = (found and not simple) or 0x1100 <= code < 0x1200
    return fold, awkward
