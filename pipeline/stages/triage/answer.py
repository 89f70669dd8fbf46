"""The translation that stands for a segment, and which part of it stands for which of the source.

An answer has one part, or several where the segment was translated sentence by sentence.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from pipeline.flag import Flag
from pipeline.lang.edits import Edit, applied, moved
from pipeline.place import Span


@dataclass(frozen=True, slots=True)
class AnswerPart:
    """A stretch of a segment that was translated by itself.

    `source` is a span of the segment's text, `target` one of the answer's. `trust` is that of
    `document.Aligned`.
    """

    source: Span
    target: Span
    model: str
    flags: tuple[Flag, ...] = ()
    trust: float | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """The translation of a segment. The parts are in reading order; their sources make it up."""

    text: str
    parts: tuple[AnswerPart, ...]

    @property
    def flags(self) -> tuple[Flag, ...]:
        """The flags of all parts, each once."""
        return tuple(dict.fromkeys(flag for part in self.parts for flag in part.flags))


def whole(source: str, text: str, model: str, flags: Iterable[Flag] = ()) -> Answer:
    """Return the answer `text` to a segment `source` that was translated as one."""
    return Answer(
        text, (AnswerPart(Span(0, len(source)), Span(0, len(text)), model, tuple(flags)),)
    )


def joined(answers: Sequence[tuple[str, Answer]]) -> Answer:
    """Return one answer of those to the pieces of a segment, each with its piece.

    The answers are stripped and joined by spaces.
    """
    parts: list[AnswerPart] = []
    source = target = 0
    for piece, answer in answers:
        size = len(answer.text.strip())
        lead = len(answer.text) - len(answer.text.lstrip())
        for part in answer.parts:
            start, end = (
                target + min(max(at - lead, 0), size) for at in (part.target.start, part.target.end)
            )
            own = Span(source + part.source.start, source + part.source.end)
            parts.append(replace(part, source=own, target=Span(start, end)))
        source += len(piece)
        target += size + 1
    return Answer(" ".join(answer.text.strip() for _, answer in answers), tuple(parts))


def edited(answer: Answer, edits: Sequence[Edit]) -> Answer:
    """Return `answer` with edits made in its text, and the targets of its parts moved along."""
    if not edits:
        return answer
    parts = tuple(replace(part, target=moved(part.target, edits)) for part in answer.parts)
    return Answer(applied(answer.text, edits), parts)


def flagged_at(answer: Answer, places: Iterable[int], flag: Flag) -> Answer:
    """Return `answer` with a flag on the parts that translate the `places` of the segment."""
    wanted = {
        max((i for i, part in enumerate(answer.parts) if part.source.start <= at), default=0)
        for at in places
    }
    parts = tuple(
        replace(part, flags=(*part.flags, flag)) if i in wanted and flag not in part.flags else part
        for i, part in enumerate(answer.parts)
    )
    return replace(answer, parts=parts) if wanted else answer
