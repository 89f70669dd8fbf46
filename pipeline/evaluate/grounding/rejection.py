"""How well scores tell supported claims from unsupported ones: AUROC, and rejection below a bound.

Rejection is the finding "not supported": its precision is the share of rejected claims that people
found unsupported, its recall the share of those that are rejected. Balanced accuracy is the mean of
the share of supported claims that are kept and of unsupported ones that are rejected (Laban et al.
2022, https://aclanthology.org/2022.tacl-1.10). Claims about one document are resampled together.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.evaluate.bootstrap import Estimate, estimate
from pipeline.evaluate.correlation import mean_ranks


@dataclass(frozen=True, slots=True)
class Rejection:
    """The measures of one system's scores; `threshold` rejects what is below it."""

    auroc: Estimate
    threshold: float
    balanced_accuracy: Estimate
    precision: Estimate
    recall: Estimate
    false_rejections: Estimate  # share of the supported claims

    def as_json(self) -> dict[str, Any]:
        """Return everything measured as JSON values."""
        return {
            "auroc": self.auroc.as_json(),
            "threshold": self.threshold,
            "balanced_accuracy": self.balanced_accuracy.as_json(),
            "precision_of_rejection": self.precision.as_json(),
            "recall_of_rejection": self.recall.as_json(),
            "false_rejections": self.false_rejections.as_json(),
        }


def rejection(
    scores: Sequence[float],
    supported: Sequence[bool],
    *,
    units: Sequence[Hashable],
    threshold: float | None = None,
) -> Rejection:
    """Measure scores; without a threshold that of the highest balanced accuracy here is taken."""
    values, labels = np.asarray(scores, dtype=float), np.asarray(supported, dtype=bool)
    bound = best_threshold(values, labels) if threshold is None else threshold
    rejected = values < bound

    def share(of: NDArray[np.bool_], among: NDArray[np.bool_]) -> Estimate:
        def statistic(drawn: NDArray[np.intp]) -> float:
            total = among[drawn].sum()
            return float((of & among)[drawn].sum() / total) if total else float("nan")

        return estimate(statistic, units)

    return Rejection(
        auroc=estimate(lambda drawn: auroc(values[drawn], labels[drawn]), units),
        threshold=bound,
        balanced_accuracy=estimate(lambda drawn: _balanced(rejected[drawn], labels[drawn]), units),
        precision=share(~labels, rejected),
        recall=share(rejected, ~labels),
        false_rejections=share(rejected, labels),
    )


def auroc(scores: NDArray[np.float64], supported: NDArray[np.bool_]) -> float:
    """Return the chance that a supported claim scores above an unsupported one; equals are half.

    The rank form of the statistic (Mann and Whitney 1947): NaN where one kind is missing.
    """
    good, bad = int(supported.sum()), int((~supported).sum())
    if not good or not bad:
        return float("nan")
    return float((mean_ranks(scores)[supported].sum() - good * (good + 1) / 2) / (good * bad))


def best_threshold(scores: NDArray[np.float64], supported: NDArray[np.bool_]) -> float:
    """Return the bound below which rejection has the highest balanced accuracy on these claims."""
    order = np.argsort(scores, kind="stable")
    ascending, labels = scores[order], supported[order]
    rejected_bad = np.concatenate([[0], np.cumsum(~labels)]) / max(1, int((~labels).sum()))
    rejected_good = np.concatenate([[0], np.cumsum(labels)]) / max(1, int(labels.sum()))
    # A bound is the score of the first claim that is kept: only where the score changes.
    starts = np.flatnonzero(np.diff(ascending, prepend=-np.inf) > 0)
    gains = (rejected_bad - rejected_good)[starts]
    return float(ascending[starts[int(gains.argmax())]])


def _balanced(rejected: NDArray[np.bool_], supported: NDArray[np.bool_]) -> float:
    if supported.all() or not supported.any():
        return float("nan")
    return float((rejected[~supported].mean() + (~rejected[supported]).mean()) / 2)
