"""A measured translation as JSON values and as a table for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from pipeline.evaluate.bootstrap import LEVEL, SAMPLES, SEED, Rate, rate_difference
from pipeline.evaluate.corpus import Corpus
from pipeline.evaluate.faults import KINDS, Faults, faults, spelling
from pipeline.evaluate.scores import compare, scores


def record(
    corpus: Corpus,
    hypotheses: Sequence[str],
    *,
    system: Mapping[str, Any],
    against: Sequence[str] | None = None,
) -> dict[str, Any]:
    """Measure a translation of `corpus`.

    `system` describes the system that made it; `against` is another translation to compare with.
    Raises UsageError where sacreBLEU is not installed.
    """
    ours, control = faults(corpus, hypotheses), faults(corpus, corpus.references)
    found: dict[str, Any] = {
        "corpus": {
            "source": corpus.source,
            "target": corpus.target,
            "lines": [corpus.first, corpus.first + len(corpus.sources) - 1],
            "documents": sum(1 for _ in corpus.spans()),
        },
        "system": dict(system),
        "scores": [asdict(score) for score in scores(hypotheses, corpus.references)],
        "faults": _faults(corpus, ours, control),
        "names": _names(corpus, hypotheses),
        "intervals": {"level": LEVEL, "samples": SAMPLES, "seed": SEED},
    }
    if against is not None:
        found["comparison"] = _comparison(corpus, hypotheses, against, ours)
    return found


def _faults(corpus: Corpus, ours: Faults, control: Faults) -> dict[str, Any]:
    references = control.rates()
    return {
        kind: {
            **_rate(measured),
            "reference": references[kind].value,
            "lines": [corpus.first + i for i, hit in enumerate(ours.found[kind]) if hit],
        }
        for kind, measured in ours.rates().items()
    }


def _names(corpus: Corpus, hypotheses: Sequence[str]) -> dict[str, Any]:
    ours, reference = spelling(corpus, hypotheses), spelling(corpus, corpus.references)
    return {
        "spelt_one_way": {**_rate(ours.one_way), "reference": reference.one_way.value},
        "mentions": ours.mentions,
        "unpaired": ours.unpaired,
        "differing": [{"stem": stem, "spellings": dict(forms)} for stem, forms in ours.differing],
    }


def _rate(measured: Rate) -> dict[str, Any]:
    return {**asdict(measured), "value": measured.value}


def _comparison(
    corpus: Corpus, hypotheses: Sequence[str], against: Sequence[str], ours: Faults
) -> dict[str, Any]:
    theirs = faults(corpus, against)
    rates: dict[str, Any] = {}
    for kind in KINDS:
        difference = rate_difference(ours.found[kind], theirs.found[kind], ours.possible[kind])
        rates[kind] = None if difference is None else asdict(difference)
    return {
        "scores": [asdict(d) for d in compare(hypotheses, against, corpus.references)],
        "faults": rates,
        "names": _rate(spelling(corpus, against).one_way),
    }


def table(measured: Mapping[str, Any]) -> str:
    """Return the result of `record` as a table for people."""
    corpus = measured["corpus"]
    first, last = corpus["lines"]
    out = [
        (
            f"{corpus['source']}-{corpus['target']}, lines {first} to {last},"
            f" {corpus['documents']} documents: {measured['system'].get('name', '')}"
        ),
        "",
        f"{'score':<12}{'value':>8}{'95 % interval':>18}   signature",
    ]
    for score in measured["scores"]:
        between = f"{score['low']:.1f} to {score['high']:.1f}"
        value = f"{score['name']:<12}{score['value']:>8.1f}{between:>18}"
        out.append(f"{value}   {score['signature']}")
    out += [
        "",
        f"{'fault':<14}{'segments':>10}{'faulty':>8}{'%':>7}{'95 %':>16}{'reference %':>13}",
    ]
    for kind, row in measured["faults"].items():
        out.append(f"{kind:<14}{_cells(row)}")
    names = measured["names"]
    out += [
        "",
        (
            "names spelt one way through a document"
            f" ({names['unpaired']} of {names['mentions']} mentions could not be paired):"
        ),
        f"{'repeated':<14}{_cells(names['spelt_one_way'])}",
    ]
    if "comparison" in measured:
        out += ["", *_compared(measured["comparison"], measured["names"])]
    if cost := measured["system"].get("cost"):
        out += [
            "",
            (
                f"{cost['seconds']:.0f} s, {cost['hypotheses_decoded']} hypotheses and"
                f" {cost['tokens_decoded']} tokens decoded; the rest was remembered"
            ),
        ]
    return "\n".join(out)


def _cells(row: Mapping[str, Any]) -> str:
    if row["value"] is None:
        return f"{row['total']:>10}{'-':>8}"
    between = "-" if row["low"] is None else f"{100 * row['low']:.1f} to {100 * row['high']:.1f}"
    control = "-" if row["reference"] is None else f"{100 * row['reference']:.1f}"
    return f"{row['total']:>10}{row['hits']:>8}{100 * row['value']:>7.1f}{between:>16}{control:>13}"


def _compared(comparison: Mapping[str, Any], names: Mapping[str, Any]) -> list[str]:
    out = [f"{'compared':<14}{'ours':>8}{'theirs':>8}{'diff':>8}{'p':>8}   paired bootstrap"]
    for row in comparison["scores"]:
        out.append(
            f"{row['name']:<14}{row['ours']:>8.1f}{row['theirs']:>8.1f}"
            f"{row['ours'] - row['theirs']:>+8.1f}{row['p_value']:>8.3f}"
        )
    for kind, row in comparison["faults"].items():
        if row is not None:
            change = f"{100 * row['difference']:>+8.1f}{row['p_value']:>8.3f}"
            out.append(f"{kind + ' %':<14}{'':>16}{change}")
    ours, theirs = names["spelt_one_way"]["value"], comparison["names"]["value"]
    if ours is not None and theirs is not None:
        values = f"{100 * ours:>8.1f}{100 * theirs:>8.1f}{100 * (ours - theirs):>+8.1f}"
        out.append(f"{'one spelling %':<14}{values}")
    return out
