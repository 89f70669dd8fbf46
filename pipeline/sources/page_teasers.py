"""Teasers of other articles in a page: a linked heading and some words below."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from pipeline.document import Kind
from pipeline.lang.data import alternatives
from pipeline.sources.page_blocks import LINKED, PageBlock

if TYPE_CHECKING:
    from lxml.etree import _Element  # type: ignore[import-untyped]

_CARD_TAGS = ("article", "li", "div", "section", "td")
_LABEL = 60  # characters
_LONGEST = 600  # letters below the heading of a teaser


def cards(blocks: Sequence[PageBlock], kept: set[int]) -> set[int]:
    """Return the ids of blocks in teasers of other articles: with a linked heading, none kept."""
    if not any(map(_is_linked_heading, blocks)):
        return set()
    held: set[_Element] = set()
    headed: set[_Element] = set()
    containers = [_containers(block) for block in blocks]
    for block, around in zip(blocks, containers, strict=True):
        if id(block) in kept:
            held.update(around)
        elif _is_linked_heading(block):
            headed.update(around)
    teasers = headed - held
    return {
        id(block)
        for block, around in zip(blocks, containers, strict=True)
        if not teasers.isdisjoint(around)
    }


def _is_linked_heading(block: PageBlock) -> bool:
    return block.kind is Kind.HEADING and block.linked >= LINKED


def _containers(block: PageBlock) -> list[_Element]:
    return [e for e in (block.element, *block.element.iterancestors()) if e.tag in _CARD_TAGS]


def teased(kept: Sequence[PageBlock], blocks: Sequence[PageBlock]) -> int:
    """Return the number of teasers that most of the kept text is in; 0 where it is in none.

    A teaser is an element with one linked heading and little else.
    """
    if not any(map(_is_linked_heading, blocks)):
        return 0
    headings: dict[_Element, int] = {}
    sizes: dict[_Element, int] = {}
    for block in blocks:
        linked = _is_linked_heading(block)
        for around in _containers(block):
            headings[around] = headings.get(around, 0) + linked
            sizes[around] = sizes.get(around, 0) + block.size
    teasers = {e for e, count in headings.items() if count == 1 and sizes[e] <= _LONGEST}
    found: set[_Element] = set()
    inside = total = 0
    for block in kept:
        own = [e for e in _containers(block) if e in teasers]
        total += block.size
        if own:
            inside += block.size
            found.add(own[-1])
    return len(found) if 2 * inside > total else 0


def announced_elsewhere(blocks: Sequence[PageBlock]) -> set[int]:
    """Return the ids of links to other articles: a label ("read also") and the links below it."""
    found: set[int] = set()
    at = 0
    while at < len(blocks):
        bare = " ".join(blocks[at].text.lower().replace("’", "'").split())
        label = len(bare) < _LABEL and _related().fullmatch(bare.strip(" :.…!?»>-–—•|"))
        behind = at + 1
        while label and behind < len(blocks) and blocks[behind].linked >= LINKED:
            found |= {id(blocks[at]), id(blocks[behind])}
            behind += 1
        at = behind
    return found


@cache
def _related() -> re.Pattern[str]:
    return re.compile(alternatives("boilerplate.related"))
