"""The skeleton of a web page: text of blocks and of some attributes is in units."""

from __future__ import annotations

import html
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace

from pipeline.document import Kind
from pipeline.place import Span
from pipeline.sources.encoding import decode
from pipeline.sources.html import declared_charset
from pipeline.translation.html_head import declared, not_translated
from pipeline.translation.html_text import Piece, add_text, attribute_units
from pipeline.translation.html_tokens import Token, tokens
from pipeline.translation.inline_builder import InlineBuilder
from pipeline.translation.skeleton import (
    Break,
    Placeholder,
    Skeleton,
    Unit,
    has_letters,
)

# Elements that stand inside a sentence; every other tag ends a unit.
_INLINE = frozenset((
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "data", "del", "dfn", "em", "font",
    "i", "ins", "label", "mark", "nobr", "q", "rp", "rt", "ruby", "s", "small", "span", "strike",
    "strong", "sub", "sup", "time", "tt", "u", "wbr", "br", "img", "input",
))  # fmt: skip
_VOID = frozenset((
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param",
    "source", "track", "wbr",
))  # fmt: skip
_CODE = frozenset(["code", "kbd", "samp", "var"])  # inside a sentence, and never translated
_OPAQUE = frozenset((
    "script", "style", "svg", "math", "template", "iframe", "object", "noembed", "noframes",
    "audio", "video", "canvas",
))  # fmt: skip
_VERBATIM = frozenset(["pre", "textarea", "xmp", "listing", "plaintext"])  # the same, but blocks
_HEADINGS = frozenset(("title", "h1", "h2", "h3", "h4", "h5", "h6", "caption", "summary"))


def html_skeleton(data: bytes, *, name: str, languages: Collection[str]) -> Skeleton:
    """Return the skeleton of a page, declared to be UTF-8.

    `languages` are those that `lang` attributes of text to translate name. Raises SourceError when
    the data is not text.
    """
    decoded = decode(data, declared=declared_charset(data))
    page = declared(decoded.text)
    units, remarks = html_units(page)
    return Skeleton(name, page, tuple(units), tuple(remarks), tuple(languages))


def html_units(page: str) -> tuple[list[Unit], list[str]]:
    """Return the units of a page or of a part of one, in order, and remarks on what is none."""
    reader = _UnitReader(page)
    for token in tokens(page):
        reader.take(token)
    reader.flush()
    remarks = []
    if reader.verbatim:
        remarks.append(f"{reader.verbatim} preformatted blocks are kept as they are")
    if reader.opaque:
        remarks.append(f"what is in {', '.join(sorted(reader.opaque))} is kept as it is")
    return sorted(reader.units, key=lambda unit: unit.span.start), remarks


@dataclass(frozen=True, slots=True)
class _Item:
    """A piece of a run of text or an inline code; `visible` tells whether a reader sees it."""

    span: Span
    build: Callable[[InlineBuilder], None] | None  # None: not in the tree
    visible: bool
    pieces: tuple[Piece, ...] = ()  # of text


@dataclass(slots=True)
class _Region:
    """An element that is passed over until it ends; `depth` counts nested ones of its name."""

    name: str
    start: int
    build: Callable[[Span, str], _Item]
    depth: int = 1
    shown: list[str] = field(default_factory=list)


