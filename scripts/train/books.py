"""Pages of books in two languages, paragraph beside paragraph: Mallard, DocBook, HTML.

Translated books are made from the English page by message, so that a page has the same paragraphs
in every language as long as both are of one version. A page whose sequence of paragraphs differs is
read by its sections with names (ids); of those the ones that differ are left out.
"""

from __future__ import annotations

import html.entities
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from lxml import etree
from lxml import html as lxml_html

_BLOCK_NAMES = (
    "p para simpara title desc term h1 h2 h3 h4 h5 h6 li dt dd td th caption figcaption item"
    " entry member"
)
_HEADING_NAMES = "title h1 h2 h3 h4 h5 h6 term dt th"
_LEFT_OUT_NAMES = (
    "script style nav head screen programlisting pre indexterm remark sect1info"
    " bookinfo articleinfo chapterinfo info literallayout synopsis cmdsynopsis authorgroup address"
    " header footer shortcut media inlinemediaobject mediaobject graphic footnote"
)
_BLOCKS = frozenset(_BLOCK_NAMES.split())
_HEADINGS = frozenset(_HEADING_NAMES.split())
_LEFT_OUT = frozenset(_LEFT_OUT_NAMES.split())
# Between the parts of these, pages show a mark that is not in their text.
_JOINED = {"keyseq": "+", "keycombo": "+", "menuchoice": " → ", "guiseq": " → "}
_OTHER_SYSTEM = "MAC"  # LibreOffice's help has the words of two systems, and shows those of one
_XML = frozenset({"amp", "lt", "gt", "quot", "apos"})
_LOST = "\ufffc"  # stands for what only the publisher's files spell out
_DOCTYPE = re.compile(r"<\?xml[^>]*\?>|<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>", re.DOTALL)
_ENTITY = re.compile(r"&([A-Za-z][\w.-]*);")


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph or heading of a page: its element, the section it stands in, its text."""

    element: str
    section: str
    text: str

    @property
    def is_heading(self) -> bool:
        """Tell whether it is a title or a term, no sentence."""
        return self.element in _HEADINGS


def blocks_of(text: str, *, is_html: bool) -> list[Block]:
    """Return the paragraphs of a page in their order; raises ValueError if it cannot be parsed.

    Mark-up inside a paragraph goes, its words stay; code, credits and navigation are left out.
    """
    text = _DOCTYPE.sub("", text)
    if is_html:
        root = lxml_html.document_fromstring(text) if text.strip() else None
    else:
        text = _ENTITY.sub(_entity, text)
        parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True)
        root = etree.fromstring(f"<pages>{text}</pages>".encode(), parser)
    if root is None:
        raise ValueError("no page")
    found: list[tuple[str, str, list[str]]] = []
    _walk(root, "", None, found)
    blocks = (Block(name, section, " ".join("".join(t).split())) for name, section, t in found)
    return [block for block in blocks if block.text]


def _entity(match: re.Match[str]) -> str:
    name = match[1]
    if name in _XML:
        return match[0]
    if name in html.entities.name2codepoint:
        return chr(html.entities.name2codepoint[name])
    # KDE's pages call each program by an entity of its name; other entities may be phrases.
    return name.capitalize() if name.isalpha() and name.islower() else _LOST


def _walk(
    element: etree._Element, section: str, text: list[str] | None,
    found: list[tuple[str, str, list[str]]],
) -> None:  # fmt: skip
    if not isinstance(element.tag, str):
        return
    name = etree.QName(element).localname.lower()
    if name in _LEFT_OUT or element.get("class") == _OTHER_SYSTEM:
        return
    section = element.get("id") or section
    if name in _BLOCKS:
        text = []
        found.append((name, section, text))
    elif name == "br" and text is not None:
        text.append(" ")
    if text is not None:
        text.append(element.text or "")
    for place, child in enumerate(element):
        if text is not None and place and name in _JOINED:
            text.append(_JOINED[name])
        _walk(child, section, text, found)
        if text is not None:
            text.append(child.tail or "")


def aligned(source: list[Block], english: list[Block]) -> Iterator[tuple[Block, Block]]:
    """Yield the paragraphs of two pages that are translations of each other by their places.

    1. Pages with the same sequence of elements are paired from the first to the last.
    2. Else sections with the same name and sequence are.
    """
    if _shape(source) == _shape(english):
        yield from zip(source, english, strict=True)
        return
    ours, theirs = _sections(source), _sections(english)
    for name, blocks in ours.items():
        if name and _shape(blocks) == _shape(others := theirs.get(name, [])):
            yield from zip(blocks, others, strict=True)


def _shape(blocks: Iterable[Block]) -> list[str]:
    return [block.element for block in blocks]


def _sections(blocks: Iterable[Block]) -> dict[str, list[Block]]:
    sections: dict[str, list[Block]] = {}
    for block in blocks:
        sections.setdefault(block.section, []).append(block)
    return sections


def read_page(path: Path, english: Path, *, is_html: bool) -> Iterator[tuple[Block, Block]]:
    """Yield the aligned paragraphs of a page and its English; ValueError names what is no page."""
    pages = []
    for file in (path, english):
        try:
            pages.append(blocks_of(file.read_text(encoding="utf-8"), is_html=is_html))
        except (UnicodeDecodeError, ValueError, etree.LxmlError) as error:
            raise ValueError(f"{file}: {error}") from error
    yield from aligned(*pages)
