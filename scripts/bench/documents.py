"""Documents made of texts that a benchmark has in hand."""

from __future__ import annotations

from collections.abc import Iterable

from models.engine import UNDETERMINED
from pipeline.document import Document, Paragraph, content_id
from pipeline.place import Span


def document(
    name: str, blocks: Iterable[str], *, language: str = UNDETERMINED, date: str | None = None
) -> Document:
    """Return a document with one paragraph for each block."""
    paragraphs, pieces, at = [], [], 0
    for index, block in enumerate(blocks):
        text = block.strip()
        paragraphs.append(Paragraph(index, text, Span(at, at + len(text)), language=language))
        pieces.append(text)
        at += len(text) + 2
    text = "\n\n".join(pieces)
    return Document(
        content_id(name + text),
        name,
        text,
        "utf-8",
        tuple(paragraphs),
        language=language,
        date=date,
    )
