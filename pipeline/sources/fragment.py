"""HTML inside another format: a text field of a feed, a block of Markdown.

All of a fragment is its author's text; only the markup goes. A whole page, which has menus around
its article, is for `html`.
"""

from __future__ import annotations

import html
import re
from collections.abc import Container, Iterator
from typing import TYPE_CHECKING, Any

from pipeline.document import Kind
from pipeline.errors import SourceError
from pipeline.sources.block import Block, visible
from pipeline.sources.shown import Shown, is_sentence, laid_out
from pipeline.sources.xml_tree import without_declaration

if TYPE_CHECKING:
    from lxml.html import HtmlElement  # type: ignore[import-untyped]

_HEADING_NAMES = "h1 h2 h3 h4 h5 h6"
_BLOCK_NAMES = (
    "address article aside blockquote body center dd details div dl dt fieldset figcaption figure"
    " footer form header hr html legend li main nav ol p pre section summary table tbody td tfoot"
    " th thead tr ul"
)
_INLINE_NAMES = (
    "a abbr b bdi bdo big br cite code data del dfn em font i img input ins kbd label mark picture"
    " q s samp small source span strike strong sub sup time tt u var wbr"
)
_UNSEEN_NAMES = (
    "audio button canvas embed head iframe math noscript object script select style svg template"
    " textarea title video"
)
_HEADINGS = frozenset(_HEADING_NAMES.split())
_BLOCKS = _HEADINGS.union(_BLOCK_NAMES.split())
_UNSEEN = frozenset(_UNSEEN_NAMES.split())
_NAMES = (*_BLOCKS, *_UNSEEN, *_INLINE_NAMES.split())
_TAG = re.compile(
    rf"</?(?:{'|'.join(sorted(_NAMES))})(?:\s[^<>]{{0,2000}})?/?>",
    re.IGNORECASE,
)
_COMMENT = re.compile(r"<!--(?:[^-]|-(?!->)){0,500}-->")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_MOST_ESCAPES = 2  # some feeds escape their entities once more
_HEAD = re.compile(r"<head\b.*?</head\s*>", re.IGNORECASE | re.DOTALL)
_BODY = re.compile(r"<body\b[^>]{0,2000}>(.*?)(?:</body\s*>|\Z)", re.IGNORECASE | re.DOTALL)
_SPACES = re.compile(r"[ \t\n\r\f]+")  # a no-break space is text
_MARKED = frozenset(("a", "sup"))
_NOTE_NAMES = frozenset((
    "doc-noteref", "noteref", "footnote-ref", "footnote-reference", "doc-backlink", "backlink",
    "footnote-back", "footnote-backref", "reversefootnote",
))  # fmt: skip
_NOTE_NUMBER = re.compile(r"\s*[\[(]?(?:\d{1,3}|[*†‡]{1,3})[\])]?\s*")
_SENTENCE_END = frozenset(".!?…:;»”\"'")


def has_markup(text: str) -> bool:
    """Tell whether `text` holds tags of HTML; `a < b` and unknown names in brackets are text."""
    return "<" in text and _TAG.search(text) is not None


def unescaped(text: str) -> str:
    """Return `text` with its character references replaced, `&laquo;` or `&#8217;`.

    Only those that end with a semicolon: `?a=1&copy=2` is an address.
    """
    for _ in range(_MOST_ESCAPES if "&" in text else 0):
        text, before = _ENTITY.sub(lambda found: html.unescape(found[0]), text), text
        if text == before:
            break
    return text


def plain_line(markup: str) -> str:
    """Return a line of markup, such as a title, without tags and references."""
    text = unescaped(_TAG.sub("", markup) if has_markup(markup) else markup)
    return " ".join((_TAG.sub("", text) if has_markup(text) else text).split())


def plain_inline(markup: str) -> str:
    """Return a text without its tags and comments; references stay."""
    return _TAG.sub("", _COMMENT.sub("", markup)) if "<" in markup else markup


def body_of(page: str) -> str:
    """Return the markup in the body of a page, all of which is text."""
    found = _BODY.search(page)
    return found[1] if found else _HEAD.sub("", without_declaration(page))


