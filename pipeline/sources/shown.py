"""Blocks as a reader sees them, one below the other in a text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pipeline.document import Kind
from pipeline.reason import Reason
from pipeline.sources.block import Block

SENTENCE_END = re.compile(r"\w\w[.!?…][»”\"')\]]*\s*$")
SENTENCE_WORDS = 4


@dataclass(frozen=True, slots=True)
class Shown:
    """A stretch of a block as a reader sees it; `removed` as in `Block`."""

    text: str
    kind: Kind
    removed: Reason | None = None


def laid_out(shown: Iterable[Shown]) -> tuple[str, list[Block]]:
    """Return the text of `shown`, a blank line between blocks, and the place of each."""
    pieces: list[str] = []
    blocks: list[Block] = []
    at = 0
    before: Kind | None = None
    for block in shown:
        gap = "" if before is None else "\n" if before is block.kind is Kind.ROW else "\n\n"
        pieces += [gap, block.text]
        at += len(gap)
        blocks.append(Block(at, at + len(block.text), block.kind, block.removed))
        at += len(block.text)
        before = block.kind
    return "".join(pieces), blocks


def table_row(cells: Sequence[str]) -> Iterator[Shown]:
    """Yield the row of a table as one block; where a cell holds a sentence, each cell is one."""
    cells = [" ".join(cell.split()) for cell in cells]
    if any(map(is_sentence, cells)):
        for cell in filter(None, cells):
            yield Shown(cell, Kind.TEXT if is_sentence(cell) else Kind.ROW)
    elif any(cells):
        yield Shown(" | ".join(cells), Kind.ROW)


def is_sentence(cell: str) -> bool:
    """Tell whether a cell of a table holds a sentence at its end."""
    return len(cell.split()) >= SENTENCE_WORDS and SENTENCE_END.search(cell) is not None
