"""Copies, and texts that say the same, found in parts: joins by band and by text.

Each function here is the work of one task on its share of the texts or its band of the shingles;
`exchange` hands their results around. The decisions are those of the stages: candidates
(`duplicates.candidates`), comparisons (`duplicates.find`, `SameText.alike`) and the greedy choice
(`Gone`, `SameText.matches`), so that the result is that of a run in one process.

No task sees all texts. In one task come together: 24 bytes for each exact copy and about 40 for
each pair of near copies.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.cluster.texts import Numbering
from pipeline.stages.dedup import Dedup
from pipeline.stages.duplicates.candidates import Runs, Suggestions, agreed, bands_of, entries_of
from pipeline.stages.duplicates.compare import similarities
from pipeline.stages.duplicates.find import Gone, Judge, best_first, same_texts
from pipeline.stages.duplicates.sketch import Sketches, sketch
from pipeline.stages.same_text import Alike, Said, SameText

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Link:
    """A text and the one that it is a copy of, or says the same as, by their numbers."""

    text: int
    other: int
    similarity: float = 0.0
    exact: bool = False


@dataclass(frozen=True, slots=True)
class Edge:
    """Two texts of which the later is a near copy of the earlier, if the facts are the same."""

    later: int
    earlier: int
    likeness: float
    same_facts: bool


def split(values: NDArray[np.int64], to: NDArray[np.int64], parts: int) -> list[NDArray[np.int64]]:
    """Return the values, or rows, that go to each of so many parts."""
    return [values[to == part] for part in range(parts)]


def by_key(
    sketches: Sketches, numbers: NDArray[np.int64], bands: int
) -> list[tuple[NDArray[np.uint64], NDArray[np.int64]]]:
    """Return for each band the keys of texts that are the same in it, with their numbers."""
    import numpy as np

    to = (sketches.keys % np.uint64(bands)).astype(np.int64)
    return [(sketches.keys[to == band], numbers[to == band]) for band in range(bands)]


def shared_keys(
    parts: Sequence[tuple[NDArray[np.uint64], NDArray[np.int64]]],
) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Return the keys, with the numbers of their texts, that several texts have."""
    import numpy as np

    keys = np.concatenate([keys for keys, _ in parts])
    numbers = np.concatenate([numbers for _, numbers in parts])
    order = np.lexsort((numbers, keys))
    keys, numbers = keys[order], numbers[order]
    same = np.zeros(keys.size, dtype=bool)
    same[1:] = keys[1:] == keys[:-1]
    same[:-1] |= same[1:].copy()
    keys, numbers = keys[same], numbers[same]
    order = np.argsort(numbers, kind="stable")
    return keys[order], numbers[order]


def same(
    keys: NDArray[np.uint64],
    numbers: NDArray[np.int64],
    texts: Mapping[int, Said],
    *,
    leading: int,
) -> list[Link]:
    """Return the texts of a band that are the same as a leading one before them."""
    if not numbers.size:
        return []
    ordered = [texts[number].text for number in numbers.tolist()]
    kept = same_texts(ordered, keys).tolist()
    numbered = numbers.tolist()
    return [
        Link(numbered[at], numbered[first], exact=ordered[at] == ordered[first])
        for at, first in enumerate(kept)
        if first != at and numbered[first] < leading
    ]


def banded(
    sketches: Sketches, numbers: NDArray[np.int64], gone: NDArray[np.int64], bands: int
) -> list[NDArray[np.uint64]]:
    """Return for each band the entries of the texts that are not `gone`."""
    import numpy as np

    left = ~np.isin(numbers, gone)
    shingles = sketches.shingles[np.repeat(left, sketches.sizes)]
    owners = np.repeat(numbers[left].astype(np.uint64), sketches.sizes[left])
    entries = entries_of(shingles, owners)
    to = bands_of(entries, bands)
    return [entries[to == band] for band in range(bands)]


def suggested(
    parts: Sequence[NDArray[np.uint64]], *, total: int, leading: int, bands: int
) -> list[Suggestions]:
    """Return for each group of later texts the pairs that the shingles of a band suggest."""
    import numpy as np

    found = Runs(np.concatenate(parts)).suggestions(0, total)

    def grouped(packed: NDArray[np.int64]) -> list[NDArray[np.int64]]:
        pairs = packed[(packed & ((1 << 28) - 1)) < leading]
        return split(pairs, (pairs >> 28) % bands, bands)

    return [Suggestions(*s) for s in zip(grouped(found.sure), grouped(found.likely), strict=True)]


def agreed_pairs(parts: Sequence[Suggestions]) -> NDArray[np.int64]:
    """Return the candidate pairs of a group of later texts."""
    return agreed(parts)


def wanted(
    numbers: NDArray[np.int64], numbering: Numbering, shares: int
) -> list[NDArray[np.int64]]:
    """Return for each share the numbers of its texts that are asked for, each once."""
    import numpy as np

    numbers = np.unique(numbers)
    return split(numbers, numbering.home(numbers).astype(np.int64), shares)


def near(pairs: NDArray[np.int64], texts: Mapping[int, Said], *, threshold: float) -> list[Edge]:
    """Return the pairs (later, earlier) that are similar enough."""
    import numpy as np

    if not len(pairs):
        return []
    members, where = np.unique(pairs, return_inverse=True)
    ordered = [texts[number].text for number in members.tolist()]
    local = where.reshape(-1, 2)
    found, likeness = best_first(
        local, similarities(ordered, sketch(ordered), local, threshold=threshold)
    )
    judge = Judge(ordered)
    return [
        Edge(int(members[later]), int(members[earlier]), share, judge.same_facts(later, earlier))
        for (later, earlier), share in zip(found.tolist(), likeness.tolist(), strict=True)
    ]


def copies(same_as: Sequence[Link], edges: Sequence[Edge], *, total: int) -> list[Link]:
    """Return the copies of a run, each with the text that stands for it.

    A text that is the same as a near copy is a near copy, too, of the same kept text.
    """
    import numpy as np

    facts = {(e.later, e.earlier): e.same_facts for e in edges}
    pairs = np.array([(e.later, e.earlier) for e in edges], dtype=np.int64).reshape(-1, 2)
    found, likeness = best_first(pairs, np.array([e.likeness for e in edges]))
    stands = {
        later: Link(later, earlier, share)
        for later, earlier, share in Gone(total).settle(
            found, likeness, lambda later, earlier: facts[later, earlier]
        )
    }
    links = list(stands.values())
    for link in same_as:
        above = stands.get(link.other)
        links.append(Link(link.text, above.other, above.similarity) if above else link)
    return links


def both_ways(stage: SameText, alike: Sequence[Alike]) -> list[Link]:
    """Return the links between texts that are each other's best match, in both directions."""
    found = stage.matches(sorted(alike, key=lambda a: (a.later, a.earlier)))
    return [link for one, other in found for link in (Link(one, other), Link(other, one))]


def comparison(
    stage: Dedup | SameText,
) -> Callable[[NDArray[np.int64], Mapping[int, Said]], Sequence[Edge | Alike]]:
    """Return the function that compares the candidate pairs of a stage."""
    if isinstance(stage, SameText):
        return lambda pairs, texts: list(stage.alike(texts, pairs.tolist()))
    return lambda pairs, texts: near(pairs, texts, threshold=stage.threshold or 1.0)
