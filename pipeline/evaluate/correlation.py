"""Correlation of two sequences of values: Pearson's of the values, Spearman's of their ranks."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def pearson(ours: NDArray[np.float64], theirs: NDArray[np.float64]) -> float:
    """Return the linear correlation; NaN where one side does not vary."""
    mine, other = ours - ours.mean(), theirs - theirs.mean()
    scale = float(np.sqrt((mine**2).sum() * (other**2).sum()))
    return float((mine * other).sum() / scale) if scale else float("nan")


def spearman(ours: NDArray[np.float64], theirs: NDArray[np.float64]) -> float:
    """Return the correlation of ranks; equals share their mean rank."""
    return pearson(mean_ranks(ours), mean_ranks(theirs))


def mean_ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the rank of each value, from 1; equal values share the mean of their ranks."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    ranks: NDArray[np.float64] = (np.cumsum(counts) - (counts - 1) / 2)[place]
    return ranks
