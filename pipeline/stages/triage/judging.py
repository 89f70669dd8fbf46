"""Hypotheses judged by their suspicions, and compared: the one with less against it is better."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

from models.engine import Hypothesis, Segment
from pipeline.flag import Flag
from pipeline.stages.triage.ladder_record import LadderRecord, Rung
from pipeline.stages.triage.suspicions import FATAL, severity, suspicions

Decode = Callable[[Sequence[Segment]], list[Hypothesis]]
Loses = Callable[[Segment, str], bool]


@dataclass(frozen=True, slots=True)
class Judged:
    """A hypothesis and its suspicions."""

    hypothesis: Hypothesis
    flags: tuple[Flag, ...]

    @property
    def severity(self) -> int:
        """How bad the suspicions are together, 0 for none."""
        return severity(self.flags)


class Judge:
    """Asks the engine and judges its hypotheses; what a judgement mended is counted in `record`.

    `decode` answers segments in their order. `terms` are words not to be translated; `loses` tells
    whether a translation of a segment lacks a word of the glossary.
    """

    def __init__(
        self,
        decode: Decode,
        *,
        record: LadderRecord,
        terms: Collection[str],
        loses: Loses | None = None,
    ) -> None:
        self._decode = decode
        self._loses = loses or (lambda _, __: False)
        self.record = record
        self.terms = terms

    def ask(self, segments: Sequence[Segment]) -> list[Hypothesis]:
        """Return the engine's answers to segments, in their order; no segments, no question."""
        return self._decode(segments) if segments else []

    def judged(self, segment: Segment, hypothesis: Hypothesis) -> Judged:
        """Return the least suspicious of a hypothesis and its alternatives, the first of equals."""
        first = self._judged(segment, hypothesis)
        if not first.flags or not hypothesis.alternatives:
            return first
        judged = [self._judged(segment, h) for h in others_of(hypothesis)]
        best = min((first, *judged), key=lambda b: b.severity)
        self.record.outcome("beam", first.severity, best.severity)
        return best

    def _judged(self, segment: Segment, hypothesis: Hypothesis) -> Judged:
        flags = suspicions(segment, hypothesis, terms=self.terms)
        if not FATAL & set(flags) and self._loses(segment, hypothesis.text):
            flags = (*flags, Flag.GLOSSARY)
        return Judged(hypothesis, flags)

    def better(self, rung: Rung, segment: Segment, best: Judged, again: Hypothesis) -> Judged:
        """Return `again`, judged, where it is less suspicious than `best`; count the try."""
        other = self.judged(segment, again)
        self.record.outcome(rung, best.severity, other.severity)
        return other if other.severity < best.severity else best


def others_of(hypothesis: Hypothesis) -> list[Hypothesis]:
    """Return the alternatives of a hypothesis, each as a hypothesis of its own."""
    return [
        replace(hypothesis, text=text, finish="stop", alternatives=())
        for text in hypothesis.alternatives
    ]
