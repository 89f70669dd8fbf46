"""Which of many texts are copies of which: the first text stands, its copies point to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from pipeline.lang.normalise import normalise
from pipeline.stages.boilerplate.lines import read_line
from pipeline.stages.duplicates import vetoes
from pipeline.stages.duplicates.candidates import candidate_pairs
from pipeline.stages.duplicates.compare import similarities
from pipeline.stages.duplicates.sketch import Sketches, sketch

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_CHUNK_PAIRS = 5_000  # compared at once: what they need stays in the cache of a core


@dataclass(frozen=True, slots=True)
class Copies:
    """The text that stands for each text, by index: the text itself, or an earlier one.

    `similarity` is that of a near copy, and 0 where the texts are the same once normalised.
    """

    kept: NDArray[np.int64]
    similarity: NDArray[np.float64]

    def indices(self) -> list[int]:
        """Return the texts that are copies."""
        import numpy as np

        return [int(at) for at in np.flatnonzero(self.kept != np.arange(self.kept.size))]


def find_copies(
    texts: Sequence[str],
    *,
    threshold: float,
    near: bool = True,
    standing: int = 0,
    leading: int | None = None,
    workers: int = 1,
) -> Copies:
    """Return for each of `texts` the earlier text that it is a copy of, or the text itself.

    A text is compared with kept ones only. The first `standing` texts are kept whatever they are.
    Texts from `leading` on may be copies, but nothing is a copy of them. `workers` says how many
    cores are used; it changes nothing else.
    """
    import numpy as np

    sketches = sketch(texts, workers=workers)
    leading = len(texts) if leading is None else leading
    kept = same_texts(texts, sketches.keys)
    kept = np.where(kept < leading, kept, np.arange(len(texts)))
    kept[:standing] = np.arange(standing)
    similarity = np.zeros(len(texts))
    if not near:
        return Copies(kept, similarity)
    found = _Near(texts, sketches, threshold=threshold, standing=standing, leading=leading)
    for later, earlier, likeness in found.run(kept == np.arange(len(texts)), workers=workers):
        kept[later] = earlier
        similarity[later] = likeness
    # A text that is the same as a near copy is a near copy, too, of the same kept text.
    return Copies(kept[kept], np.where(similarity[kept] > 0, similarity[kept], similarity))


def same_texts(texts: Sequence[str], keys: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Return for each text the first one that is the same once normalised."""
    import numpy as np

    kept = np.arange(len(texts))
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
    ends = np.concatenate([starts[1:], [len(texts)]])
    several = ends - starts > 1
    for start, end in zip(starts[several].tolist(), ends[several].tolist(), strict=True):
        exact: dict[str, int] = {}
        normalised: dict[str, int] = {}
        for at in order[start:end].tolist():
            text = texts[at]
            if text in exact:
                kept[at] = exact[text]
                continue
            # As long as all are alike to the letter, nothing needs to be normalised.
            if exact and not normalised:
                normalised = {normalise(other): first for other, first in exact.items()}
            same = normalised.setdefault(normalise(text), at) if exact else at
            kept[at] = exact[text] = same
    return kept


class _Near:
    """Looks for near copies among texts that all differ once normalised."""

    def __init__(
        self,
        texts: Sequence[str],
        sketches: Sketches,
        *,
        threshold: float,
        standing: int,
        leading: int,
    ) -> None:
        self._texts = texts
        self._sketches = sketches
        self._threshold = threshold
        self._standing = standing
        self._leading = leading

    def run(self, first: NDArray[np.bool_], *, workers: int) -> Iterator[tuple[int, int, float]]:
        """Yield (copy, kept, similarity) among the texts in `first`, copies in rising order."""
        import numpy as np

        chosen = self._sketches.shingles[np.repeat(first, self._sketches.sizes)]
        place = np.flatnonzero(first)
        judge = Judge(self._texts)
        gone = Gone(len(self._texts))
        with ThreadPoolExecutor(workers) as pool:
            for part in candidate_pairs(chosen, self._sketches.sizes[place]):
                found, likeness = self._alike(place[part], pool)
                yield from gone.settle(found, likeness, judge.same_facts)

    def _alike(
        self, found: NDArray[np.int64], pool: ThreadPoolExecutor
    ) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Return the pairs that are similar enough: each text's best first, then the earliest."""
        import numpy as np

        found = found[(found[:, 0] >= self._standing) & (found[:, 1] < self._leading)]
        chunks = [found[at : at + _CHUNK_PAIRS] for at in range(0, len(found), _CHUNK_PAIRS)]
        compare = partial(similarities, self._texts, self._sketches, threshold=self._threshold)
        likeness = np.concatenate([np.zeros(0), *pool.map(compare, chunks)])
        return best_first(found, likeness)


def best_first(
    found: NDArray[np.int64], likeness: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the pairs (later, earlier) with a likeness, each later text's best first."""
    import numpy as np

    alike = likeness > 0
    found, likeness = found[alike], likeness[alike]
    order = np.lexsort((found[:, 1], -likeness, found[:, 0]))
    return found[order], likeness[order]


class Gone:
    """The texts that are known to be copies, while pairs come by rising later texts."""

    def __init__(self, texts: int) -> None:
        import numpy as np

        self._gone = np.zeros(texts, dtype=bool)

    def settle(
        self,
        found: NDArray[np.int64],
        likeness: NDArray[np.float64],
        same_facts: Callable[[int, int], bool],
    ) -> Iterator[tuple[int, int, float]]:
        """Yield (copy, kept, similarity) of the pairs, in the order of `best_first`."""
        for later, earlier, share in zip(*found.T.tolist(), likeness.tolist(), strict=True):
            if self._gone[later] or self._gone[earlier] or not same_facts(later, earlier):
                continue
            self._gone[later] = True
            yield later, earlier, share


class Judge:
    """Decides whether similar texts state the same facts."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = texts

    def same_facts(self, copy: int, kept: int) -> bool:
        """Tell whether `copy` states no fact that `kept` does not state.

        1. Without a veto, or with the same sentences in another order, the facts are the same.
        2. A longer copy is compared again without the site chrome at its edges.
        """
        one, other = self._texts[copy], self._texts[kept]
        if vetoes.veto(one, other) is None or vetoes.same_sentences(one, other):
            return True
        if len(one) <= len(other):
            return False
        bare = without_chrome(one)
        return bare != one and vetoes.veto(bare, other) is None


def without_chrome(text: str) -> str:
    """Return a paragraph without the sentences of site chrome that it begins or ends with."""
    sentences = vetoes.sentences(text)
    chrome = [read_line(s, 0, near_edge=False, trail=False).reads_as_chrome for s in sentences]
    kept = [at for at, found in enumerate(chrome) if not found]
    return " ".join(sentences[kept[0] : kept[-1] + 1]) if kept else text
