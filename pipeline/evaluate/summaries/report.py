"""Measured summaries as JSON values and as a table for people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from pipeline.evaluate.bootstrap import LEVEL, SAMPLES, SEED, mean_difference, mean_estimate
from pipeline.evaluate.rouge import NAMES, best_f1, signature
from pipeline.evaluate.summaries.data import Article, Written
from pipeline.evaluate.summaries.measures import Shape, shape

_MEANS = ("words", "sentences", "novel_bigrams", "coverage", "density")
_SUMS = ("incomplete", "repeated", "figures")


@dataclass(frozen=True, slots=True)
class System:
    """The summaries of one system, one for each article, and their cost.

    `supports` has the support of each sentence, and is None where it was not judged. `scored` is
    false for the references themselves, which no ROUGE is taken of.
    """

    name: str
    summaries: Sequence[Written]
    supports: Sequence[Sequence[float]] | None = None
    seconds: float | None = None
    scored: bool = True


def record(
    articles: Sequence[Article],
    systems: Sequence[System],
    *,
    name: str,
    language: str,
    threshold: float | None,
    described: Mapping[str, Any],
) -> dict[str, Any]:
    """Measure the summaries of all systems, the first of which is ours.

    `threshold` is the least support of a supported sentence. `described` tells what made ours and
    what judged support.
    """
    rouge = {
        system.name: [
            best_f1(summary.text, article.references)
            for summary, article in zip(system.summaries, articles, strict=True)
        ]
        for system in systems
        if system.scored
    }
    ours = systems[0].name
    return {
        "data": {
            "name": name,
            "articles": len(articles),
            "references": sum(len(article.references) for article in articles),
            "language": language,
        },
        "system": dict(described),
        "signature": signature([article.references for article in articles]),
        "systems": [
            {
                "name": system.name,
                "seconds": None if system.seconds is None else round(system.seconds, 1),
                "rouge": _rouge(rouge[system.name]) if system.scored else None,
                "below_ours": _against(rouge[ours], rouge[system.name])
                if system.scored and system.name != ours
                else None,
                **_shapes(system, articles, language=language),
                "support": _support(system, threshold),
                "flags": Counter(flag for s in system.summaries for flag in s.flags),
            }
            for system in systems
        ],
        "intervals": {"level": LEVEL, "samples": SAMPLES, "seed": SEED, "unit": "article"},
    }


def _rouge(found: Sequence[Mapping[str, float]]) -> dict[str, Any]:
    return {name: mean_estimate([one[name] for one in found]).as_json() for name in NAMES}


def _against(
    ours: Sequence[Mapping[str, float]], theirs: Sequence[Mapping[str, float]]
) -> dict[str, Any]:
    return {
        name: asdict(mean_difference([o[name] for o in ours], [t[name] for t in theirs]))
        for name in NAMES
    }


def _shapes(system: System, articles: Sequence[Article], *, language: str) -> dict[str, Any]:
    found: list[Shape] = [
        shape(summary, article, language=language)
        for summary, article in zip(system.summaries, articles, strict=True)
    ]
    values = [asdict(one) for one in found]
    return {
        **{name: mean_estimate([one[name] for one in values]).as_json() for name in _MEANS},
        **{name: sum(one[name] for one in values) for name in _SUMS},
        "empty": sum(not summary.sentences for summary in system.summaries),
    }


def _support(system: System, threshold: float | None) -> dict[str, Any] | None:
    if system.supports is None:
        return None
    every = [support for one in system.supports for support in one]
    return {
        "sentences": len(every),
        "mean": sum(every) / len(every) if every else None,
        "threshold": threshold,
        "supported": None
        if threshold is None or not every
        else sum(support >= threshold for support in every) / len(every),
    }


def table(measured: Mapping[str, Any]) -> str:
    """Return the result of `record` as a table for people."""
    data = measured["data"]
    heads = "".join(f"{name:>9}{'95 %':>12}" for name in NAMES)
    out = [
        (
            f"{data['name']}: {data['articles']} articles, {data['references']} references,"
            f" summaries in {data['language']}: {measured['system'].get('name', '')}"
        ),
        "",
        f"{'F1, per cent':<22}{heads}",
    ]
    for system in measured["systems"]:
        if system["rouge"] is not None:
            cells = "".join(_interval(system["rouge"][name]) for name in NAMES)
            out.append(f"{system['name']:<22}{cells}")
    for system in measured["systems"]:
        if (below := system["below_ours"]) is not None:
            cells = "".join(_difference(below[name]) for name in NAMES)
            out.append(f"{'ours - ' + system['name']:<22}{cells}")
    out += [
        "",
        (
            f"{'':<22}{'words':>7}{'sentences':>11}{'novel':>7}{'coverage':>10}{'density':>9}"
            f"{'support':>9}{'supported':>11}{'cut':>5}{'repeats':>9}{'figures':>9}{'empty':>7}"
            f"{'s':>8}"
        ),
    ]
    out += [_line(system) for system in measured["systems"]]
    out += [
        "",
        "novel: pairs of words that the article has not; coverage: words in runs copied from it,",
        "density: their mean length (Grusky et al. 2018); supported: sentences at or above the",
        "judge's threshold; cut: sentences without an end; figures: numbers that it has not.",
        f"ROUGE: {measured['signature']}",
    ]
    if judge := measured["system"].get("judge"):
        out.append(f"support: {judge}")
    return "\n".join(out)


def _line(system: Mapping[str, Any]) -> str:
    support = system["support"] or {"mean": None, "supported": None}
    spent = "" if system["seconds"] is None else f"{system['seconds']:.0f}"
    return (
        f"{system['name']:<22}{system['words']['value']:>7.1f}{system['sentences']['value']:>11.1f}"
        f"{_percent(system['novel_bigrams']['value']):>7}{_percent(system['coverage']['value']):>10}"
        f"{system['density']['value']:>9.1f}{_percent(support['mean']):>9}"
        f"{_percent(support['supported']):>11}{system['incomplete']:>5}{system['repeated']:>9}"
        f"{system['figures']:>9}{system['empty']:>7}{spent:>8}"
    )


def _difference(found: Mapping[str, Any]) -> str:
    chance = f"p {found['p_value']:.3f}"
    return f"{100 * found['difference']:>+9.1f}{chance:>12}"


def _interval(found: Mapping[str, Any]) -> str:
    between = "-" if found["low"] is None else f"{100 * found['low']:.1f}-{100 * found['high']:.1f}"
    return f"{_percent(found['value']):>9}{between:>12}"


def _percent(value: float | None) -> str:
    return "-" if value is None else f"{100 * value:.1f}"
