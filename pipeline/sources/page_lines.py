"""The lines of an extracted article as blocks: headings, items, rows of tables, paragraphs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pipeline.document import Kind
from pipeline.sources.block import Block, split_lines
from pipeline.sources.page_blocks import PageBlock

_LIST_MARK = re.compile(r"\s*[-•]\s+(?=\S)")
_CELL = re.compile(r"(?:[^|\\]|\\.)+")
_ROW = re.compile(r"\s*\|\s.*\S\s*\|\s*")
_RULE = re.compile(r"\s*\|(?:\s*:?-{3,}:?\s*\|)+\s*")  # between the head of a table and its rows
_TEXT_CELL = re.compile(r"\w\w[.!?…][»”\"')\]]*\s*$")
_TEXT_WORDS = 4


def written_blocks(blocks: Sequence[PageBlock]) -> tuple[str, tuple[Block, ...]]:
    """Return blocks of a page as a text, one a line, and their places in it."""
    lines: list[str] = []
    placed: list[Block] = []
    at = 0
    for block in blocks:
        mark = f"{'  ' * block.level}- " if block.kind is Kind.LIST_ITEM else ""
        start = at + len(mark)
        if block.kind is Kind.ROW:
            placed += _row(block.text, start)
        else:
            placed.append(Block(start, start + len(block.text), block.kind))
        lines.append(mark + block.text)
        at = start + len(block.text) + 1
    return "\n".join(lines), tuple(placed)


def line_blocks(text: str, headings: frozenset[str]) -> Iterator[Block]:
    """Yield the blocks of a text as trafilatura writes it; `headings` are the texts of headings."""
    for line in split_lines(text):
        if line.blank or _RULE.fullmatch(line.text):
            continue
        mark = _LIST_MARK.match(line.text)
        if " ".join(line.text.split()) in headings:
            yield Block(line.start, line.end, Kind.HEADING)
        elif _ROW.fullmatch(line.text):
            yield from _row(line.text, line.start)
        elif line.text.lstrip().startswith("|"):
            yield Block(line.start, line.end, Kind.CODE)
        elif mark is not None:
            yield Block(line.start + mark.end(), line.end, Kind.LIST_ITEM)
        else:
            yield Block(line.start, line.end)


def _row(line: str, start: int) -> Iterator[Block]:
    """Yield the row of a table as one block; where a cell holds a sentence, every cell is one."""
    cells = [cell for cell in _CELL.finditer(line) if cell.group().strip()]
    if any(_is_text(cell.group()) for cell in cells):
        for cell in cells:
            kind = Kind.TEXT if _is_text(cell.group()) else Kind.ROW
            yield Block(start + cell.start(), start + cell.end(), kind)
    elif cells:
        yield Block(start + cells[0].start(), start + cells[-1].end(), Kind.ROW)


def _is_text(cell: str) -> bool:
    return len(cell.split()) >= _TEXT_WORDS and _TEXT_CELL.search(cell) is not None
