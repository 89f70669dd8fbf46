"""The rungs that decode a whole segment again; each returns the best hypotheses so far."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from models.engine import SECOND, Hypothesis, Segment
from pipeline.facts.protected import mask, unmask
from pipeline.flag import Flag
from pipeline.stages.naming.invented import invention, spelt_out
from pipeline.stages.naming.mentions import shares_kept
from pipeline.stages.triage.consensus import most_agreed
from pipeline.stages.triage.judging import Judge, Judged, others_of

Consults = Callable[[Segment], bool]


def ask_another(
    judge: Judge, segments: Sequence[Segment], best: Sequence[Judged], *, consults: Consults
) -> list[Judged]:
    """Take another hypothesis where it keeps more names of the source.

    1. A segment takes part if a name of its source has no word in the best hypothesis.
    2. It is decoded by another engine where it `consults` one; else its alternatives stand in.
    3. Of those that keep more names and are no more suspicious, the one that keeps most is taken.
    """
    lost = {
        i: share
        for i, (segment, b) in enumerate(zip(segments, best, strict=True))
        if consults(segment) or b.hypothesis.alternatives
        if (share := _shares_lost(segment, [b])[0])
    }
    asked = [i for i in lost if consults(segments[i])]
    replies = judge.ask([replace(segments[i], opinion=SECOND) for i in asked])
    offered = {i: others_of(best[i].hypothesis) for i in lost}
    offered |= {i: [reply] for i, reply in zip(asked, replies, strict=True)}
    best = list(best)
    for i, before in lost.items():
        others = [judge.judged(segments[i], h) for h in offered[i]]
        keeping = [
            (share, other)
            for share, other in zip(_shares_lost(segments[i], others), others, strict=True)
            if share < before and other.severity <= best[i].severity
        ]
        after = before
        if keeping:
            after, best[i] = min(keeping, key=lambda item: item[0])
        judge.record.outcome("second", before, after)
    return best


def hide_spans(judge: Judge, segments: Sequence[Segment], best: list[Judged]) -> list[Judged]:
    """Decode segments that lost an opaque span with all such spans behind marks."""
    places = [i for i, b in enumerate(best) if Flag.PROTECTED in b.flags]
    masked = [mask(segments[i].text, terms=judge.terms) for i in places]
    asked = [replace(segments[i], text=t) for i, (t, _) in zip(places, masked, strict=True)]
    best = list(best)
    for i, (_, spans), hypothesis in zip(places, masked, judge.ask(asked), strict=True):
        again = replace(
            hypothesis,
            text=unmask(hypothesis.text, spans),
            alternatives=tuple(unmask(text, spans) for text in hypothesis.alternatives),
        )
        best[i] = judge.better("mask", segments[i], best[i], again)
    return best


def spell_names(judge: Judge, segments: Sequence[Segment], best: list[Judged]) -> list[Judged]:
    """Decode segments with an invented name with the lost names in Latin letters."""
    best = list(best)
    for i, again in zip(*_spelt(judge, segments, best), strict=True):
        best[i] = judge.better("spell", segments[i], best[i], again)
    return best


def _spelt(
    judge: Judge, segments: Sequence[Segment], best: list[Judged]
) -> tuple[list[int], list[Hypothesis]]:
    """Return the indices of segments with an invented name, and their answers once it is spelt."""
    asked: dict[int, Segment] = {}
    for i, (segment, b) in enumerate(zip(segments, best, strict=True)):
        found = invention(segment.text, b.hypothesis.text, language=segment.source)
        if Flag.NAMES in b.flags and found:
            text = spelt_out(segment.text, found.lost, language=segment.source)
            if text != segment.text:
                asked[i] = replace(segment, text=text)
    return list(asked), judge.ask(list(asked.values()))


def sample(
    judge: Judge, segments: Sequence[Segment], best: list[Judged], *, samples: int
) -> list[Judged]:
    """Draw `samples` more hypotheses for each suspect, and take the consensus of the best.

    1. The candidates are the best hypothesis so far and the samples, all judged.
    2. Of the least suspicious ones the consensus is chosen (`most_agreed`).
    3. The chosen one is taken if it is less suspicious than the best so far.
    """
    places = [i for i, b in enumerate(best) if b.flags] if samples else []
    asked = [replace(segments[i], variant=v) for i in places for v in range(1, samples + 1)]
    replies = iter(judge.ask(asked))
    best = list(best)
    for i in places:
        candidates = [
            best[i],
            *(judge.judged(segments[i], next(replies)) for _ in range(samples)),
        ]
        least = min(c.severity for c in candidates)
        good = [c for c in candidates if c.severity == least]
        chosen = good[most_agreed([c.hypothesis.text for c in good])]
        judge.record.outcome("sample", best[i].severity, chosen.severity)
        if chosen.severity < best[i].severity:
            best[i] = chosen
    return best


def _shares_lost(segment: Segment, found: Sequence[Judged]) -> list[float]:
    """Return for each translation the share of the source's names that it lacks."""
    texts = [b.hypothesis.text for b in found]
    return [1 - kept for kept in shares_kept(segment.text, texts, language=segment.source)]
