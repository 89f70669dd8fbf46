"""The pieces of a paragraph that are translated apart, and their translations as one again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from pipeline.document import Aligned, Translation
from pipeline.lang.reading import Reading
from pipeline.lang.spacing import Collapsed, trimmed
from pipeline.place import NO_MODEL, Span
from pipeline.stages.triage.answer import Answer, whole

AS_IT_IS = Reading("")  # of a piece that no engine reads


@dataclass(frozen=True, slots=True)
class Piece:
    """Part of a paragraph: `text` begins at `start` in `Document.text`.

    `asked` tells whether the piece is to be translated, in its `reading` form; other pieces are
    kept as they are.
    """

    text: str
    start: int
    language: str
    asked: bool
    reading: Reading = AS_IT_IS


def joined(pieces: Sequence[Piece], answers: Iterator[Answer], *, target: str) -> Translation:
    """Return the translation of a paragraph; takes an answer for each piece that is asked.

    1. The answers are put together with the whitespace that stood behind each piece.
    2. Each run of whitespace becomes one space, but for gaps between the columns of a table.
    3. Every part of an answer is a segment. Its spans are trimmed of whitespace, so that nothing
       but whitespace is between two segments, in the source and in the translation.
    """
    texts: list[str] = []
    found: list[Aligned] = []  # with targets in the texts as they are put together
    at = 0
    for piece in pieces:
        answer = next(answers) if piece.asked else whole(piece.text, piece.text, NO_MODEL)
        body = answer.text.rstrip()
        for part in answer.parts:
            source = trimmed(piece.text, part.source)
            if source.start == source.end:
                continue  # a piece that is whitespace
            start, end = (
                at + min(edge, len(body)) for edge in (part.target.start, part.target.end)
            )
            own = Span(piece.start + source.start, piece.start + source.end)
            place = Span(start, end)
            found.append(Aligned(own, place, piece.language, part.model, part.flags, part.trust))
        texts.append(body + piece.text[len(piece.text.rstrip()) :])
        at += len(texts[-1])
    text = Collapsed("".join(texts), columns=True)
    segments = tuple(replace(segment, target=text.forth(segment.target)) for segment in found)
    return Translation(text.text, target, segments)
