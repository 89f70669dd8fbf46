"""chrF and BLEU by sacreBLEU: with signatures, intervals, and a paired test of two systems."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.errors import UsageError
from pipeline.evaluate.bootstrap import SAMPLES


@dataclass(frozen=True, slots=True)
class Score:
    """A metric of a whole corpus, 0 to 100, with its 95 % interval and sacreBLEU's signature."""

    name: str
    value: float
    low: float
    high: float
    signature: str


@dataclass(frozen=True, slots=True)
class Difference:
    """Two systems on one metric, and the p-value of their being equally good."""

    name: str
    ours: float
    theirs: float
    p_value: float
    signature: str


def scores(hypotheses: Sequence[str], references: Sequence[str]) -> list[Score]:
    """Return chrF2++, chrF2 and BLEU; higher is better.

    Raises UsageError where sacreBLEU is not installed.
    """
    return [
        Score(
            name=name,
            value=float(ours.score),
            low=float(ours.mean - ours.ci),
            high=float(ours.mean + ours.ci),
            signature=signature,
        )
        for name, signature, (ours,) in _tested([("ours", hypotheses)], references)
    ]


def compare(
    ours: Sequence[str], theirs: Sequence[str], references: Sequence[str]
) -> list[Difference]:
    """Test our hypotheses against theirs by paired bootstrap resampling, metric by metric."""
    systems = [("theirs", theirs), ("ours", ours)]
    return [
        Difference(
            name=name,
            ours=float(mine.score),
            theirs=float(baseline.score),
            # sacreBLEU counts only what lies beyond a difference: of none at all, nothing does.
            p_value=1.0 if mine.score == baseline.score else float(mine.p_value),
            signature=signature,
        )
        for name, signature, (baseline, mine) in _tested(systems, references)
    ]


def require_sacrebleu() -> None:
    """Raise UsageError where sacreBLEU is missing: before anything is translated, not after."""
    _metrics([""])


def _tested(
    systems: Sequence[tuple[str, Sequence[str]]], references: Sequence[str]
) -> Iterator[tuple[str, str, Sequence[Any]]]:
    """Yield the name and signature of each metric with sacreBLEU's result for every system."""
    metrics = _metrics(references)
    from sacrebleu.significance import PairedTest

    test = PairedTest(
        [(name, list(hypotheses)) for name, hypotheses in systems],
        metrics=metrics,
        references=None,
        test_type="bs",
        n_samples=SAMPLES,
    )
    signatures, results = test()
    for name, signature in signatures.items():
        yield name, str(signature), results[name]


def _metrics(references: Sequence[str]) -> Mapping[str, Any]:
    """Return the metrics with the references worked in."""
    try:
        from sacrebleu.metrics.bleu import BLEU
        from sacrebleu.metrics.chrf import CHRF
    except ModuleNotFoundError as error:
        raise UsageError(
            "sacrebleu is not installed, and nothing can be scored without it",
            hint="pip install -c configs/constraints.txt 'nightdesk[eval]'",
        ) from error
    together = [list(references)]
    return {
        "chrF2++": CHRF(word_order=2, references=together),
        "chrF2": CHRF(references=together),
        "BLEU": BLEU(references=together),
    }
