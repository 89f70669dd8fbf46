"""Texts without markup: paragraphs are the units, and addresses in them are placeholders."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise

from pipeline.document import Document, Kind, Span
from pipeline.translation.inline_builder import InlineBuilder
from pipeline.translation.skeleton import Node, Placeholder, Skeleton, Unit, literals


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


def stretches(
    text: str, find: Callable[[str], Iterable[tuple[int, int]]]
) -> Iterator[tuple[int, int, bool]]:
    """Yield `(start, end, found)` for each stretch that `find` finds and for those between."""
    found = list(find(text))
    edges = [(0, 0), *found, (len(text), len(text))]
    for (start, end), (next_start, _) in pairwise(edges):
        if start < end:
            yield start, end, True
        if end < next_start:
            yield end, next_start, False
