"""The weights of the pair score, fitted to pairs that people or translations vouch for.

Logistic regression with soft targets (a person's similarity between 0 and 1 is a probability) and a
ridge, by Newton's method: eight features need no library, and the result is calibrated by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

RIDGE = 1.0
_STEPS = 50
_CLOSE = 1e-8


def fit(
    features: Sequence[Sequence[float]],
    targets: Sequence[float],
    *,
    weights: Sequence[float] | None = None,
    ridge: float = RIDGE,
    speaking_for: Sequence[bool] = (),
) -> tuple[tuple[float, ...], float]:
    """Return a weight for each feature, and the bias.

    `features` is (pairs, features), `targets` (pairs,) between 0 and 1, `weights` how much each
    pair counts. Features are scaled to their standard deviation for the ridge, which leaves the
    bias alone. A feature that can only be `speaking_for` one event gets no weight below 0: of two
    that say nearly the same, one would get a large weight and the other its opposite, which
    nobody could read as a reason.
    """
    import numpy as np

    used = list(range(len(features[0])))
    while True:
        some, bias = _fitted([[row[i] for i in used] for row in features], targets, weights, ridge)
        wrong = [
            w if i < len(speaking_for) and speaking_for[i] else 0.0
            for i, w in zip(used, some, strict=True)
        ]
        if not wrong or min(wrong) >= 0:
            break
        del used[int(np.argmin(wrong))]
    found = [0.0] * len(features[0])
    for i, w in zip(used, some, strict=True):
        found[i] = w
    return tuple(found), bias


def _fitted(
    features: Sequence[Sequence[float]],
    targets: Sequence[float],
    weights: Sequence[float] | None,
    ridge: float,
) -> tuple[tuple[float, ...], float]:
    import numpy as np

    x = np.asarray(features, dtype=np.float64)
    y = np.asarray(targets, dtype=np.float64)
    count = np.ones(len(y)) if weights is None else np.asarray(weights, dtype=np.float64)
    scale = np.maximum(x.std(axis=0), 1e-6)
    x = np.column_stack([x / scale, np.ones(len(y))])
    penalty = np.diag([ridge] * len(scale) + [0.0])
    found = np.zeros(x.shape[1])
    for _ in range(_STEPS):
        p = 1 / (1 + np.exp(-x @ found))
        gradient = x.T @ (count * (p - y)) + penalty @ found
        hessian = (x * (count * p * (1 - p))[:, None]).T @ x + penalty
        step = np.linalg.solve(hessian + 1e-9 * np.eye(len(found)), gradient)
        found -= step
        if np.abs(step).max() < _CLOSE:
            break
    return tuple(float(w) for w in found[:-1] / scale), float(found[-1])


def folds_by_story(ids: Sequence[tuple[str, str]], *, folds: int) -> list[int]:
    """Return the fold of each pair: pairs that share a document, straight or by others, in one.

    `ids` are the documents of each pair. The largest groups are dealt out first.
    """
    parent: dict[str, str] = {}

    def root(name: str) -> str:
        while parent.setdefault(name, name) != name:
            name = parent[name]
        return name

    for one, other in ids:
        first, second = sorted((root(one), root(other)))
        parent[second] = first
    groups: dict[str, list[int]] = {}
    for at, (one, _) in enumerate(ids):
        groups.setdefault(root(one), []).append(at)
    sizes = [0] * folds
    found = [0] * len(ids)
    for name in sorted(groups, key=lambda g: (-len(groups[g]), g)):
        fold = sizes.index(min(sizes))
        sizes[fold] += len(groups[name])
        for at in groups[name]:
            found[at] = fold
    return found


def probabilities(
    features: Sequence[Sequence[float]], weights: Sequence[float], bias: float
) -> NDArray[np.float64]:
    """Return the probability of each pair, (pairs,)."""
    import numpy as np

    odds = np.asarray(features, dtype=np.float64) @ np.asarray(weights) + bias
    return np.asarray(1 / (1 + np.exp(-odds)), dtype=np.float64)
