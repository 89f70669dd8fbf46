"""What becomes of a suspect: it is decoded again otherwise, rung by rung, and kept where better.

- beam: what else the search ended with is looked at; the first of the least suspicious is taken.
- second: where a name was lost, another engine is asked or, where there is none to ask, the other
  ends are looked at; an answer is taken where it keeps more names and is no more suspicious. Such
  segments are no suspects: names are rightly dropped, too.
- mask: opaque spans that got lost are hidden behind marks while the model works.
- spell: a name that the model put another in place of is asked in Latin letters.
- sample: other answers to the same question; among the least suspicious the consensus wins.
- split: several sentences are translated one by one, and each climbs on by itself.
- number: where one number is wrong and one is missing, the one takes the other's place, flagged.
- clauses: a sentence that is still no translation is cut between its clauses.
- keep: what has no usable translation keeps its source, flagged.

Every rung counts how often it was tried and what came of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from models.engine import SECOND, Hypothesis, Segment
from pipeline.document import NO_MODEL
from pipeline.facts.measures import substitute_number
from pipeline.facts.protected import mask, unmask
from pipeline.flag import Flag
from pipeline.lang.edits import Edit, difference
from pipeline.lang.sentences import clauses, sentences
from pipeline.stages.naming.invented import invention, spelt_out
from pipeline.stages.naming.pairs import shares_kept
from pipeline.stages.triage.answer import Answer, edited, joined, whole
from pipeline.stages.triage.consensus import most_agreed
from pipeline.stages.triage.suspicions import FATAL, severity, suspicions

Rung = Literal["second", "beam", "mask", "spell", "sample", "split", "number", "clauses", "keep"]
MIN_CLAUSE_CHARS = 60  # shorter sentences are not cut any further
Decode = Callable[[Sequence[Segment]], list[Hypothesis]]


@dataclass(slots=True)
class LadderRecord:
    """How many segments were suspected of what, and how each rung ended.

    What another end of the same search mended is counted under "beam" only.
    """

    segments: int = 0
    suspects: int = 0
    suspicions: Counter[Flag] = field(default_factory=Counter)
    tried: Counter[str] = field(default_factory=Counter)
    mended: Counter[str] = field(default_factory=Counter)
    bettered: Counter[str] = field(default_factory=Counter)

    def outcome(self, rung: Rung, before: float, after: float) -> None:
        """Note what one try of a rung did to what is wrong: a severity, or a share of names."""
        self.tried[rung] += 1
        if after == 0:
            self.mended[rung] += 1
        elif after < before:
            self.bettered[rung] += 1

    def as_json(self) -> dict[str, Any]:
        """Return the record as it stands in run.json."""
        return {
            "segments": self.segments,
            "suspects": self.suspects,
            "suspicions": dict(self.suspicions.most_common()),
            "rungs": {
                rung: {
                    "tried": count,
                    "mended": self.mended[rung],
                    "bettered": self.bettered[rung],
                }
                for rung, count in self.tried.items()
            },
        }


@dataclass(frozen=True, slots=True)
class _Best:
    hypothesis: Hypothesis
    flags: tuple[Flag, ...]

    @property
    def severity(self) -> int:
        return severity(self.flags)


class Ladder:
    """Judges hypotheses and decodes the suspects again.

    `consults` tells whether there is a second opinion on a segment; None asks for none.
    `decode` answers segments in their order, edited as every answer is. `samples` is how many
    other answers the rung "sample" asks for; 0 leaves it out. `terms` are words not to be
    translated. Where not `climbs`, suspects are counted and flagged, and that is all.
    """

    def __init__(
        self,
        decode: Decode,
        *,
        samples: int,
        record: LadderRecord,
        terms: Collection[str] = (),
        climbs: bool = True,
        consults: Callable[[Segment], bool] | None = None,
    ) -> None:
        self._climbs = climbs
        self._consults = consults or (lambda _: False)
        self._terms = terms
        self._decode = decode
        self._samples = samples
        self._record = record

    def climb(self, segments: Sequence[Segment], first: Sequence[Hypothesis]) -> list[Answer]:
        """Return an answer for every segment; `first` is what the engine said at once."""
        self._record.segments += len(segments)
        if not self._climbs:
            first = [replace(h, alternatives=()) for h in first]
        best = [self._judged(s, h) for s, h in zip(segments, first, strict=True)]
        if self._climbs:
            best = self._second(segments, best)
        suspects = [i for i, b in enumerate(best) if b.flags]
        self._record.suspects += len(suspects)
        for i in suspects:
            self._record.suspicions.update(best[i].flags)
        answers = [_answer(s, b) for s, b in zip(segments, best, strict=True)]
        if not self._climbs:
            return answers
        climbed = self._rungs([segments[i] for i in suspects], [best[i] for i in suspects])
        for i, answer in zip(suspects, climbed, strict=True):
            answers[i] = answer
        return answers

    def _rungs(self, segments: Sequence[Segment], best: list[_Best]) -> list[Answer]:
        if not segments:
            return []
        best = self._mask(segments, best)
        best = self._spell(segments, best)
        best = self._sample(segments, best)
        answers = [_answer(s, b) for s, b in zip(segments, best, strict=True)]
        cut = self._split(segments, best)
        for i, parts in cut.items():
            rung: Rung = "split" if len(sentences_of(segments[i])) > 1 else "clauses"
            together = joined(parts)
            self._record.outcome(rung, best[i].severity, severity(together.flags))
            if severity(together.flags) < best[i].severity or FATAL & set(best[i].flags):
                answers[i] = together
        for i, segment in enumerate(segments):
            if Flag.NUMBERS in answers[i].flags:
                answers[i] = self._number(segment, answers[i])
            if i not in cut and FATAL & set(best[i].flags):
                self._record.outcome("keep", best[i].severity, best[i].severity)
                flags = (*best[i].flags, Flag.KEPT_SOURCE)
                answers[i] = whole(segment.text, segment.text.strip(), NO_MODEL, flags)
        return answers

    def _second(self, segments: Sequence[Segment], best: Sequence[_Best]) -> list[_Best]:
        lost = {
            i: share
            for i, (segment, b) in enumerate(zip(segments, best, strict=True))
            if self._consults(segment) or b.hypothesis.alternatives
            if (share := _shares_lost(segment, [b])[0])
        }
        asked = [i for i in lost if self._consults(segments[i])]
        replies = self._ask([replace(segments[i], opinion=SECOND) for i in asked])
        offered = {i: _others(best[i].hypothesis) for i in lost}
        offered |= {i: [reply] for i, reply in zip(asked, replies, strict=True)}
        best = list(best)
        for i, before in lost.items():
            others = [self._judged(segments[i], h) for h in offered[i]]
            keeping = [
                (share, other)
                for share, other in zip(_shares_lost(segments[i], others), others, strict=True)
                if share < before and other.severity <= best[i].severity
            ]
            after = before
            if keeping:
                after, best[i] = min(keeping, key=lambda item: item[0])
            self._record.outcome("second", before, after)
        return best

    def _mask(self, segments: Sequence[Segment], best: list[_Best]) -> list[_Best]:
        places = [i for i, b in enumerate(best) if Flag.PROTECTED in b.flags]
        masked = [mask(segments[i].text, terms=self._terms) for i in places]
        asked = [replace(segments[i], text=t) for i, (t, _) in zip(places, masked, strict=True)]
        best = list(best)
        for i, (_, spans), hypothesis in zip(places, masked, self._ask(asked), strict=True):
            again = replace(
                hypothesis,
                text=unmask(hypothesis.text, spans),
                alternatives=tuple(unmask(text, spans) for text in hypothesis.alternatives),
            )
            best[i] = self._better("mask", segments[i], best[i], again)
        return best

    def _spell(self, segments: Sequence[Segment], best: list[_Best]) -> list[_Best]:
        best = list(best)
        for i, again in zip(*self._spelt(segments, best), strict=True):
            best[i] = self._better("spell", segments[i], best[i], again)
        return best

    def _spelt(
        self, segments: Sequence[Segment], best: list[_Best]
    ) -> tuple[list[int], list[Hypothesis]]:
        """Return the places of segments with a name made up, and the answers with it spelt."""
        asked: dict[int, Segment] = {}
        for i, (segment, b) in enumerate(zip(segments, best, strict=True)):
            found = invention(segment.text, b.hypothesis.text, language=segment.source)
            if Flag.NAMES in b.flags and found:
                text = spelt_out(segment.text, found.lost, language=segment.source)
                if text != segment.text:
                    asked[i] = replace(segment, text=text)
        return list(asked), self._ask(list(asked.values()))

    def _sample(self, segments: Sequence[Segment], best: list[_Best]) -> list[_Best]:
        places = [i for i, b in enumerate(best) if b.flags] if self._samples else []
        asked = [
            replace(segments[i], variant=v) for i in places for v in range(1, self._samples + 1)
        ]
        replies = iter(self._ask(asked))
        best = list(best)
        for i in places:
            candidates = [
                best[i],
                *(self._judged(segments[i], next(replies)) for _ in range(self._samples)),
            ]
            least = min(c.severity for c in candidates)
            good = [c for c in candidates if c.severity == least]
            chosen = good[most_agreed([c.hypothesis.text for c in good])]
            self._record.outcome("sample", best[i].severity, chosen.severity)
            if chosen.severity < best[i].severity:
                best[i] = chosen
        return best

    def _split(
        self, segments: Sequence[Segment], best: list[_Best]
    ) -> dict[int, list[tuple[str, Answer]]]:
        """Return the parts of suspects that can be cut, each with its answer after a climb."""
        cuts = {
            i: parts
            for i, (segment, b) in enumerate(zip(segments, best, strict=True))
            if b.flags and len(parts := _parts(segment, fatal=bool(FATAL & set(b.flags)))) > 1
        }
        flat = [replace(segments[i], text=part) for i, parts in cuts.items() for part in parts]
        judged = [self._judged(s, h) for s, h in zip(flat, self._ask(flat), strict=True)]
        bad = [k for k, b in enumerate(judged) if b.flags]
        answers = [_answer(s, b) for s, b in zip(flat, judged, strict=True)]
        climbed = self._rungs([flat[k] for k in bad], [judged[k] for k in bad])
        for k, answer in zip(bad, climbed, strict=True):
            answers[k] = answer
        queue = iter(answers)
        return {i: [(part, next(queue)) for part in parts] for i, parts in cuts.items()}

    def _number(self, segment: Segment, answer: Answer) -> Answer:
        """Put the one missing number in the place of the one wrong number, where that is all."""
        text = substitute_number(
            segment.text,
            answer.text,
            source_language=segment.source,
            target_language=segment.target,
        )
        left = [flag for flag in answer.flags if flag is not Flag.NUMBERS]
        after = left if text else answer.flags
        self._record.outcome("number", severity(answer.flags), severity(after))
        return _with_number(answer, difference(answer.text, text)) if text else answer

    def _better(self, rung: Rung, segment: Segment, best: _Best, again: Hypothesis) -> _Best:
        other = self._judged(segment, again)
        self._record.outcome(rung, best.severity, other.severity)
        return other if other.severity < best.severity else best

    def _judged(self, segment: Segment, hypothesis: Hypothesis) -> _Best:
        """Return the least suspicious of what a search ended with."""
        first = _Best(hypothesis, suspicions(segment, hypothesis, terms=self._terms))
        if not first.flags or not hypothesis.alternatives:
            return first
        judged = [_Best(h, suspicions(segment, h, terms=self._terms)) for h in _others(hypothesis)]
        best = min((first, *judged), key=lambda b: b.severity)
        self._record.outcome("beam", first.severity, best.severity)
        return best

    def _ask(self, segments: Sequence[Segment]) -> list[Hypothesis]:
        return self._decode(segments) if segments else []


def sentences_of(segment: Segment) -> list[str]:
    """Return the sentences of a segment's text."""
    return sentences(segment.text, language=segment.source)


