"""Scores of translations beside people's ratings: correlations as JSON values and as a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.evaluate.bootstrap import LEVEL, SAMPLES, SEED, estimate
from pipeline.evaluate.correlation import pearson, spearman
from pipeline.evaluate.trust.data import RatedTranslation

Statistic = Callable[[NDArray[np.float64], NDArray[np.float64]], float]


@dataclass(frozen=True, slots=True)
class System:
    """A score for every translation, higher for better ones, and its cost."""

    name: str
    identity: str
    scores: Sequence[float]
    seconds: float | None = None


def record(
    data: Sequence[RatedTranslation], systems: Sequence[System], *, name: str
) -> dict[str, Any]:
    """Measure every system on rated translations; `name` is that of the data."""
    ratings = np.array([one.rating for one in data])
    return {
        "data": {
            "name": name,
            "translations": len(data),
            "source": data[0].segment.source,
            "target": data[0].segment.target,
        },
        "systems": [
            {
                "name": system.name,
                "identity": system.identity,
                "seconds": None if system.seconds is None else round(system.seconds, 1),
                "pearson": _correlation(pearson, system, ratings),
                "spearman": _correlation(spearman, system, ratings),
            }
            for system in systems
        ],
        "intervals": {"level": LEVEL, "samples": SAMPLES, "seed": SEED, "unit": "translation"},
    }


def _correlation(
    statistic: Statistic, system: System, ratings: NDArray[np.float64]
) -> dict[str, Any]:
    scores = np.array(system.scores)
    return estimate(
        lambda drawn: statistic(scores[drawn], ratings[drawn]), range(len(ratings))
    ).as_json()


def table(measured: Mapping[str, Any]) -> str:
    """Return the result of `record` as a table for people."""
    data = measured["data"]
    out = [
        (
            f"{data['name']}: {data['translations']} translations"
            f" {data['source']}-{data['target']} with people's ratings"
        ),
        "",
        f"{'system':<26}{'Pearson':>9}{'95 %':>16}{'Spearman':>10}{'95 %':>16}{'s':>8}",
    ]
    for system in measured["systems"]:
        spent = "" if system["seconds"] is None else f"{system['seconds']:.1f}"
        cells = _cells(system["pearson"], 9) + _cells(system["spearman"], 10)
        out.append(f"{system['name']:<26}{cells}{spent:>8}")
    out += ["", *(f"{s['name']}: {s['identity']}" for s in measured["systems"])]
    return "\n".join(out)


def _cells(found: Mapping[str, Any], width: int) -> str:
    if found["value"] is None:
        return f"{'-':>{width}}{'':>16}"
    between = "-" if found["low"] is None else f"{found['low']:.3f} to {found['high']:.3f}"
    return f"{found['value']:>{width}.3f}{between:>16}"
