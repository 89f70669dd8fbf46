"""The scores of translations: our trust, and simpler signs to be measured beside it."""

from __future__ import annotations

from collections.abc import Sequence

from models.engine import Encoder, Hypothesis, ScoringTranslator
from pipeline.evaluate.trust.data import RatedTranslation
from pipeline.progress import Progress
from pipeline.stages.triage.suspicions import suspicions
from pipeline.stages.trust.estimate import Trusting
from pipeline.stages.trust.signs import Rendered

_CHUNK = 32  # translations that are scored before progress is told


def trusts(data: Sequence[RatedTranslation], trusting: Trusting) -> list[float]:
    """Return the trust in each translation, with the faults that the triage finds in it.

    A text without letters, which has none, counts as the worst.
    """
    rendered = [
        Rendered(one.segment, one.text, suspicions(one.segment, _written(one))) for one in data
    ]
    return [trust or 0.0 for trust in trusting.trust(rendered)]


def cosines(data: Sequence[RatedTranslation], encoder: Encoder) -> list[float]:
    """Return the cosine of each source and its translation."""
    sources = encoder.encode([one.segment.text for one in data])
    targets = encoder.encode([one.text for one in data])
    return [float(value) for value in (sources * targets).sum(axis=1)]


def likelihoods(
    data: Sequence[RatedTranslation], translator: ScoringTranslator, *, progress: Progress
) -> list[float]:
    """Return the mean log-probability of each translation's tokens under a translator of ours."""
    progress.stage("score", total=len(data), unit="translations")
    found: list[float] = []
    for start in range(0, len(data), _CHUNK):
        some = data[start : start + _CHUNK]
        found += translator.log_probabilities([(one.segment, one.text) for one in some])
        progress.advance(len(some))
    return found


def _written(one: RatedTranslation) -> Hypothesis:
    return Hypothesis(one.text, tokens=0, finish="stop", model="")
