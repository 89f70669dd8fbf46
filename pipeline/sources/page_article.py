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
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipeline.document import Kind
from pipeline.sources.block import Block
from pipeline.sources.page_blocks import PageBlock, Zone
from pipeline.sources.page_extraction import extract, headings_of
from pipeline.sources.page_lines import line_blocks, written_blocks
from pipeline.sources.page_repair import is_cookie_notice
from pipeline.sources.page_tree import letters

if TYPE_CHECKING:
    from lxml.etree import _Element  # type: ignore[import-untyped]
    from trafilatura.settings import Document as Extracted

_SHORT = 20  # letters: a shorter block is known by its whole line only
_COVERED = 0.98  # share of the extracted letters that are in blocks of the page
_ROUGHLY = 10  # letters: marks of lists that stand in the text alone
_MISSED = 40  # letters of prose that are worth another text than trafilatura's
_ARTICLE = 250  # letters of prose; a page with less may be made of headlines
_LINKED = 0.6  # share of letters in links from which a block is a link
_HEADLINE_WORDS = 4
_PROSE_WORDS = 4
_LEFT_OUT = 0.25  # share of the page's own text that may be left out without a note
_CARD_TAGS = ("article", "li", "div", "section")
_SENTENCE_END = re.compile(r"[.!?…][»”\"')\]]*$")
_NOT_LETTERS = re.compile(r"\W+")


@dataclass(frozen=True, slots=True)
class PageArticle:
    """The text of an article, one block a line, with its blocks.

    `extracted` has trafilatura's metadata, and is None where trafilatura found nothing at all.
    """

    text: str
    blocks: tuple[Block, ...]
    extracted: Extracted | None
    notes: tuple[str, ...] = ()


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
    return PageArticle(text, lines, extracted, compared.left_out(compared.kept))


@dataclass(slots=True)
class _Compared:
    """The blocks of a page beside the text that was extracted from it."""

    text: str
    title: str
    blocks: Sequence[PageBlock]
    kept: list[PageBlock] = field(init=False)

    def __post_init__(self) -> None:
        whole = _squeezed(self.text)
        lines = Counter(_squeezed(line) for line in self.text.splitlines())
        found: set[int] = set()
        # What stands in the text and in a menu, too, is of the text.
        for zones in ((Zone.CONTENT,), (Zone.META, Zone.SITE)):
            for block in self.blocks:
                squeezed = _squeezed(block.text)
                if block.zone not in zones:
                    continue
                if lines[squeezed] > 0 or (
                    len(squeezed) >= _SHORT and squeezed in whole and block.zone is Zone.CONTENT
                ):
                    lines[squeezed] -= 1
                    found.add(id(block))
        self.kept = [block for block in self.blocks if id(block) in found]

    def chosen(self) -> list[PageBlock] | None:
        """Return the blocks of the article, or None where the extracted text has them all."""
        kept = [block for block in self.kept if not is_cookie_notice(block.text)]
        prose = _size(block for block in kept if _is_prose(block))
        wanted = [block for block in self.blocks if block.zone is Zone.CONTENT]
        headlines = [block for block in wanted if _is_headline(block)]
        listing = prose < _ARTICLE and _size(headlines) > prose
        if not listing:
            wanted = self._around(kept, wanted, prose=prose)
        known = {id(block) for block in kept}
        missing = [
            block
            for block in wanted
            if id(block) not in known
            and (_is_prose(block) or (listing and _is_headline(block)) or _is_item(block))
        ]
        if _size(missing) < _MISSED:
            missing = []
        covered = _size(self.kept) + _ROUGHLY >= _COVERED * letters(self.text)
        if not missing and (not kept or not covered):
            return None
        title = self._title(kept)
        taken = known | {id(block) for block in [*missing, *title]}
        inside = {id(block) for block in wanted} if missing else set()
        return _with_headings(
            [b for b in self.blocks if id(b) in taken or (_may_stand(b) and id(b) in inside)],
            taken,
        )

    def _title(self, kept: list[PageBlock]) -> list[PageBlock]:
        """Return the heading that is the page's title and stands above the text, if any does."""
        known = {id(block) for block in kept}
        first = next((at for at, block in enumerate(self.blocks) if id(block) in known), 0)
        found = [
            block
            for block in self.blocks[:first]
            if block.element.tag == "h1"
            and block.zone is Zone.CONTENT
            and _squeezed(block.text) == _squeezed(self.title)
        ]
        return found[-1:]

    def left_out(self, taken: Sequence[PageBlock]) -> tuple[str, ...]:
        """Return a note where much running text beside menus and teasers is not in the article."""
        known = {id(block) for block in taken}
        own = [b for b in self.blocks if b.zone is Zone.CONTENT and _is_prose(b)]
        passed = known | _cards(self.blocks, known)
        left = [b for b in own if id(b) not in passed]
        total = _size(own)
        share = _size(left) / total if total else 0.0
        if share < _LEFT_OUT or len(left) < 2:
            return ()
        return (
            (
                f"{share:.0%} of the running text of this page, in {len(left)} paragraphs, was taken"
                " for other articles and left out"
            ),
        )

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
        frame = _frame(body)
        if frame is not None:
            inside = [block for block in wanted if _is_inside(block.element, frame)]
        else:
            inside = _between(kept, wanted, self.blocks)
        found = {id(block) for block in inside}
        outside = [block for block in wanted if id(block) not in found and _is_prose(block)]
        if prose < _ARTICLE and _size(outside) > prose and not _has_title(inside):
            return wanted
        ids = {id(block) for block in kept}
        cards = _cards(self.blocks, ids)
        return [block for block in inside if id(block) in ids or id(block) not in cards]


