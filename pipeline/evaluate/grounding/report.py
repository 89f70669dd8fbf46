"""Measured judges of support as JSON values and as a table for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.evaluate.bootstrap import LEVEL, SAMPLES, SEED
from pipeline.evaluate.grounding.data import GroundingData
from pipeline.evaluate.grounding.rejection import Rejection, rejection


@dataclass(frozen=True, slots=True)
class System:
    """The scores that a system gave to all claims, higher for supported ones, and its cost.

    `threshold` is the bound below which it rejects; None where it comes with none. `identity` has
    models and versions.
    """

    name: str
    identity: str
    scores: Sequence[float]
    seconds: float
    threshold: float | None = None


def record(data: GroundingData, systems: Sequence[System], *, name: str) -> dict[str, Any]:
    """Measure every system on the claims; `name` is that of the data.

    A system with a threshold is measured at it, every system at the best one of these data.
    """
    supported = [claim.supported for claim in data.claims]
    units = [claim.document for claim in data.claims]

    def measured(system: System, threshold: float | None) -> Rejection:
        return rejection(system.scores, supported, units=units, threshold=threshold)

    return {
        "data": {
            "name": name,
            "documents": len(data.sources),
            "claims": len(data.claims),
            "supported": sum(supported),
            "left_out": data.left_out,
            "rows": [data.claims[0].row, data.claims[-1].row],
        },
        "systems": [
            {
                "name": system.name,
                "identity": system.identity,
                "seconds": round(system.seconds, 1),
                "at_shipped_threshold": None
                if system.threshold is None
                else measured(system, system.threshold).as_json(),
                "at_best_threshold": measured(system, None).as_json(),
            }
            for system in systems
        ],
        "intervals": {"level": LEVEL, "samples": SAMPLES, "seed": SEED, "unit": "document"},
    }


def table(measured: Mapping[str, Any]) -> str:
    """Return the result of `record` as a table for people."""
    data = measured["data"]
    first, last = data["rows"]
    out = [
        (
            f"{data['name']}, rows {first} to {last}: {data['claims']} claims about"
            f" {data['documents']} documents, {data['supported']} of them supported"
            + (f"; {data['left_out']} without a clear label left out" if data["left_out"] else "")
        ),
        "",
        (
            f"{'system':<24}{'AUROC':>7}{'95 %':>14}{'threshold':>11}{'balanced':>10}{'95 %':>14}"
            f"{'precision':>11}{'recall':>8}{'false rej.':>12}{'s':>8}"
        ),
    ]
    for system in measured["systems"]:
        shipped, best = system["at_shipped_threshold"], system["at_best_threshold"]
        if shipped is not None:
            out.append(_line(system["name"], shipped, seconds=system["seconds"]))
        else:
            out.append(_line(system["name"], best, seconds=system["seconds"], mark="*"))
    for system in measured["systems"]:
        if system["at_shipped_threshold"] is not None:
            name = f"{system['name']}, best"
            out.append(_line(name, system["at_best_threshold"], mark="*"))
    out += [
        "",
        "Per cent, with bootstrap intervals over documents. Rejected is a claim whose weakest",
        "sentence scores below the threshold: precision and recall of the claims that people found",
        "unsupported; false rej. is the share of the supported claims that are rejected.",
        "* the threshold with the highest balanced accuracy on these very claims: flattering.",
    ]
    out += [f"{s['name']}: {s['identity']}" for s in measured["systems"]]
    return "\n".join(out)


def _line(
    name: str, row: Mapping[str, Any], *, seconds: float | None = None, mark: str = ""
) -> str:
    spent = "" if seconds is None else f"{seconds:.1f}"
    return (
        f"{name:<24}{_interval(row['auroc'])}{row['threshold']:>10.3f}{mark or ' '}"
        f"{_interval(row['balanced_accuracy'], width=10)}"
        f"{_percent(row['precision_of_rejection']):>11}{_percent(row['recall_of_rejection']):>8}"
        f"{_percent(row['false_rejections']):>12}{spent:>8}"
    )


def _interval(found: Mapping[str, Any], *, width: int = 7) -> str:
    between = "-" if found["low"] is None else f"{100 * found['low']:.1f}-{100 * found['high']:.1f}"
    return f"{_percent(found):>{width}}{between:>14}"


def _percent(found: Mapping[str, Any]) -> str:
    return "-" if found["value"] is None else f"{100 * found['value']:.1f}"