def read_fragment(markup: str) -> tuple[str, list[Block]]:
    """Return the text of a fragment, and its paragraphs, headings, list items and rows in it.

    A line break inside a sentence is a space; behind a sentence, or before a capital, it ends the
    paragraph.
    """
    from lxml.etree import ErrorTypes  # type: ignore[import-untyped]
    from lxml.html import HTMLParser, document_fromstring

    if not visible(_TAG.sub("", markup)):
        return "", []
    parser = HTMLParser(huge_tree=True)
    root = document_fromstring(f"<div>{markup}</div>", parser=parser)
    # libxml2 leaves out all that follows tags nested too deep, and goes on.
    if any(error.type == ErrorTypes.ERR_RESOURCE_LIMIT for error in parser.error_log):
        raise SourceError("holds tags nested too deep", hint="give its text without them")
    lines = ((kind, _SPACES.sub(" ", words).strip()) for kind, words in _paragraphs(root))
    return laid_out(Shown(line, kind) for kind, line in lines if visible(line))


def _paragraphs(root: HtmlElement) -> Iterator[tuple[Kind, str]]:
    """Yield the words of each block, in order; nested ones as blocks of their own."""
    words: list[str] = []
    kinds: list[Kind] = [Kind.TEXT]
    rows = {tr: line for table in root.iter("table") for tr, line in _rows(table)}
    for enters, element in _walk(root, rows):
        tag = element.tag
        if element in rows:
            yield kinds[-1], "".join(words)
            yield Kind.ROW, rows[element]
            words = [element.tail or ""]
            continue
        if tag == "br" and enters:
            if ends_line("".join(words), element.tail or ""):
                yield kinds[-1], "".join(words)
                words = []
            else:
                words.append(" ")
        elif tag in _BLOCKS:
            yield kinds[-1], "".join(words)
            words = []
            if enters:
                kinds.append(_kind(tag, kinds[-1]))
            else:
                kinds.pop()
        words.append((element.text if enters else element.tail) or "")
    yield Kind.TEXT, "".join(words)


def _rows(table: HtmlElement) -> Iterator[tuple[HtmlElement, str]]:
    """Yield the rows of a table with their cells on one line, but for those that only lay out.

    Sentences and other tables are laid out in cells; so is text that stands alone in its row,
    where no row of the table has more.
    """
    if next(table.iterdescendants("table"), None) is not None:
        return
    rows = [(row, cells) for row in table.iter("tr") if len(cells := _cells(row)) > 1]
    if any(sum(map(bool, cells)) > 1 for _, cells in rows):
        yield from ((row, " | ".join(cells)) for row, cells in rows if any(cells))


def _cells(row: HtmlElement) -> list[str]:
    """Return the text of each cell of a row on one line; none where one holds a sentence."""
    found: list[str] = []
    for cell in row.iterchildren("td", "th"):
        lines = [" ".join(words.split()) for _, words in _paragraphs(cell) if visible(words)]
        if any(map(is_sentence, lines)):
            return []
        found.append(" ".join(lines))
    return found


def _walk(root: HtmlElement, rows: Container[Any]) -> Iterator[tuple[bool, Any]]:
    """Yield `(True, element)` where an element begins and `(False, element)` where it ends.

    Of an element whose content nobody reads, of a comment and of one of `rows` only the end is
    yielded.
    """
    stack: list[tuple[bool, Any]] = [(True, root)]
    while stack:
        enters, element = stack.pop()
        unseen = not isinstance(element.tag, str) or element.tag in _UNSEEN or element in rows
        if not enters or unseen or (element.tag in _MARKED and _is_note_mark(element)):
            yield False, element
            continue
        yield True, element
        stack.append((False, element))
        stack.extend((True, child) for child in reversed(element))


def _is_note_mark(element: HtmlElement) -> bool:
    """Tell whether an element is the number of a footnote, or the way back from one."""
    named = " ".join(filter(None, map(element.get, ("role", "epub:type", "class", "rel"))))
    if not _NOTE_NAMES.isdisjoint(named.lower().split()):
        return True
    if element.tag != "sup" or _NOTE_NUMBER.fullmatch(element.text_content()) is None:
        return False
    links = [*element.iter("a"), *element.iterancestors("a")]
    return any("#" in (link.get("href") or "") for link in links)


def _kind(tag: str, outer: Kind) -> Kind:
    if tag in _HEADINGS:
        return Kind.HEADING
    if tag == "li":
        return Kind.LIST_ITEM
    return outer if tag in ("p", "div") and outer is Kind.LIST_ITEM else Kind.TEXT


def ends_line(before: str, after: str) -> bool:
    """Tell whether a line break between two texts ends a paragraph."""
    begun, coming = before.rstrip(), after.lstrip()
    return not coming or not begun or begun[-1] in _SENTENCE_END or not coming[0].islower()
