"""Places in documents: a stretch of a text, and which document it is of."""

from __future__ import annotations

from dataclasses import dataclass

NO_MODEL = "source"  # in the place of a model: the words are those of the text itself


@dataclass(frozen=True, slots=True)
class Span:
    """Half-open range of characters `[start, end)` in `Document.text`."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Place:
    """Characters of a document, and the paragraph that they are in.

    A name is used again from night to night (`feed.jsonl#3`), an id never is.
    """

    document_id: str  # Document.id
    document: str  # Document.name
    paragraph: int  # Paragraph.index
    span: Span  # in Document.text
