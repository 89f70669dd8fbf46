"""The article in a page: extraction with precision, and what it left out of the article put back.

1. trafilatura reads the page with precision, then without, until there is text.
2. Blocks of the page are compared with its text. What reads like content and stands where the
   article stands, but is not in the text, is missing: leads in a class named "teaser", lists beside
   paragraphs, the linked headlines that a page consists of.
3. The text is made of the blocks that trafilatura kept and of those that were missing, in the
   order of the page. Where the blocks do not cover what trafilatura found (text that only it can
   read, such as formulas), and nothing is missing, its own text stands.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

from pipeline.document import Kind
from pipeline.sources.block import Block
from pipeline.sources.page_blocks import LINKED, PageBlock, Zone, is_lead
from pipeline.sources.page_extraction import extract, headings_of
from pipeline.sources.page_frame import (
    between,
    frame_of,
    is_headline,
    is_inside,
    is_item,
    is_prose,
    is_telling,
    list_of,
    size_of,
)
from pipeline.sources.page_lines import line_blocks, written_blocks
from pipeline.sources.page_repair import is_cookie_notice
from pipeline.sources.page_teasers import announced_elsewhere, cards, teased

if TYPE_CHECKING:
    from lxml.etree import _Element  # type: ignore[import-untyped]
    from trafilatura.settings import Document as Extracted

_SHORT = 20  # letters: a shorter block is known by its whole line only
_COVERED, _MOSTLY = 0.98, 0.9  # shares of the extracted letters that are in blocks of the page
_ROUGHLY = 20  # letters
_MISSED = 40  # letters of prose that are worth another text than trafilatura's
_ARTICLE = 250  # letters of prose; a page with less may be made of headlines
_TEASERS = 3  # a page with so many, and no article, is made of them
_LISTED = 0.25  # of the article's letters: a list of links that long is part of the article
_LEFT_OUT = 0.25  # share of the page's own text that may be left out without a note
_NOT_LETTERS = re.compile(r"\W+")


@dataclass(frozen=True, slots=True)
class PageArticle:
    """The text of an article, one block a line, with its blocks.

    `extracted` has trafilatura's metadata, and is None where trafilatura found nothing at all.
    `shown` tells whether any of the text stands in the page itself: trafilatura reads JSON-LD, too.
    """

    text: str
    blocks: tuple[Block, ...]
    extracted: Extracted | None
    notes: tuple[str, ...] = ()
    shown: bool = True


def find_article(page: str, blocks: Sequence[PageBlock]) -> PageArticle | None:
    """Return the article of a page, or None where the page has no text of its own."""
    extracted = extract(page)
    text = str(extracted.text).strip() if extracted is not None else ""
    title = (extracted.title if extracted is not None else None) or ""
    compared = _Compared(text, title, blocks)
    chosen = compared.chosen()
    if chosen is not None:
        written, placed = written_blocks(chosen)
        return PageArticle(written, placed, extracted, compared.left_out(chosen))
    if not text:
        return None
    lines = tuple(line_blocks(text, headings_of(extracted)))
    notes = compared.left_out(compared.kept)
    return PageArticle(text, lines, extracted, notes, shown=bool(compared.kept))


@dataclass(slots=True)
class _Compared:
    """The blocks of a page beside the text that was extracted from it."""

    text: str
    title: str
    blocks: Sequence[PageBlock]
    kept: list[PageBlock] = field(init=False)
    _squeezed: list[str] = field(init=False)  # each block's letters
    _lines: list[str] = field(init=False)  # the letters of each line of the text

    def __post_init__(self) -> None:
        self._squeezed = [_squeezed(block.text) for block in self.blocks]
        self._lines = list(map(_squeezed, self.text.splitlines()))
        whole = "".join(self._lines)
        lines = Counter(self._lines)
        found: set[int] = set()
        matched: set[str] = set()
        # What stands in the text and in a menu, too, is of the text.
        for zones in ((Zone.CONTENT,), (Zone.META, Zone.SITE)):
            for block, squeezed in zip(self.blocks, self._squeezed, strict=True):
                if block.zone not in zones:
                    continue
                long = len(squeezed) >= _SHORT and block.kind is not Kind.HEADING
                part = (long or block.kind is Kind.CODE) and squeezed in whole
                if lines[squeezed] > 0 or (part and squeezed not in matched):
                    lines[squeezed] -= 1
                    matched.add(squeezed)
                    found.add(id(block))
        self.kept = [block for block in self.blocks if id(block) in found]

    def chosen(self) -> list[PageBlock] | None:
        """Return the blocks of the article, or None where the blocks do not have its text."""
        kept = [block for block in self.kept if _is_own(block)]
        prose = size_of(block for block in kept if is_prose(block))
        announced = announced_elsewhere(self.blocks)
        wanted = [
            block
            for block in self.blocks
            if block.zone is Zone.CONTENT and id(block) not in announced
        ]
        linked = size_of(block for block in wanted if is_headline(block))
        listing = (prose < _ARTICLE and linked > prose) or teased(kept, self.blocks) >= _TEASERS
        if not listing:
            wanted = self._around(kept, wanted, prose=prose)
        known = {id(block) for block in kept}
        listed = {id(b) for b in wanted} if listing else self._listed(known, wanted, prose)
        items = _items(wanted, known)
        missing = [
            block
            for block in wanted
            if id(block) not in known
            and (is_prose(block) or id(block) in items or id(block) in listed)
            and (id(block) in listed or not is_headline(block))
            and (block.kind is not Kind.HEADING or is_headline(block))
        ]
        if size_of(missing) < _MISSED:
            missing = []
        if not missing and (not kept or not self._covers_text()):
            return None
        taken = known | {id(block) for block in [*missing, *self._title(kept)]}
        inside = {id(block) for block in wanted}
        return [
            block
            for at, block in enumerate(self.blocks)
            if id(block) in taken or (id(block) in inside and self._heads(at, taken))
        ]

    def _covers_text(self) -> bool:
        """Tell whether the blocks have what was extracted: all of its lines, most as blocks."""
        whole = "".join(self._squeezed)
        found = sum(len(squeezed) for squeezed in self._lines if squeezed in whole)
        size = sum(map(len, self._lines))
        return found >= _COVERED * size and size_of(self.kept) + _ROUGHLY >= _MOSTLY * size

    def _heads(self, at: int, taken: set[int]) -> bool:
        """Tell whether a block is a heading, or one above another, of text that is taken.

        A linked one is the name of the site, unless the text follows.
        """
        linked = self.blocks[at].linked >= LINKED
        while at < len(self.blocks) and self.blocks[at].kind is Kind.HEADING:
            at += 1
            if at < len(self.blocks) and id(self.blocks[at]) in taken:
                return not linked or self.blocks[at].kind is not Kind.HEADING
        return False

    def _listed(self, known: set[int], wanted: list[PageBlock], prose: int) -> set[int]:
        """Return the ids of the linked items of lists that belong to the text.

        A list belongs to it that has text of the article behind it, or is a good part of the
        article, as in a briefing.
        """
        lists: dict[_Element, list[PageBlock]] = {}
        for block in wanted:
            around = list_of(block)
            if around is not None and is_headline(block) and id(block) not in known:
                lists.setdefault(around, []).append(block)
        last = max((at for at, b in enumerate(self.blocks) if id(b) in known), default=-1)
        places = {id(block): at for at, block in enumerate(self.blocks)}
        found: set[int] = set()
        for items in lists.values():
            belongs = places[id(items[0])] < last or size_of(items) > _LISTED * prose
            if len(items) > 1 and belongs:
                found |= {id(item) for item in items}
        return found

    def _title(self, kept: list[PageBlock]) -> list[PageBlock]:
        """Return the heading that is the page's title and stands above the text, if any does.

        A linked one above another heading is the name of the site.
        """
        known = {id(block) for block in kept}
        first = next((at for at, block in enumerate(self.blocks) if id(block) in known), 0)
        above = [block for block in self.blocks[: first + 1] if block.zone is Zone.CONTENT]
        found = [
            block
            for block, below in pairwise(above)
            if block.kind is Kind.HEADING
            and _squeezed(block.text) == _squeezed(self.title)
            and (block.linked < LINKED or below.kind is not Kind.HEADING)
        ]
        return found[-1:]

    def left_out(self, taken: Sequence[PageBlock]) -> tuple[str, ...]:
        """Return a note where much running text beside menus and teasers is not in the article."""
        known = {id(block) for block in taken}
        own = [b for b in self.blocks if b.zone is Zone.CONTENT and is_prose(b)]
        left = [b for b in own if id(b) not in known]
        if not left:
            return ()
        teasers = cards(self.blocks, known)
        left = [b for b in left if id(b) not in teasers]
        total = size_of(own)
        share = size_of(left) / total if total else 0.0
        if share < _LEFT_OUT or len(left) < 2:
            return ()
        note = (
            f"{share:.0%} of the running text of this page, in {len(left)} paragraphs, was taken"
            " for other articles and left out"
        )
        return (note,)

    def _around(
        self, kept: list[PageBlock], wanted: list[PageBlock], *, prose: int
    ) -> list[PageBlock]:
        """Return those of the blocks that stand where the article stands.

        The article stands in the narrowest `article` around most of what was kept, or `main`. Where
        the page has neither, the article goes from the heading, or the first block that was kept,
        to the last one and the list behind it. Nothing is excluded where little was kept and more
        stands elsewhere.
        """
        body = [block for block in kept if block.kind is not Kind.HEADING]
        frame = frame_of(body)
        if frame is not None:
            inside = [b for b in wanted if is_inside(b.element, frame) or is_lead(b.element)]
        else:
            inside = between(kept, wanted, self.blocks)
        found = {id(block) for block in inside}
        outside = [block for block in wanted if id(block) not in found and is_prose(block)]
        if prose < _ARTICLE and size_of(outside) > prose and not _has_title(inside):
            return wanted
        ids = {id(block) for block in kept}
        teasers = cards(self.blocks, ids)
        return [block for block in inside if id(block) in ids or id(block) not in teasers]


def _items(wanted: Sequence[PageBlock], known: set[int]) -> set[int]:
    """Return the ids of list items that are no links, of lists that belong to an article.

    Lists of single words are tools of a site, unless one of their items was kept.
    """
    items = [(list_of(block), block) for block in wanted if is_item(block)]
    telling = {around for around, item in items if id(item) in known or is_telling(item)}
    return {id(item) for around, item in items if around in telling}


def _has_title(blocks: Sequence[PageBlock]) -> bool:
    return any(block.element.tag == "h1" for block in blocks)


def _squeezed(text: str) -> str:
    return _NOT_LETTERS.sub("", text)


def _is_own(block: PageBlock) -> bool:
    """Tell whether a block that trafilatura kept is none of the site's."""
    menu = block.zone is Zone.SITE and block.linked >= LINKED and not is_headline(block)
    return block.size > 0 and not menu and not is_cookie_notice(block.text)
