"""Scores of groups and of pairs: B-cubed, adjusted Rand index, Pearson, Spearman, AUROC."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from math import comb

import numpy as np
from numpy.typing import NDArray


def b_cubed(
    groups: Sequence[Sequence[int]], gold: Sequence[Hashable]
) -> tuple[float, float, float]:
    """Return precision, recall and F1 (Bagga and Baldwin 1998), each 0 to 1.

    `groups` are places in `gold`, which has the true group of each place.
    """
    sizes = Counter(gold)
    precision = recall = 0.0
    for group in groups:
        within = Counter(gold[i] for i in group)
        precision += sum(n * n for n in within.values()) / len(group)
        recall += sum(n * n / sizes[name] for name, n in within.items())
    precision, recall = precision / len(gold), recall / len(gold)
    return precision, recall, 2 * precision * recall / (precision + recall)


def adjusted_rand(groups: Sequence[Sequence[int]], gold: Sequence[Hashable]) -> float:
    """Return the adjusted Rand index (Hubert and Arabie 1985): 1 for equal groups, 0 by chance."""
    both = sum(comb(n, 2) for g in groups for n in Counter(gold[i] for i in g).values())
    ours = sum(comb(len(g), 2) for g in groups)
    theirs = sum(comb(n, 2) for n in Counter(gold).values())
    expected = ours * theirs / max(1, comb(len(gold), 2))
    most = (ours + theirs) / 2
    return 1.0 if most == expected else (both - expected) / (most - expected)


def pearson(some: Sequence[float], others: Sequence[float]) -> float:
    """Return the correlation of two sequences; 0 where one of them never changes."""
    a, b = (np.asarray(x, dtype=np.float64) for x in (some, others))
    a, b = a - a.mean(), b - b.mean()
    length = float(np.sqrt((a @ a) * (b @ b)))
    return float(a @ b) / length if length else 0.0


def spearman(some: Sequence[float], others: Sequence[float]) -> float:
    """Return the correlation of the ranks of two sequences; equal values share a rank."""
    return pearson(_ranks(some).tolist(), _ranks(others).tolist())


def auroc(scores: Sequence[float], positive: Sequence[bool]) -> float | None:
    """Return how probable it is that a positive scores above a negative; None without either."""
    ranks = _ranks(scores)
    yes = np.asarray(positive, dtype=bool)
    count, others = int(yes.sum()), int((~yes).sum())
    if not count or not others:
        return None
    return float((ranks[yes].sum() - count * (count - 1) / 2) / (count * others))


def _ranks(values: Sequence[float]) -> NDArray[np.float64]:
    """Return the ranks from 0, the mean rank for equal values."""
    array = np.asarray(values, dtype=np.float64)
    _, inverse, counts = np.unique(array, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    means = ends - (counts + 1) / 2
    return np.asarray(means[inverse], dtype=np.float64)
