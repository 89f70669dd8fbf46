"""The ladder: a suspect is decoded again in other ways, rung by rung, and the better answer kept.

1. beam: of the hypothesis and its alternatives, the first of the least suspicious is taken.
2. second: where a name was lost, another engine is asked or, without one, the alternatives stand
   in. One that keeps more names and is no more suspicious is taken. A lost name makes no suspect:
   names are rightly dropped, too.
3. mask: a segment that lost an opaque span is decoded with its spans behind marks.
4. spell: a segment with an invented name is decoded with the lost name in Latin letters.
5. sample: more hypotheses are drawn; among the least suspicious the consensus wins.
6. split: several sentences are translated one by one, and each climbs rungs 3 to 8 by itself.
   clauses: a single sentence without a translation is cut between its clauses instead.
7. number: where one number is wrong and one is missing, the missing one replaces it, flagged.
8. keep: a segment without any usable translation keeps its source, flagged; a name that was only
   answered is written in Latin letters.

The record counts the tries of every rung and their outcomes.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace

from models.engine import Hypothesis, Segment
from pipeline.facts.measures import substitute_number
from pipeline.flag import Flag
from pipeline.lang.edits import Edit, difference
from pipeline.lang.letters import cyrillic, latin
from pipeline.lang.romanise import romanise
from pipeline.lang.sentences import clauses, sentences
from pipeline.place import NO_MODEL
from pipeline.stages.triage.answer import Answer, edited, joined, whole
from pipeline.stages.triage.judging import Decode, Judge, Judged, Loses
from pipeline.stages.triage.ladder_record import LadderRecord, Rung
from pipeline.stages.triage.rungs import Consults, ask_another, hide_spans, sample, spell_names
from pipeline.stages.triage.short_text import names_alone
from pipeline.stages.triage.suspicions import FATAL, severity

MIN_CLAUSE_CHARS = 60  # shorter sentences are not cut any further


class Ladder:
    """Judges hypotheses and decodes the suspects again.

    `consults` tells whether another engine can be asked about a segment; None is for no segment.
    `decode` answers segments in their order, edited as every answer is. `samples` is how many
    other answers the rung "sample" asks for; 0 leaves it out. `terms` are words not to be
    translated, and `loses` knows the glossary's. Without `climbs`, suspects are only counted and
    flagged.
    """

    def __init__(
        self,
        decode: Decode,
        *,
        samples: int,
        record: LadderRecord,
        terms: Collection[str] = (),
        climbs: bool = True,
        consults: Consults | None = None,
        loses: Loses | None = None,
    ) -> None:
        self._climbs = climbs
        self._consults = consults or (lambda _: False)
        self._samples = samples
        self._record = record
        self._judge = Judge(decode, record=record, terms=terms, loses=loses)

    def climb(self, segments: Sequence[Segment], first: Sequence[Hypothesis]) -> list[Answer]:
        """Return an answer for every segment; `first` are the engine's first hypotheses."""
        self._record.segments += len(segments)
        if not self._climbs:
            first = [replace(h, alternatives=()) for h in first]
        best = [self._judge.judged(s, h) for s, h in zip(segments, first, strict=True)]
        if self._climbs:
            best = ask_another(self._judge, segments, best, consults=self._consults)
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

    def _rungs(self, segments: Sequence[Segment], best: list[Judged]) -> list[Answer]:
        """Return the answers of suspects after the rungs from "mask" on.

        1. "mask", "spell" and "sample" decode whole segments again.
        2. The parts of a segment that is still suspect are translated apart; together they are
           taken if they are less suspicious, or if there was no translation.
        3. A wrong number is replaced, where its right value is plain.
        4. A segment that has no translation and cannot be cut keeps its source.
        """
        if not segments:
            return []
        best = hide_spans(self._judge, segments, best)
        best = spell_names(self._judge, segments, best)
        best = sample(self._judge, segments, best, samples=self._samples)
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
                answers[i] = _kept(segment, best[i].flags)
        return answers

    def _split(
        self, segments: Sequence[Segment], best: list[Judged]
    ) -> dict[int, list[tuple[str, Answer]]]:
        """Return the parts of suspects that can be cut, each with its answer after a climb."""
        cuts = {
            i: parts
            for i, (segment, b) in enumerate(zip(segments, best, strict=True))
            if b.flags and len(parts := _parts(segment, fatal=bool(FATAL & set(b.flags)))) > 1
        }
        flat = [replace(segments[i], text=part) for i, parts in cuts.items() for part in parts]
        judged = [
            self._judge.judged(s, h) for s, h in zip(flat, self._judge.ask(flat), strict=True)
        ]
        bad = [k for k, b in enumerate(judged) if b.flags]
        answers = [_answer(s, b) for s, b in zip(flat, judged, strict=True)]
        climbed = self._rungs([flat[k] for k in bad], [judged[k] for k in bad])
        for k, answer in zip(bad, climbed, strict=True):
            answers[k] = answer
        queue = iter(answers)
        return {i: [(part, next(queue)) for part in parts] for i, parts in cuts.items()}

    def _number(self, segment: Segment, answer: Answer) -> Answer:
        """Return the answer with its one wrong number replaced by the one that is missing."""
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


def _answer(segment: Segment, best: Judged) -> Answer:
    return whole(segment.text, best.hypothesis.text, best.hypothesis.model, best.flags)


def _kept(segment: Segment, flags: tuple[Flag, ...]) -> Answer:
    """Return the source as its own answer, flagged; a name that was answered in Latin letters."""
    source, kept = segment.text, segment.text.strip()
    scripts = segment.target in latin() and segment.source in cyrillic()
    if scripts and {Flag.INVENTED, Flag.META} & set(flags) and names_alone(source):
        spelt = re.sub(r"[^\W\d_]+", lambda m: romanise(m.group(), segment.source), kept)
        return whole(source, spelt, NO_MODEL, (*flags, Flag.ROMANISED))
    return whole(source, kept, NO_MODEL, (*flags, Flag.KEPT_SOURCE))


def _with_number(answer: Answer, edit: Edit) -> Answer:
    """Return an answer with its wrong number replaced, flagged in the part that had it."""
    at = max(i for i, part in enumerate(answer.parts) if part.target.start <= edit.start)
    parts = []
    for i, part in enumerate(answer.parts):
        flags = tuple(flag for flag in part.flags if flag is not Flag.NUMBERS)
        mended = (*flags, Flag.NUMBER_RESTORED) if i == at else flags
        parts.append(replace(part, flags=mended))
    return edited(replace(answer, parts=tuple(parts)), [edit])
