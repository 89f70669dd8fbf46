"""The judgement on one sentence that a model wrote."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.stages.grounding.checks import Doubt
from pipeline.stages.grounding.judge import Verdict
from pipeline.summary import Equivalent, Withheld

MOST_EVIDENCE = 3
_LEAST_OF_BEST = 0.5  # the score of further evidence beside that of the best


@dataclass(frozen=True, slots=True)
class Finding:
    """A sentence as a model wrote it, and the judgement on it; `doubts` is empty if it holds."""

    text: str
    model: str
    verdict: Verdict
    doubts: tuple[Doubt, ...]
    equivalents: tuple[Equivalent, ...] = ()
    evidence: tuple[tuple[int, float], ...] = ()

    def withheld(self) -> Withheld:
        """Return the sentence as one that is not shown."""
        words = tuple(dict.fromkeys(w for doubt in self.doubts for w in doubt.words))
        return Withheld(self.text, self.model, self.verdict.support, self.doubts[0].flag, words)


def with_further(
    evidence: tuple[tuple[int, float], ...], further: Sequence[int]
) -> tuple[tuple[int, float], ...]:
    """Return evidence with sentences that support a figure, in the place of the weakest others."""
    known = {i for i, _ in evidence}
    least = evidence[-1][1] if evidence else 0.0
    added = tuple((i, least) for i in further if i not in known)[:2]
    return (*evidence[: MOST_EVIDENCE - len(added)], *added)


def near_the_best(evidence: Sequence[tuple[int, float]]) -> list[int]:
    """Return the sentences whose score is not far below the best."""
    best = max((score for _, score in evidence), default=0.0)
    return [i for i, score in evidence if score >= _LEAST_OF_BEST * best]
