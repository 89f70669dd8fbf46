"""The text of a Word document, paragraph by paragraph, with the elements that it stands in.

Both the reader and the translation of a document walk here (ISO/IEC 29500-1, WordprocessingML).
Deleted, moved and hidden text, codes of fields and comments are no text.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipeline.document import Kind
from pipeline.sources.office.word_styles import Styles, attribute, child
from pipeline.sources.xml_tree import local_name

if TYPE_CHECKING:
    from lxml.etree import _Element  # type: ignore[import-untyped]

_NO_TEXT_NAMES = (
    "pPr rPr sdtPr sdtEndPr tblPr tblGrid trPr tcPr sectPr smartTagPr customXmlPr oMathParaPr"
    " ctrlPr del moveFrom delText instrText delInstrText rt object annotationRef footnoteRef"
    " endnoteRef"
)
_NO_TEXT = frozenset(_NO_TEXT_NAMES.split())
_CHARACTERS = {"tab": "\t", "ptab": "\t", "cr": "\n", "noBreakHyphen": "\u2011"}
_SHAPES = ("drawing", "pict")
_CONTENTS = ("TOC", "INDEX")
_PAGE_BREAKS = ("page", "column")


@dataclass(frozen=True, slots=True)
class Piece:
    """Characters of a paragraph: the element that they stand in, and the run around it."""

    element: _Element
    run: _Element | None
    text: str


@dataclass(frozen=True, slots=True)
class WordParagraph:
    """A paragraph with its text in pieces.

    `is_open` tells that its end was deleted, so that the next paragraph goes on.
    """

    element: _Element
    kind: Kind
    pieces: tuple[Piece, ...]
    is_title: bool = False
    is_contents: bool = False
    is_open: bool = False

    @property
    def text(self) -> str:
        """The text as it is shown."""
        return "".join(piece.text for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class WordRow:
    """A row of a table: the paragraphs, and files, of each cell."""

    cells: tuple[tuple[WordParagraph | WordChunk, ...], ...]


@dataclass(frozen=True, slots=True)
class WordChunk:
    """A file inside the document whose text stands here; `relation` names it in the package."""

    relation: str


WordItem = WordParagraph | WordRow | WordChunk


@dataclass(slots=True)
class _Paragraph:
    """A paragraph while it is read: its pieces, and the text boxes that hang on it."""

    properties: _Element | None
    pieces: list[Piece] = field(default_factory=list)
    boxes: list[_Element] = field(default_factory=list)


class WordText:
    """Walks through the text of one document; `notes` are the footnotes it refers to, in order.

    A note is the kind of its reference and the id: `("footnote", "2")`.
    """

    def __init__(self, styles: Styles) -> None:
        self._styles = styles
        self._fields: list[str | None] = []  # codes of the open fields; None once a result begins
        self._contents = 0  # open fields that are tables of contents
        self._results: list[bool] = []
        self.notes: dict[tuple[str, str], None] = {}

    def walk(self, container: _Element) -> Iterator[WordItem]:
        """Yield the paragraphs, rows and files of a body, a note or a text box, in order."""
        for element in container:
            name = local_name(element)
            if name == "p":
                yield from self._paragraph(element)
            elif name == "tbl":
                yield from self._table(element)
            elif name == "altChunk":
                yield WordChunk(attribute(element, "id") or "")
            elif name == "AlternateContent":
                chosen = _chosen(element)
                if chosen is not None:
                    yield from self.walk(chosen)
            elif name not in _NO_TEXT and len(element):
                yield from self.walk(element)

    def _table(self, table: _Element) -> Iterator[WordRow]:
        for row in _inside(table, "tr"):
            if child(child(row, "trPr"), "del") is not None:
                continue
            cells = []
            for cell in _inside(row, "tc"):
                if child(child(cell, "tcPr"), "cellDel") is None:
                    cells.append(tuple(_flat(self.walk(cell))))
            yield WordRow(tuple(cells))

    def _paragraph(self, element: _Element) -> Iterator[WordItem]:
        properties = child(element, "pPr")
        read = _Paragraph(properties)
        contents = self._contents
        self._read(element, read, None)
        yield WordParagraph(
            element,
            self._styles.kind(properties),
            tuple(read.pieces),
            is_title=self._styles.is_title(properties),
            is_contents=bool(contents or self._contents) or self._styles.is_contents(properties),
            is_open=child(child(properties, "rPr"), "del") is not None,
        )
        for box in read.boxes:
            yield from self._table(box) if local_name(box) == "tbl" else self.walk(box)

    def _read(self, element: _Element, into: _Paragraph, run: _Element | None) -> None:
        """Add the text in an element to a paragraph."""
        for part in element:
            name = local_name(part)
            if name in ("t", "tab", "ptab", "cr", "br", "noBreakHyphen"):
                self._text(part, name, into, run)
            elif name == "fldChar":
                self._field(attribute(part, "fldCharType"))
            elif name == "instrText" and self._fields and self._fields[-1] is not None:
                self._fields[-1] += part.text or ""
            elif name in ("footnoteReference", "endnoteReference"):
                note = (name.removesuffix("Reference"), attribute(part, "id") or "")
                self.notes.setdefault(note)
            elif name in _SHAPES:
                into.boxes += _boxes(part)
            elif name == "AlternateContent":
                chosen = _chosen(part)
                if chosen is not None:
                    self._read(chosen, into, run)
            elif name == "r":
                if not self._styles.is_hidden(child(part, "rPr"), into.properties):
                    self._read(part, into, part)
            elif name == "tbl":  # in a run: not in the standard, but in files
                into.boxes.append(part)
            elif name not in _NO_TEXT and len(part):
                self._read(part, into, run)

    def _text(self, part: _Element, name: str, into: _Paragraph, run: _Element | None) -> None:
        if any(code is not None for code in self._fields):
            return
        if name == "t":
            text = part.text or ""
        elif name == "br":
            text = " " if attribute(part, "type") in _PAGE_BREAKS else "\n"
        else:
            text = _CHARACTERS[name]
        if text:
            into.pieces.append(Piece(part, run, text))

    def _field(self, kind: str | None) -> None:
        """Follow a field: its code, its result, its end. Fields stand in each other."""
        if kind == "begin":
            self._fields.append("")
            self._results.append(False)
        elif kind == "separate" and self._fields:
            code = self._fields[-1] or ""
            self._fields[-1] = None
            self._results[-1] = code.strip().upper().startswith(_CONTENTS)
            self._contents += self._results[-1]
        elif kind == "end" and self._fields:
            self._fields.pop()
            self._contents -= self._results.pop()


def _chosen(alternatives: _Element) -> _Element | None:
    """Return the first choice of `mc:AlternateContent`, or what stands for the choices."""
    found = child(alternatives, "Choice")
    return found if found is not None else child(alternatives, "Fallback")


def _boxes(element: _Element) -> Iterator[_Element]:
    """Yield the contents of text boxes in a shape, but for those in other boxes."""
    for part in element:
        name = local_name(part)
        if name == "txbxContent":
            yield part
        elif name == "AlternateContent":
            chosen = _chosen(part)
            if chosen is not None:
                yield from _boxes(chosen)
        else:
            yield from _boxes(part)


def _inside(element: _Element, name: str) -> Iterator[_Element]:
    """Yield the rows of a table, or the cells of a row, in whatever wraps them."""
    for part in element:
        if local_name(part) == name:
            yield part
        elif local_name(part) not in ("tbl", "p", "tc", *_NO_TEXT):
            yield from _inside(part, name)


def _flat(items: Iterator[WordItem]) -> Iterator[WordParagraph | WordChunk]:
    """Yield the paragraphs and files of a cell, those of tables in it among them."""
    for item in items:
        if isinstance(item, WordRow):
            for cell in item.cells:
                yield from cell
        else:
            yield item
