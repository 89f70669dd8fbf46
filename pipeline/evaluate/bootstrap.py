"""Confidence intervals of rates and other statistics, and tests, by resampling of units.

Percentile intervals and the paired test of Koehn (2004, https://aclanthology.org/W04-3250), as
sacreBLEU has them for scores, with its seed and number of samples.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

SAMPLES = 1000
SEED = 12345
LEVEL = 95.0  # per cent of the resampled values lie in an interval


@dataclass(frozen=True, slots=True)
class Rate:
    """`hits` of `total`, with the bounds of its interval.

    `value` is None where `total` is 0. The bounds are None where fewer than two units count, as
    nothing can be resampled then.
    """

    hits: int
    total: int
    low: float | None = None
    high: float | None = None

    @property
    def value(self) -> float | None:
        """The share, between 0 and 1."""
        return self.hits / self.total if self.total else None


@dataclass(frozen=True, slots=True)
class Estimate:
    """A statistic with the bounds of its interval; None where it is not defined on the data."""

    value: float | None
    low: float | None = None
    high: float | None = None

    def as_json(self) -> dict[str, Any]:
        """Return value and bounds as JSON values."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class RateDifference:
    """One rate minus another on the same units, its interval, and the p-value of no difference."""

    difference: float
    low: float
    high: float
    p_value: float


def rate(hits: Sequence[int], totals: Sequence[int]) -> Rate:
    """Return the sum of `hits` over that of `totals`, a unit of resampling being one index."""
    hit, total = np.asarray(hits, dtype=float), np.asarray(totals, dtype=float)
    summed = Rate(int(hit.sum()), int(total.sum()))
    if np.count_nonzero(total) < 2:
        return summed
    low, high = _interval(_resampled(hit, total))
    return replace(summed, low=low, high=high)


def rate_difference(
    ours: Sequence[int], theirs: Sequence[int], totals: Sequence[int]
) -> RateDifference | None:
    """Compare two sequences of hits over the same totals; None where the totals are 0."""
    mine, other, total = (np.asarray(x, dtype=float) for x in (ours, theirs, totals))
    if not total.sum():
        return None
    return _difference(mine - other, total)


def _difference(excess: NDArray[np.float64], total: NDArray[np.float64]) -> RateDifference:
    difference = float(excess.sum() / total.sum())
    resampled = _resampled(excess, total)
    low, high = _interval(resampled)
    beyond = np.abs(resampled - resampled.mean()) >= abs(difference)
    p_value = (int(beyond.sum()) + 1) / (len(resampled) + 1)
    return RateDifference(difference, low, high, p_value)


def estimate(statistic: Callable[[NDArray[np.intp]], float], units: Sequence[Hashable]) -> Estimate:
    """Return the statistic of all items, and its interval.

    `units` names the unit of each item; items of one unit (the sentences of one article) are
    drawn together. `statistic` is given the indices of items, one as often as it was drawn, and
    returns NaN where it is not defined on them; such draws do not count.
    """
    places: dict[Hashable, list[int]] = {}
    for index, unit in enumerate(units):
        places.setdefault(unit, []).append(index)
    groups = [np.asarray(group, dtype=np.intp) for group in places.values()]
    value = statistic(np.arange(len(units), dtype=np.intp)) if units else float("nan")
    if np.isnan(value):
        return Estimate(None)
    if len(groups) < 2:
        return Estimate(float(value))
    random = np.random.default_rng(SEED)
    draws = random.integers(len(groups), size=(SAMPLES, len(groups)))
    drawn = np.array([statistic(np.concatenate([groups[i] for i in draw])) for draw in draws])
    drawn = drawn[~np.isnan(drawn)]
    if not drawn.size:
        return Estimate(float(value))
    return Estimate(float(value), *_interval(drawn))


def mean_estimate(values: Sequence[float]) -> Estimate:
    """Return the mean of values, each a unit of its own, and its interval."""
    found = np.asarray(values, dtype=float)
    return estimate(lambda drawn: float(found[drawn].mean()), range(len(found)))


def mean_difference(ours: Sequence[float], theirs: Sequence[float]) -> RateDifference:
    """Compare the means of two sequences of values of the same units, of which there is one."""
    mine, other = (np.asarray(x, dtype=float) for x in (ours, theirs))
    return _difference(mine - other, np.ones(len(mine)))


def _resampled(hits: NDArray[np.float64], totals: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the rate of `SAMPLES` draws, with replacement, of as many units as there are."""
    size = len(hits)
    random = np.random.default_rng(SEED)
    counts = random.multinomial(size, np.full(size, 1 / size), size=SAMPLES)
    drawn = counts @ totals
    return np.divide(counts @ hits, drawn, out=np.zeros(SAMPLES), where=drawn > 0)


def _interval(values: NDArray[np.float64]) -> tuple[float, float]:
    tail = (100 - LEVEL) / 2
    low, high = np.percentile(values, [tail, 100 - tail])
    return float(low), float(high)
