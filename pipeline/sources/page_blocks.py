"""The blocks of a web page, each with its text, its kind and its part of the page.

Extraction by trafilatura is judged by them: a block that it left out can be told, and put back.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from pipeline.document import Kind
from pipeline.sources.page_repair import is_cookie_notice
from pipeline.sources.page_tree import INLINE, UNSHOWN, letters, sizes, tokens

if TYPE_CHECKING:
    from lxml.etree import _Element  # type: ignore[import-untyped]

LINKED = 0.6  # share of letters in links from which a block is a link
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6", "summary")
_ITEMS = ("li", "dt", "dd")
_SITE_TAGS = frozenset(("nav", "footer", "aside", "menu", "dialog", "form", "figure"))
_SITE_ROLES = frozenset((
    "navigation", "banner", "contentinfo", "complementary", "search", "dialog", "alertdialog",
    "menu", "menubar", "tablist", "toolbar",
))  # fmt: skip
# Words of classes and ids, as web designers write them.
_SITE_NAMES = frozenset((
    "ad", "ads", "adv", "advert", "advertisement", "banner", "breadcrumb", "breadcrumbs",
    "comment", "comments", "commentlist", "consent", "cookie", "cookies", "disqus", "footer",
    "gdpr", "hidden", "login", "menu", "modal", "nav", "navbar", "navigation", "newsletter",
    "noprint", "pager", "pagination", "partners", "paywall", "popular", "popup", "promo",
    "recommendations", "recommended", "related", "search", "share", "sharing", "sidebar", "signin",
    "signup", "skip", "social", "sponsor", "sponsored", "subscribe", "subscription", "tags",
    "toolbar", "trending", "widget",
))  # fmt: skip
_SITE_PHRASES = re.compile(
    r"(?:most|also|more)[-_ ]?(?:read|popular|news|stories)|read[-_ ]?(?:more|also|next|on)"
    r"|see[-_ ]?also|you[-_ ]may|(?:latest|top|other)[-_ ]?(?:news|posts|stories|articles)"
)
_META_NAMES = frozenset((
    "author", "authors", "bio", "byline", "caption", "credit", "credits", "date", "dateline",
    "meta", "published", "pubdate", "rating", "timestamp", "updated",
))  # fmt: skip
_LEAD_NAMES = frozenset((
    "abstract", "chapo", "dek", "excerpt", "intro", "introduction", "lead", "lede", "preamble",
    "standfirst", "summary", "teaser",
))  # fmt: skip
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
_TITLED_SHARE, _MAIN_SHARE = 0.25, 0.5  # of a page's letters: no menu holds so many
_SIGNS = re.compile(r"[{}<>=|$#_;\\\[\]^~]")
_SPACES = re.compile(r"\s+")


class Zone(Enum):
    """The part of a page that a block is in: its content, the site's own, or notes of a text."""

    CONTENT = "content"
    SITE = "site"  # menus, footers, comments, adverts
    META = "meta"  # bylines, dates, captions


@dataclass(frozen=True, slots=True)
class PageBlock:
    """A block of a page of `size` letters; `linked`, 0 to 1, is the share of them in links.

    The text of a `Kind.ROW` is the row of a table: "| a | b |".
    """

    text: str
    kind: Kind
    zone: Zone
    linked: float
    element: _Element
    size: int
    level: int = 0  # of a list inside lists


def page_blocks(body: _Element) -> list[PageBlock]:
    """Return the blocks of a page that have text, in reading order."""
    reader = _Reader(body)
    for event, node in _events(body):
        if event == "start":
            reader.start(node)
        else:
            reader.end(node)
    reader.flush()
    return reader.blocks


def _events(body: _Element) -> Iterator[tuple[str, _Element]]:
    from lxml.etree import iterwalk

    yield from iterwalk(body, events=("start", "end"))


