"""The body of a wire in XML, NITF's own or XHTML, as blocks of text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.entities import html5
from typing import TYPE_CHECKING

from pipeline.document import Kind
from pipeline.sources.xml_tree import local_name

if TYPE_CHECKING:
    from lxml.etree import _Element  # type: ignore[import-untyped]

_HEADINGS = frozenset(("hl1", "hl2", "h1", "h2", "h3", "h4", "h5", "h6", "caption", "hedline"))
_BLOCKS = _HEADINGS | frozenset((
    "p", "bq", "block", "blockquote", "body", "body.head", "body.content", "body.end", "div",
    "section", "article", "main", "header", "ul", "ol", "dl", "li", "dt", "dd", "pre", "table",
    "thead", "tbody", "tfoot", "tr", "fn", "lede", "abstract", "hr", "note", "aside", "address",
    "nitf-table", "credit", "datasource",
))  # fmt: skip
# Pictures and their captions, a program's data, notices to the desk.
_UNSEEN = frozenset((
    "media", "figure", "script", "style", "head", "object", "svg", "math", "audio", "video", "img",
    "iframe", "template", "custom-table", "nitf-table-metadata", "nitf-col", "nitf-colgroup",
    "col", "colgroup", "byline", "dateline", "distributor", "tagline", "bibliography", "copyrite",
))  # fmt: skip
_CELLS = frozenset(("td", "th"))
_BREAKS = frozenset(("br", "hr"))
_SPACES = re.compile(r"[ \t\n\r\f]+")  # a no-break space is text


def line_of(element: _Element | None) -> str | None:
    """Return all text in an element, inline elements included, on one line; None for none."""
    if element is None:
        return None
    return _SPACES.sub(" ", "".join(element.itertext())).strip() or None


def replace_entities(root: _Element) -> None:
    """Put letters in the place of HTML's entities, `&eacute;`, which NITF's DTD defines.

    A DTD is never read, and entities that a document defines for itself are left as they stand.
    """
    from lxml import etree  # type: ignore[import-untyped]

    for entity in list(root.iter(etree.Entity)):
        letters = html5.get(f"{entity.name};")
        if letters is None:
            continue
        text = letters + (entity.tail or "")
        before, parent = entity.getprevious(), entity.getparent()
        if before is None:
            parent.text = (parent.text or "") + text
        else:
            before.tail = (before.tail or "") + text
        parent.remove(entity)


def blocks_of(root: _Element) -> Iterator[tuple[Kind, str]]:
    """Yield the blocks in an element in reading order, each on one line."""
    words: list[str] = []
    kinds = [Kind.TEXT]
    for enters, element in _walk(root):
        name = local_name(element)
        if name in _BLOCKS:
            if line := _line(words, kinds[-1]):
                yield kinds[-1], line
            words = []
            if enters:
                kinds.append(_kind(name, kinds[-1]))
            else:
                kinds.pop()
        elif name in _CELLS and enters and words:
            words.append("|")
        elif name in _BREAKS:
            words.append(" ")
        if not enters and not name:  # an entity that nobody knows
            words.append(element.text or "")
        words.append((element.text if enters else element.tail) or "")
    if line := _line(words, Kind.TEXT):
        yield Kind.TEXT, line


def _line(words: list[str], kind: Kind) -> str:
    text = "".join(words)
    if kind is Kind.ROW:
        cells = [_SPACES.sub(" ", cell).strip() for cell in text.split("|")]
        return " | ".join(cells) if any(cells) else ""
    return _SPACES.sub(" ", text).strip()


def _kind(name: str, outer: Kind) -> Kind:
    if name in _HEADINGS:
        return Kind.HEADING
    if name in ("li", "dd"):
        return Kind.LIST_ITEM
    if name == "tr":
        return Kind.ROW
    return outer if name in ("p", "div") and outer in (Kind.LIST_ITEM, Kind.ROW) else Kind.TEXT


def _walk(root: _Element) -> Iterator[tuple[bool, _Element]]:
    """Yield `(True, element)` where an element begins and `(False, element)` where it ends.

    Of an element whose content is no part of the text only the end is yielded. The text behind
    `root` is none of it.
    """
    stack: list[tuple[bool, _Element]] = [(True, child) for child in reversed(root)]
    yield True, root
    while stack:
        enters, element = stack.pop()
        name = local_name(element)
        if enters and name and name not in _UNSEEN:
            yield True, element
            stack.append((False, element))
            stack.extend((True, child) for child in reversed(element))
        else:
            yield False, element
