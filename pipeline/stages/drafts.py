"""Drafts of translations: the answer to each piece, kept until names are settled."""

from __future__ import annotations

from pipeline.document import Aligned, Document, Draft
from pipeline.place import Span
from pipeline.stages.pieces import Piece
from pipeline.stages.triage.answer import Answer, AnswerPart


def draft(paragraph: int, piece: Piece, answer: Answer | None) -> Draft:
    """Return the draft of a piece; without an answer the piece stands as it is."""
    at = piece.start
    source = Span(at, at + len(piece.text))
    if answer is None:  # in the target language already
        return Draft(paragraph, source, piece.language, False, piece.text, ())
    places = [piece.reading.span(part.source) for part in answer.parts]
    parts = tuple(
        Aligned(
            Span(at + place.start, at + place.end),
            part.target, piece.language, part.model, part.flags, part.trust,
        )
        for place, part in zip(places, answer.parts, strict=True)
    )  # fmt: skip
    return Draft(paragraph, source, piece.language, True, answer.text, parts, piece.reading.text)


def answer_of(draft: Draft) -> Answer:
    """Return the answer that a draft was made of."""
    at = draft.source.start
    parts = tuple(
        AnswerPart(
            Span(p.source.start - at, p.source.end - at), p.target, p.model, p.flags, p.trust
        )
        for p in draft.parts
    )
    return Answer(draft.text, parts)


def source_of(draft: Draft, document: Document) -> str:
    """Return the text that a draft translates, as it stands in the document."""
    return document.text[draft.source.start : draft.source.end]
