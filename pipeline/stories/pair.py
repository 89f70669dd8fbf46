"""The score of a pair of documents: how probable it is that both tell of one event.

A logistic model of few features, all of the pair alone, so that no other document can change the
score. Its weights (`pair.json`) were fitted by scripts/train/stories.py.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import TYPE_CHECKING

from pipeline.stories.details import Details
from pipeline.stories.names import shared
from pipeline.stories.vectors import Views
from pipeline.stories.veto import veto

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from pipeline.stories.vectors import Vectors

FEATURES = (
    "title", "lead", "whole", "crossed", "names", "title names", "figures", "other language",
)  # fmt: skip
_DAYS_FREE = 3  # between the dates of two documents, before they speak against one event
_PER_DAY = (
    0.25  # of the log-odds, for each day beyond; not fitted: the training pairs have no dates
)
_MOST_DAYS = 10
_COSINES = 4  # the first features
_BLOCK = 4096  # pairs
_SLACK = 0.01  # of the log-odds, for rounding
_LITTLE = 240  # characters of a text without a title: fewer could be of many events
_SAME_WORDS = 0.68  # cosine of two such texts that say the same; those of one subject reach 0.65
_UNLIKELY = 0.1  # probability below which nobody asks for a veto


@dataclass(frozen=True, slots=True)
class Model:
    """The weights of the features, in their order, the bias, and the means of the languages."""

    weights: tuple[float, ...]
    bias: float
    means: Mapping[str, Sequence[float]]


@dataclass(frozen=True, slots=True)
class PairScore:
    """The probability that two documents tell of one event, and its reasons.

    `reasons` are the shares of the features in the log-odds, and of the days between the documents;
    `veto` says what tells the two apart for certain, or is empty. A pair with a veto scores 0.
    """

    probability: float
    reasons: Mapping[str, float]
    veto: str = ""


@cache
def shipped_model() -> Model:
    """Return the model that comes with Nightdesk."""
    raw = resources.files("pipeline.stories").joinpath("pair.json").read_text("utf-8")
    found = json.loads(raw)
    weights = tuple(float(found["weights"][name]) for name in FEATURES)
    return Model(weights, float(found["bias"]), MappingProxyType(found["means"]))


class Pairs:
    """The pairs of some documents, scored when they are asked for, and remembered."""

    def __init__(self, details: Sequence[Details], views: Views, *, model: Model) -> None:
        self._details = details
        self._views = views
        self._model = model
        self._known: dict[tuple[int, int], PairScore] = {}

    def wholes(self, documents: Sequence[int]) -> Vectors:
        """Return the vectors of documents, by their places: (documents, dimensions)."""
        return self._views.wholes[list(documents)]

    def score(self, one: int, other: int) -> PairScore:
        """Return the score of two documents, given by their places; the order does not matter."""
        pair = (one, other) if one < other else (other, one)
        if pair not in self._known:
            self._known[pair] = self._scored(*pair)
        return self._known[pair]

    def promising(self, pairs: Sequence[tuple[int, int]], *, least: float) -> list[tuple[int, int]]:
        """Return those of `pairs` whose probability may exceed `least`, by their cosines alone.

        The other features are counted in full: no pair is lost that a score could let pass.
        """
        import numpy as np

        if not pairs:
            return []
        weights = np.asarray(self._model.weights)
        rest = float(np.maximum(weights[_COSINES:], 0).sum()) + self._model.bias
        enough = math.log(least / (1 - least)) - rest - _SLACK
        found: list[tuple[int, int]] = []
        for start in range(0, len(pairs), _BLOCK):
            block = pairs[start : start + _BLOCK]
            one, other = (np.asarray([pair[side] for pair in block]) for side in (0, 1))
            odds = _cosines(self._views, one, other) @ weights[:_COSINES]
            found += [pair for pair, value in zip(block, odds, strict=True) if value >= enough]
        return found

    def _scored(self, one: int, other: int) -> PairScore:
        a, b = self._details[one], self._details[other]
        cosines = similarities(self._views, one, other)
        values = features(a, b, *cosines)
        reasons = {
            name: weight * value
            for name, weight, value in zip(FEATURES, self._model.weights, values, strict=True)
        }
        reasons["days apart"] = -_PER_DAY * _days_apart(a, b)
        odds = self._model.bias + sum(reasons.values())
        probability = 1 / (1 + math.exp(-max(-30.0, min(30.0, odds))))
        against = ""
        if probability >= _UNLIKELY:
            against = veto(a, b) or _too_little(a, b, max(cosines))
        if against:
            probability = 0.0
        return PairScore(probability, MappingProxyType(reasons), against)


def _too_little(a: Details, b: Details, cosine: float) -> str:
    """Return why two texts cannot be told to be of one event, or "".

    A few words about a price, without a title, are close to any other few words about a price: such
    texts must have a name or a figure in common, or say the same.
    """
    if not (_is_little(a) or _is_little(b)) or cosine >= _SAME_WORDS:
        return ""
    if shared(a.names, b.names) or a.numbers & b.numbers:
        return ""
    return "too little text, and no name or figure in common"


def _is_little(details: Details) -> bool:
    text = " ".join(details.passages.body)
    return len(text) < _LITTLE and text.startswith(details.passages.title)


def similarities(views: Views, one: int, other: int) -> tuple[float, float, float, float]:
    """Return the cosines of titles, leads and wholes, and the better of title with lead."""
    crossed = max(
        _cosine(views.titles[one], views.leads[other]),
        _cosine(views.leads[one], views.titles[other]),
    )
    return (
        _cosine(views.titles[one], views.titles[other]),
        _cosine(views.leads[one], views.leads[other]),
        _cosine(views.wholes[one], views.wholes[other]),
        crossed,
    )


def _cosines(views: Views, one: NDArray[np.int_], other: NDArray[np.int_]) -> NDArray[np.float64]:
    """Return the four cosines of `similarities` for many pairs: (pairs, 4)."""
    import numpy as np

    titles, leads, wholes = views.titles, views.leads, views.wholes
    crossed = np.maximum(
        (titles[one] * leads[other]).sum(axis=1), (leads[one] * titles[other]).sum(axis=1)
    )
    straight = [(v[one] * v[other]).sum(axis=1) for v in (titles, leads, wholes)]
    return np.stack([*straight, crossed], axis=1).astype(np.float64)


def features(
    a: Details, b: Details, title: float, lead: float, whole: float, crossed: float
) -> tuple[float, ...]:
    """Return the features of a pair in the order of `FEATURES`, all but the cosines 0 to 1."""
    both = (len(a.names) * len(b.names)) ** 0.5
    names = len(shared(a.names, b.names)) / both if both else 0.0
    in_titles = min(1.0, len(shared(a.title_names, b.names)) / max(1, len(a.title_names)))
    back = min(1.0, len(shared(b.title_names, a.names)) / max(1, len(b.title_names)))
    numbers = (len(a.numbers) * len(b.numbers)) ** 0.5
    figures = len(a.numbers & b.numbers) / numbers if numbers else 0.0
    return (
        title, lead, whole, crossed, names, (in_titles + back) / 2, figures,
        float(a.language != b.language),
    )  # fmt: skip


def _days_apart(a: Details, b: Details) -> int:
    if a.day is None or b.day is None:
        return 0
    return min(_MOST_DAYS, max(0, abs(a.day - b.day) - _DAYS_FREE))


def _cosine(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    # Rounded: sums of floats may differ in their last bits from one processor to the next.
    return round(float(one @ other), 5)
