"""Texts without markup: paragraphs are the units, and addresses in them are placeholders."""

from __future__ import annotations

from pipeline.document import Document, Kind, Span
from pipeline.translation.inline_builder import InlineBuilder
from pipeline.translation.skeleton import Node, Placeholder, Skeleton, Unit, literals, stretches


def plain_skeleton(document: Document) -> Skeleton:
    """Return the skeleton of a text as it was read; paragraphs of code are in no unit."""
    units = tuple(
        Unit(p.span, plain_nodes(p.text, at=p.span.start), p.kind)
        for p in document.paragraphs
        if p.kind is not Kind.CODE
    )
    return Skeleton(document.name, document.text, units)


def plain_nodes(text: str, *, at: int) -> tuple[Node, ...]:
    """Return `text` as nodes; `at` is the offset of `text` in the source, in characters."""
    builder = InlineBuilder()
    for start, end, literal in stretches(text, literals):
        if literal:
            builder.add(Placeholder(text[start:end], Span(at + start, at + end)))
        else:
            builder.text(text[start:end])
    return builder.finish()