class _UnitReader:
    """Cuts the tokens of a page into units."""

    def __init__(self, page: str) -> None:
        self._page = page
        self._run: list[_Item] = []
        self._attributes: list[Unit] = []
        self._block = ""
        self._region: _Region | None = None
        self.units: list[Unit] = []
        self.verbatim = 0
        self.opaque: set[str] = set()

    def take(self, token: Token) -> None:
        """Take the next token of the page."""
        if self._region is not None:
            self._pass_over(self._region, token)
        elif token.kind in ("text", "entity"):
            self._text(token)
        elif token.kind == "other":  # a comment; in a sentence it moves in front of it
            if self._run:
                self._run.append(_Item(token.span, None, visible=False))
        elif token.kind == "end":
            if token.name in _INLINE:
                self._add(token.span, lambda b: b.close(token.name, token.span))
            else:
                self.flush()
                self._block = ""
        else:
            self._start(token)

    def flush(self) -> None:
        """End the text before a block begins or ends, and make a unit of it."""
        run, attributes = self._run, self._attributes
        self._run, self._attributes = [], []
        while run and not run[0].visible:
            run.pop(0)
        while run and not run[-1].visible:
            run.pop()
        if not any(has_letters(shown) for item in run for shown, _ in item.pieces):
            self.units += attributes
            return
        run[0] = _stripped(run[0], left=True)
        run[-1] = _stripped(run[-1], left=False)
        span = Span(run[0].span.start, run[-1].span.end)
        builder = InlineBuilder()
        pieces: list[Piece] = []
        for item in run:
            pieces += item.pieces
            if item.build is not None:
                add_text(builder, pieces)
                pieces = []
                item.build(builder)
        add_text(builder, pieces)
        comments = "".join(
            self._page[item.span.start : item.span.end]
            for item in run
            if item.build is None and not item.pieces
        )
        inner = tuple(u for u in attributes if _is_in(span, u.span))
        self.units += [unit for unit in attributes if unit not in inner]
        unit = Unit(
            span,
            builder.finish(),
            _kind(self._block),
            _text_code,
            lambda code: comments + code,
            inner,
        )
        self.units.append(unit)

    def _start(self, token: Token) -> None:
        name = token.name
        region = self._region_of(token)
        if region is not None:
            self._region = region
            return
        if name not in _INLINE:
            self.flush()
            self._block = name
        self._attributes += attribute_units(token)
        if name in _VOID or name not in _INLINE:
            if name in _INLINE:
                self._add(token.span, lambda b: b.add(Break(token.span)), visible=False)
            return
        self._add(token.span, lambda b: b.open(name, token.span))

    def _region_of(self, token: Token) -> _Region | None:
        """Return the region that a tag begins, or None where the tag is translated as usual."""
        name = token.name
        if name in _VOID:
            return None
        kept = not_translated(token)
        if name in _VERBATIM or (kept and name not in _INLINE | _CODE):
            self.flush()
            self.verbatim += name in _VERBATIM
            return _Region(name, token.span.start, _break)
        if name in _OPAQUE:
            self.opaque |= {name} - {"script", "style", "template"}
            return _Region(name, token.span.start, _break)
        if name in _CODE:
            return _Region(name, token.span.start, _code)
        return _Region(name, token.span.start, _kept) if kept else None

    def _pass_over(self, region: _Region, token: Token) -> None:
        if token.kind == "text":
            region.shown.append(self._page[token.span.start : token.span.end])
        elif token.kind == "entity":
            region.shown.append(html.unescape(self._page[token.span.start : token.span.end]))
        elif token.kind == "start" and token.name == region.name:
            region.depth += 1
        elif token.kind == "end" and token.name == region.name:
            region.depth -= 1
        if region.depth == 0:
            self._region = None
            span = Span(region.start, token.span.end)
            self._run.append(region.build(span, " ".join("".join(region.shown).split())))

    def _text(self, token: Token) -> None:
        raw = self._page[token.span.start : token.span.end]
        shown = html.unescape(raw) if token.kind == "entity" else raw
        visible = bool(shown.strip())
        self._run.append(_Item(token.span, None, visible, ((shown, token.span),)))

    def _add(
        self, span: Span, build: Callable[[InlineBuilder], None], *, visible: bool = True
    ) -> None:
        self._run.append(_Item(span, build, visible))


def _stripped(item: _Item, *, left: bool) -> _Item:
    """Return an item, of text, without the whitespace at one of its edges."""
    if not item.pieces:
        return item
    ((shown, span),) = item.pieces
    if len(shown) != span.end - span.start:  # an entity
        return item
    kept = shown.lstrip() if left else shown.rstrip()
    start = span.end - len(kept) if left else span.start
    span = Span(start, start + len(kept))
    return replace(item, span=span, pieces=((kept, span),))


def _kind(block: str) -> Kind:
    if block in _HEADINGS:
        return Kind.HEADING
    return Kind.LIST_ITEM if block == "li" else Kind.TEXT


def _is_in(outer: Span, inner: Span) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end


def _break(span: Span, shown: str) -> _Item:
    return _Item(span, lambda b: b.add(Break(span)), visible=False)


def _code(span: Span, shown: str) -> _Item:
    """Return code between backquotes, by which engines know that it is code."""
    if not shown or "`" in shown:
        return _break(span, shown)
    return _Item(span, lambda b: b.add(Placeholder(f"`{shown}`", span)), visible=True)


def _kept(span: Span, shown: str) -> _Item:
    if not shown:
        return _break(span, shown)
    return _Item(span, lambda b: b.add(Placeholder(shown, span)), visible=True)


def _text_code(text: str) -> str:
    return html.escape(text, quote=False)