@dataclass(slots=True)
class _Reader:
    """Collects text until a block begins or ends."""

    body: _Element
    blocks: list[PageBlock] = field(default_factory=list)
    _text: list[str] = field(default_factory=list)
    _linked: int = 0
    _unshown: _Element | None = None
    _zones: list[tuple[_Element, Zone]] = field(default_factory=list)
    _open: list[_Element] = field(default_factory=list)  # blocks around the text
    _cells: list[str] | None = None  # of the row that is read
    _row_linked: int = 0
    _in_link: int = 0
    _sizes: Mapping[_Element, int] | None = None  # letters of each element, once one is asked for
    _total: int = 0  # letters of the page

    def start(self, node: _Element) -> None:
        """Take the start of an element, and the text behind its tag."""
        if self._unshown is not None:
            return
        if node.tag in UNSHOWN:
            self._unshown = node
            return
        if node.tag == "pre" and self._cells is None:
            self._block_edge()
            self._open.append(node)
            self._preformatted(node)
            self._open.pop()
            self._unshown = node
            return
        if node.tag == "br":
            self._text.append("\n" if self._cells is None else " ")
        elif node.tag not in INLINE:
            self._block_edge()
            self._open.append(node)
        if node.tag == "a" and node.get("href"):
            self._in_link += 1
        zone = None if self._in_site() else self._zone_of(node)
        if zone is not None:
            self._zones.append((node, zone))
        if node.tag == "tr":
            self._cells, self._row_linked = [], 0
        elif node.tag in ("td", "th") and self._cells is not None:
            self._text = []
        self._take(node.text)

    def end(self, node: _Element) -> None:
        """Take the end of an element, and the text behind it."""
        if self._unshown is not None:
            if self._unshown is node:
                self._unshown = None
                self._take(node.tail)
            return
        if node.tag in ("td", "th") and self._cells is not None:
            self._cells.append(_SPACES.sub(" ", "".join(self._text)).strip())
            self._text = []
        elif node.tag == "tr" and self._cells is not None:
            self._row(node)
        elif node.tag not in INLINE and node.tag != "br":
            self._block_edge()
        if node.tag == "a" and node.get("href"):
            self._in_link -= 1
        if self._zones and self._zones[-1][0] is node:
            self._zones.pop()
        if self._open and self._open[-1] is node:
            self._open.pop()
        self._take(node.tail)

    def flush(self) -> None:
        """Make blocks of the text that was collected, one for each line."""
        text, linked, self._text, self._linked = "".join(self._text), self._linked, [], 0
        if not text or text.isspace():  # between most tags
            return
        lines = [line for raw in text.split("\n") if (line := _SPACES.sub(" ", raw).strip())]
        counts = list(map(letters, lines))
        size = sum(counts)
        for line, count in zip(lines, counts, strict=True):
            self._add(line, linked / size if size else 0.0, size=count)

    def _preformatted(self, node: _Element) -> None:
        """Make a block of program code, and paragraphs of prose that only keeps its line ends."""
        for br in node.iter("br"):
            br.tail = f"\n{br.tail or ''}"
        text = "".join(node.itertext())
        if is_code(node, text):
            if text.strip():
                self._add(text.strip("\n"), 0.0, code=True)
            return
        for paragraph in re.split(r"\n\s*\n", text):
            if line := _SPACES.sub(" ", paragraph).strip():
                self._add(line, 0.0)

    def _take(self, text: str | None) -> None:
        if text:
            self._text.append(_SPACES.sub(" ", text))
            if self._in_link:
                self._linked += letters(text)

    def _block_edge(self) -> None:
        if self._cells is None:
            self.flush()
        else:
            self._text.append(" ")

    def _row(self, node: _Element) -> None:
        cells, self._cells = self._cells or [], None
        linked, self._linked, self._text = self._linked, 0, []
        if any(cells):
            size = letters("".join(cells))
            self._add(f"| {' | '.join(cells)} |", linked / size if size else 0.0, row=node)

    def _add(
        self,
        text: str,
        linked: float,
        *,
        row: _Element | None = None,
        code: bool = False,
        size: int | None = None,
    ) -> None:
        element = row if row is not None else self._open[-1]
        around = [element, *element.iterancestors()]
        tags = [node.tag for node in around]
        kind = Kind.TEXT
        if row is not None:
            kind = Kind.ROW
        elif code:
            kind = Kind.CODE
        elif any(tag in _HEADINGS for tag in tags):
            kind = Kind.HEADING
        elif any(tag in _ITEMS for tag in tags):
            kind = Kind.LIST_ITEM
        zone = self._zones[-1][1] if self._zones else Zone.CONTENT
        if self._in_site() or is_cookie_notice(text):
            zone = Zone.SITE
        level = max(0, tags.count("ul") + tags.count("ol") + tags.count("dl") - 1)
        size = letters(text) if size is None else size
        self.blocks.append(PageBlock(text, kind, zone, linked, element, size, level))

    def _in_site(self) -> bool:
        return any(zone is Zone.SITE for _, zone in self._zones)

    def _zone_of(self, node: _Element) -> Zone | None:
        """Return the zone that an element begins, or None.

        An element with the page's heading or most of its text is none, whatever its name.
        """
        if node.tag in ("html", "body", "main", "article"):
            return None
        named = tokens(node)
        if "overflow" in named:  # overflow-hidden hides nothing
            named -= {"hidden"}
        site = (
            node.tag in _SITE_TAGS
            or (node.get("role") or "").lower() in _SITE_ROLES
            or bool(named & _SITE_NAMES)
            or bool(_SITE_PHRASES.search(f"{node.get('class')} {node.get('id')}"[:1000].lower()))
            or node.get("hidden") is not None
            or node.get("aria-hidden") == "true"
            or bool(_HIDDEN_STYLE.search(node.get("style") or ""))
            or (node.tag == "header" and not _heads_article(node))
        )
        if site and not self._is_main(node):
            return Zone.SITE
        if named & _META_NAMES and node.tag not in _HEADINGS and not self._is_main(node):
            return Zone.META
        return None

    def _is_main(self, node: _Element) -> bool:
        if node.tag in ("nav", "menu"):
            return False
        if self._sizes is None:
            self._sizes = sizes(self.body)
            self._total = max(self._sizes.values(), default=0)
        share = self._sizes[node] / max(1, self._total)
        titled = next(node.iter("h1"), None) is not None and node.tag != "dialog"
        return (share > _TITLED_SHARE and titled) or (share > _MAIN_SHARE and node.tag != "footer")


def is_lead(element: _Element) -> bool:
    """Tell whether a block is named as the lead of an article, and stands in no list."""
    around = [element, *element.iterancestors()]
    listed = any(e.tag in ("li", "article") for e in around)
    return not listed and any(tokens(e) & _LEAD_NAMES for e in around[:3])


def is_code(node: _Element, text: str) -> bool:
    """Tell whether a preformatted element holds program code, or the text of a despatch."""
    if any(next(node.iter(name), None) is not None for name in ("code", "samp", "kbd")):
        return True
    return len(_SIGNS.findall(text)) > 0.03 * len(text)


def _heads_article(header: _Element) -> bool:
    inside = next(header.iterancestors("article", "main", "section"), None) is not None
    return inside or next(header.iter("h1"), None) is not None
