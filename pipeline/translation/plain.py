"""Texts without markup: paragraphs are the units, and addresses in them are placeholders.

The cells of a table row are units of their own, so that the gaps between them stay.
"""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.document import Document, Kind, Paragraph
from pipeline.lang.sentences import cells
from pipeline.place import Span
from pipeline.translation.inline_builder import InlineBuilder
from pipeline.translation.skeleton import Node, Placeholder, Skeleton, Unit, literals, stretches


def plain_skeleton(document: Document) -> Skeleton:
    """Return the skeleton of a text as it was read; paragraphs of code are in no unit."""
    units = tuple(
        Unit(Span(start, start + len(text)), plain_nodes(text, at=start), p.kind)
        for p in document.paragraphs
        if p.kind is not Kind.CODE
        for start, text in _cells(p)
    )
    return Skeleton(document.name, document.text, units)


def _cells(paragraph: Paragraph) -> Iterator[tuple[int, str]]:
    """Yield the cells of a table row, each with its offset; any other paragraph is one."""
    at = paragraph.span.start
    for cell in cells(paragraph.text):
        yield at, cell.rstrip()
        at += len(cell)


def plain_nodes(text: str, *, at: int) -> tuple[Node, ...]:
    """Return `text` as nodes; `at` is the offset of `text` in the source, in characters."""
    builder = InlineBuilder()
    for start, end, literal in stretches(text, literals):
        if literal:
            builder.add(Placeholder(text[start:end], Span(at + start, at + end)))
        else:
            builder.text(text[start:end])
    return builder.finish()