def _parts(segment: Segment, *, fatal: bool) -> list[str]:
    """Return sentences or, where a single one has no translation at all, its halves."""
    found = sentences_of(segment)
    if not all(map(str.strip, found)):
        return [segment.text]
    if len(found) > 1 or not fatal or len(segment.text) < 2 * MIN_CLAUSE_CHARS:
        return found
    return clauses(segment.text, max_chars=max(MIN_CLAUSE_CHARS, len(segment.text) * 2 // 3))


def _others(hypothesis: Hypothesis) -> list[Hypothesis]:
    """Return what else a search, or several engines together, came to."""
    return [
        replace(hypothesis, text=text, finish="stop", alternatives=())
        for text in hypothesis.alternatives
    ]


def _shares_lost(segment: Segment, found: Sequence[_Best]) -> list[float]:
    """Return for each translation the share of the source's names that it lacks."""
    texts = [b.hypothesis.text for b in found]
    return [1 - kept for kept in shares_kept(segment.text, texts, language=segment.source)]


def _answer(segment: Segment, best: _Best) -> Answer:
    return whole(segment.text, best.hypothesis.text, best.hypothesis.model, best.flags)


def _with_number(answer: Answer, edit: Edit) -> Answer:
    """Return an answer with its wrong number replaced, flagged in the part that had it."""
    at = max(i for i, part in enumerate(answer.parts) if part.target.start <= edit.start)
    parts = []
    for i, part in enumerate(answer.parts):
        flags = tuple(flag for flag in part.flags if flag is not Flag.NUMBERS)
        mended = (*flags, Flag.NUMBER_RESTORED) if i == at else flags
        parts.append(replace(part, flags=mended))
    return edited(replace(answer, parts=tuple(parts)), [edit])
