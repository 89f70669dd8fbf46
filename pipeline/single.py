"""One text at a time: its translation in its own layout, or its summary."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from pipeline.build import Desk
from pipeline.document import Document, Rejection
from pipeline.errors import SourceError
from pipeline.runner import Clock, through


def translate_document(document: Document, desk: Desk, *, language: str | None = None) -> Document:
    """Return `document` with every paragraph translated that has a route.

    `language` overrules what the paragraphs are detected to be.
    """
    stages = (*desk.reading, desk.translating)
    if language is not None:
        stages = (desk.translating,)
        document = replace(
            document,
            language=language,
            confidence=1.0,
            paragraphs=tuple(
                replace(p, language=language, confidence=1.0) for p in document.paragraphs
            ),
        )
    return _one(through([document], stages, clock=Clock()))


def summarise_document(document: Document, desk: Desk) -> Document:
    """Return `document` after all stages: cleaned, translated and summarised."""
    return _one(through([document], desk.all(), clock=Clock()))


def translated_text(document: Document) -> str:
    """Return the source text with each translated paragraph in the place of its source.

    Everything between paragraphs - blank lines, list and heading marks, code - stays as it is.
    """
    pieces: list[str] = []
    position = 0
    for paragraph in document.paragraphs:
        if paragraph.translation is not None:
            pieces.append(document.text[position : paragraph.span.start])
            pieces.append(paragraph.translation.text)
            position = paragraph.span.end
    pieces.append(document.text[position:])
    return "".join(pieces)


def _one(results: Iterator[Document | Rejection]) -> Document:
    (result,) = results
    if isinstance(result, Rejection):
        raise SourceError(f"{result.name}: {result.reason}", hint=result.hint)
    return result
