"""The place of an article among the blocks of a page, and the blocks that read like one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from pipeline.document import Kind
from pipeline.sources.page_blocks import LINKED, PageBlock, Zone

if TYPE_CHECKING:
    from lxml.etree import _Element  # type: ignore[import-untyped]

_HEADLINE_WORDS = 4
_PROSE_WORDS = 4  # twice as many where the text does not end like a sentence
_TELLING_WORDS = 3
_SENTENCE_END = re.compile(r"[.!?…][»”\"')\]]*$")


def is_prose(block: PageBlock) -> bool:
    """Tell running text, a list item of some words, or a row of a table with some."""
    if block.kind in (Kind.HEADING, Kind.CODE) or block.linked >= LINKED:
        return False
    words = len(block.text.split())
    if block.kind is Kind.ROW:
        return any(c.isalpha() for c in block.text)
    ends = _SENTENCE_END.search(block.text) is not None
    return words >= _PROSE_WORDS and (ends or words >= 2 * _PROSE_WORDS)


def is_headline(block: PageBlock) -> bool:
    """Tell a link of some words from text and from the items of menus."""
    return block.linked >= LINKED and len(block.text.split()) >= _HEADLINE_WORDS


def is_item(block: PageBlock) -> bool:
    """Tell a list item that is no link alone: a briefing's figures, a short point."""
    return block.kind is Kind.LIST_ITEM and block.linked < LINKED


def is_telling(block: PageBlock) -> bool:
    """Tell a block of some words from one of a word or two."""
    return len(block.text.split()) >= _TELLING_WORDS


def list_of(block: PageBlock) -> _Element | None:
    """Return the list that a block is an item of, or None."""
    return next(block.element.iterancestors("ul", "ol", "dl"), None)


def size_of(blocks: Iterable[PageBlock]) -> int:
    """Return the number of letters in blocks."""
    return sum(block.size for block in blocks)


def frame_of(blocks: Sequence[PageBlock]) -> _Element | None:
    """Return the `article`, or else the `main`, around most of the text of `blocks`, or None."""
    total = size_of(blocks)
    for name in ("article", "main"):
        sizes: dict[_Element, int] = {}
        for block in blocks:
            for around in block.element.iterancestors(name):
                sizes[around] = sizes.get(around, 0) + block.size
        most = [element for element, size in sizes.items() if 2 * size > total]
        if most:
            return max(most, key=lambda element: sum(1 for _ in element.iterancestors()))
    return None


def is_inside(element: _Element, frame: _Element) -> bool:
    """Tell whether an element is `frame`, or in it."""
    return element is frame or frame in element.iterancestors(frame.tag)


def between(
    kept: list[PageBlock], wanted: list[PageBlock], blocks: Sequence[PageBlock]
) -> list[PageBlock]:
    """Return those of the `wanted` blocks that stand between the first and the last one kept.

    The heading of the page, and text that goes on before or behind, are part of the stretch.
    """
    places = {id(block): at for at, block in enumerate(blocks)}
    at = [places[id(block)] for block in kept]
    first, last = min(at, default=0), max(at, default=-1)
    title = next((places[id(b)] for b in wanted if b.element.tag == "h1"), first)
    first = min(first, title)
    while first > 0 and _goes_on(blocks[first - 1]):
        first -= 1
    while last + 1 < len(blocks) and _goes_on(blocks[last + 1]):
        last += 1
    return [block for block in wanted if first <= places[id(block)] <= last]


def _goes_on(block: PageBlock) -> bool:
    """Tell whether a block beside an article is more of it."""
    if block.zone is not Zone.CONTENT:
        return False
    is_term = block.element.tag == "dt"  # a word or two: what tells stands behind it
    listed = block.kind in (Kind.LIST_ITEM, Kind.ROW) and (is_telling(block) or is_term)
    return is_prose(block) or listed