def _squeezed(text: str) -> str:
    return _NOT_LETTERS.sub("", text)


def _size(blocks: Iterable[PageBlock]) -> int:
    return sum(letters(block.text) for block in blocks)


def _is_prose(block: PageBlock) -> bool:
    """Tell running text, a list item of some words, or a row of a table with some."""
    if block.kind in (Kind.HEADING, Kind.CODE) or block.linked >= _LINKED:
        return False
    words = len(block.text.split())
    if block.kind is Kind.ROW:
        return any(c.isalpha() for c in block.text)
    ends = _SENTENCE_END.search(block.text) is not None
    return words >= _PROSE_WORDS and (ends or words >= 2 * _PROSE_WORDS)


def _is_headline(block: PageBlock) -> bool:
    return block.linked >= _LINKED and len(block.text.split()) >= _HEADLINE_WORDS


def _is_item(block: PageBlock) -> bool:
    """Tell a list item that is no link alone: a briefing's figures, a short point."""
    return block.kind is Kind.LIST_ITEM and block.linked < _LINKED


def _may_stand(block: PageBlock) -> bool:
    return block.zone is Zone.CONTENT and block.kind is Kind.HEADING


def _with_headings(blocks: list[PageBlock], taken: set[int]) -> list[PageBlock]:
    """Return blocks without headings that nothing of the text follows."""
    kept: list[PageBlock] = []
    for block in reversed(blocks):
        if id(block) in taken or kept:
            kept.append(block)
    return kept[::-1]


def _frame(blocks: Sequence[PageBlock]) -> _Element | None:
    """Return the `article`, or else the `main`, around most of the text of `blocks`, or None."""
    total = _size(blocks)
    for name in ("article", "main"):
        sizes: dict[_Element, int] = {}
        for block in blocks:
            for around in block.element.iterancestors(name):
                sizes[around] = sizes.get(around, 0) + letters(block.text)
        most = [element for element, size in sizes.items() if 2 * size > total]
        if most:
            return max(most, key=lambda element: sum(1 for _ in element.iterancestors()))
    return None


def _is_inside(element: _Element, frame: _Element) -> bool:
    return element is frame or frame in element.iterancestors(frame.tag)


def _between(
    kept: list[PageBlock], wanted: list[PageBlock], blocks: Sequence[PageBlock]
) -> list[PageBlock]:
    places = {id(block): at for at, block in enumerate(blocks)}
    at = [places[id(block)] for block in kept]
    first, last = min(at, default=0), max(at, default=-1)
    title = next((places[id(b)] for b in wanted if b.element.tag == "h1"), first)
    first = min(first, title)
    while last + 1 < len(blocks) and blocks[last + 1].kind in (Kind.LIST_ITEM, Kind.ROW):
        last += 1
    return [block for block in wanted if first <= places[id(block)] <= last]


def _has_title(blocks: Sequence[PageBlock]) -> bool:
    return any(block.element.tag == "h1" for block in blocks)


def _cards(blocks: Sequence[PageBlock], kept: set[int]) -> set[int]:
    """Return the ids of blocks in teasers of other articles: with a linked heading, none kept."""
    held: set[_Element] = set()
    headed: set[_Element] = set()
    for block in blocks:
        around = _containers(block)
        if id(block) in kept:
            held.update(around)
        elif block.kind is Kind.HEADING and block.linked >= _LINKED:
            headed.update(around)
    teasers = headed - held
    return {id(block) for block in blocks if any(e in teasers for e in _containers(block))}


def _containers(block: PageBlock) -> list[_Element]:
    return [e for e in (block.element, *block.element.iterancestors()) if e.tag in _CARD_TAGS]
