"""Trust written on answers, and doubt where there is little of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from models.engine import Segment
from pipeline.flag import Flag
from pipeline.place import NO_MODEL
from pipeline.stages.triage.answer import Answer, AnswerPart
from pipeline.stages.trust.estimate import Trusting
from pipeline.stages.trust.signs import Rendered


def trusted(
    segments: Sequence[Segment], answers: Sequence[Answer], *, by: Trusting
) -> list[Answer]:
    """Return the answers to segments with the trust in each part, and little trust flagged.

    A part that no model wrote is known, and has no trust, unless its source was kept for want of
    a translation.
    """
    asked = [
        (place, number)
        for place, answer in enumerate(answers)
        for number, part in enumerate(answer.parts)
        if part.model != NO_MODEL or Flag.KEPT_SOURCE in part.flags
    ]
    rendered = [_rendered(segments[p], answers[p], answers[p].parts[n]) for p, n in asked]
    parts = [list(answer.parts) for answer in answers]
    for (place, number), trust in zip(asked, by.trust(rendered), strict=True):
        parts[place][number] = _marked(parts[place][number], trust, doubtful=by.doubtful)
    return [replace(answer, parts=tuple(own)) for answer, own in zip(answers, parts, strict=True)]


def _rendered(segment: Segment, answer: Answer, part: AnswerPart) -> Rendered:
    source = segment.text[part.source.start : part.source.end]
    target = answer.text[part.target.start : part.target.end]
    return Rendered(replace(segment, text=source), target, part.flags)


def _marked(part: AnswerPart, trust: float | None, *, doubtful: float) -> AnswerPart:
    """Return a part with its trust; one whose source was kept is flagged enough."""
    doubts = trust is not None and trust < doubtful and Flag.KEPT_SOURCE not in part.flags
    return replace(part, trust=trust, flags=(*part.flags, Flag.DOUBTFUL) if doubts else part.flags)
