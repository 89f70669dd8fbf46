"""The document that the paragraphs of an office file make."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from pipeline.document import Document, Kind, Origin
from pipeline.reason import Reason
from pipeline.sources.block import NO_ORIGIN, make_document, visible
from pipeline.sources.fragment import ends_line
from pipeline.sources.plain import outlined
from pipeline.sources.shown import Shown, is_sentence, laid_out, table_row

_MARK = re.compile(r"[ \t]*(?:[•·▪◦‣*–—-]|\d{1,3}[.)])[ \t]*\t\s*(?=\S)")


def office_document(
    shown: Iterable[Shown],
    *,
    name: str,
    encoding: str,
    title: str | None = None,
    origin: Origin = NO_ORIGIN,
    notes: Sequence[str] = (),
) -> Document:
    """Return the document of an office file; `title` is the one that the file marks as such.

    Raises SourceError where there is no paragraph.
    """
    text, blocks = laid_out(block for block in shown if visible(block.text))
    found = outlined(text, blocks)
    return make_document(
        text,
        found.blocks,
        name=name,
        encoding=encoding,
        title=title or found.title,
        date=found.date or (origin.published_at or "")[: len("2026-03-01")] or None,
        notes=tuple(dict.fromkeys(filter(None, notes))),
        origin=origin,
    )


def by_lines(text: str, kind: Kind, *, removed: Reason | None = None) -> Iterator[Shown]:
    """Yield the paragraphs in a paragraph with manual line breaks.

    A line break inside a sentence is a space; behind a sentence, or before a capital, it ends the
    paragraph. A mark and a tab at the beginning make it the item of a list.
    """
    mark = _MARK.match(text)
    if mark is not None and kind is Kind.TEXT:
        text, kind = text[mark.end() :], Kind.LIST_ITEM
    lines: list[str] = []
    for line in text.split("\n"):
        if lines and ends_line(lines[-1], line):
            yield Shown(" ".join(lines).strip(), kind, removed)
            lines = []
        lines.append(line.strip())
    yield Shown(" ".join(lines).strip(), kind, removed)


def office_row(cells: Sequence[Sequence[Shown]]) -> Iterator[Shown]:
    """Yield the row of a table whose cells hold paragraphs.

    A row that only lays out running text is its paragraphs; any other is one block.
    """
    cells = [[block for block in cell if visible(block.text)] for cell in cells]
    filled = [cell for cell in cells if cell]
    several = any(len(cell) > 1 and any(is_sentence(b.text) for b in cell) for cell in cells)
    if several or (len(cells) == 1 and filled):
        for cell in filled:
            yield from cell
    else:
        yield from table_row([" ".join(block.text for block in cell) for cell in cells])
