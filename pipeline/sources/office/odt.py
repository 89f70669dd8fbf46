"""OpenDocument texts (.odt, .fodt; ISO/IEC 26300): the text without deletions, then its notes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipeline.document import Document, Kind, Origin
from pipeline.errors import SourceError
from pipeline.reason import Reason
from pipeline.sources.office.document import by_lines, office_document, office_row
from pipeline.sources.office.odt_styles import OdtStyles, attribute
from pipeline.sources.origin import most_exact, names, wording
from pipeline.sources.raw import Raw
from pipeline.sources.shown import Shown
from pipeline.sources.xml_tree import Parsed, local_name, parse_xml, root_name
from pipeline.sources.zipped import Zipped

if TYPE_CHECKING:
    from lxml.etree import _Element  # type: ignore[import-untyped]

_TYPE = b"application/vnd.oasis.opendocument.text"
_FLAT = "office:document"
_NO_TEXT_NAMES = (
    "tracked-changes annotation annotation-end sequence-decls forms variable-decls ruby-text"
    " user-field-decls dde-connection-decls note-citation title desc bookmark-start script"
    " hidden-paragraph hidden-text index-title-template table-of-content-source"
)
_NO_TEXT = frozenset(_NO_TEXT_NAMES.split())
_LISTED = frozenset(("list-item", "list-header"))
_INDEXES = frozenset((
    "table-of-content", "alphabetical-index", "illustration-index", "table-index", "object-index",
    "user-index",
))  # fmt: skip
_MOST_SPACES = 1000  # in one `text:s`, whose count may be any number


def is_odt(data: bytes) -> bool:
    """Tell whether content is an OpenDocument text, in an archive or flat."""
    return _TYPE in data[:200] or root_name(data) == _FLAT


def read_odt(raw: Raw) -> Iterator[Document]:
    """Yield an OpenDocument text as one document; footnotes and endnotes stand at its end.

    Raises SourceError for a file that is broken, encrypted, or holds no text.
    """
    content, styles, meta = _parts(raw)
    notes = [part.damaged for part in (content, styles, meta) if part is not None]
    body = next(content.root.iter("{*}text"), None)
    if body is None:
        raise SourceError("is no text document", hint="save it as .odt, or copy its text")
    roots = [part.root for part in (styles, content) if part is not None]
    reader = _OdtReader(OdtStyles(roots))
    shown = [*reader.walk(body), *reader.notes()]
    yield office_document(
        shown,
        name=raw.name,
        encoding="odt",
        title=reader.title,
        origin=_origin(meta.root if meta is not None else content.root),
        notes=notes,
    )


def _parts(raw: Raw) -> tuple[Parsed, Parsed | None, Parsed | None]:
    """Return the content of a document, its styles and its meta data."""
    if raw.data.lstrip()[:1] == b"<" or root_name(raw.data) == _FLAT:
        return parse_xml(raw.data, what="the document"), None, None
    archive = Zipped(raw, kind="an OpenDocument text")
    if "content.xml" not in archive:
        raise SourceError("is a ZIP archive, not an OpenDocument text", hint="unpack it")
    manifest = "META-INF/manifest.xml"
    if manifest in archive and b"encryption-data" in archive.read(manifest):
        raise SourceError("is encrypted", hint="save a copy without the password")
    found = [
        parse_xml(archive.read(name), what=name) if name in archive else None
        for name in ("content.xml", "styles.xml", "meta.xml")
    ]
    if found[0] is None:
        raise SourceError("has no text in it", hint="open it in its program and save it anew")
    return found[0], found[1], found[2]


@dataclass(slots=True)
class _Line:
    """A paragraph while it is read: its text, and the boxes that hang on it."""

    text: list[str] = field(default_factory=list)
    boxes: list[_Element] = field(default_factory=list)


class _OdtReader:
    """Walks through one text. `title` is the one that the document marks as such."""

    def __init__(self, styles: OdtStyles) -> None:
        self._styles = styles
        self._notes: list[_Element] = []
        self.title: str | None = None

    def walk(
        self, container: _Element, *, listed: bool = False, contents: bool = False
    ) -> Iterator[Shown]:
        """Yield the paragraphs in an element, in reading order."""
        for element in container:
            name = local_name(element)
            if name in ("p", "h"):
                yield from self._paragraph(element, name, listed=listed, contents=contents)
            elif name == "table":
                yield from self._table(element)
            elif name == "section" and attribute(element, "display") == "none":
                continue
            elif name not in _NO_TEXT and len(element):
                yield from self.walk(
                    element,
                    listed=listed or name in _LISTED,
                    contents=contents or name in _INDEXES,
                )

    def notes(self) -> Iterator[Shown]:
        """Yield the notes that the text refers to, which may refer to others."""
        for note in self._notes:  # grows meanwhile
            for body in note.iterchildren("{*}note-body"):
                yield from self.walk(body)

    def _table(self, table: _Element) -> Iterator[Shown]:
        for row in _inside(table, "table-row"):
            yield from office_row([list(self.walk(cell)) for cell in _inside(row, "table-cell")])

    def _paragraph(
        self, element: _Element, name: str, *, listed: bool, contents: bool
    ) -> Iterator[Shown]:
        style = attribute(element, "style-name")
        heads = name == "h" or self._styles.is_heading(style)
        kind = Kind.HEADING if heads else Kind.LIST_ITEM if listed else Kind.TEXT
        line = _Line()
        if not self._styles.is_hidden(style):
            self._read(element, line)
        text = "".join(line.text)
        if self.title is None and self._styles.is_title(style):
            self.title = " ".join(text.split()) or None
        yield from by_lines(text, kind, removed=Reason.TABLE_OF_CONTENTS if contents else None)
        for box in line.boxes:
            yield from self.walk(box, listed=listed)

    def _read(self, element: _Element, into: _Line) -> None:
        into.text.append(_collapsed(element.text, after="".join(into.text[-1:])))
        for part in element:
            name = local_name(part)
            if name == "s":
                count = attribute(part, "c") or "1"
                into.text.append(" " * min(int(count) if count.isdecimal() else 1, _MOST_SPACES))
            elif name == "tab":
                into.text.append("\t")
            elif name == "line-break":
                into.text.append("\n")
            elif name == "note":
                self._notes.append(part)
            elif name in ("frame", "text-box", "custom-shape", "rect", "g", "ellipse"):
                into.boxes.append(part)
            elif name == "span" and self._styles.is_hidden(attribute(part, "style-name")):
                pass
            elif name not in _NO_TEXT:
                self._read(part, into)
            into.text.append(_collapsed(part.tail, after="".join(into.text[-1:])))


def _collapsed(text: str | None, *, after: str) -> str:
    """Return text with its whitespace as one space, none behind another (ODF 1.3, 6.1.2)."""
    if not text:
        return ""
    words = " ".join(text.split())
    lead = " " if text[0].isspace() and not after.endswith((" ", "\n")) else ""
    trail = " " if words and text[-1].isspace() else ""
    return lead + words + trail


def _inside(element: _Element, name: str) -> Iterator[_Element]:
    """Yield the rows of a table, or the cells of a row, in whatever groups them."""
    for part in element:
        if local_name(part) == name:
            yield part
        elif local_name(part) not in ("table", "p", "h", "table-cell", *_NO_TEXT):
            yield from _inside(part, name)


def _origin(root: _Element) -> Origin:
    """Return the origin that the meta data of a document tells.

    The date of its making is left out: it is often that of the template.
    """
    found: dict[str, str] = {}
    meta = next(root.iter("{*}meta"), root)
    for element in meta.iterchildren():
        found.setdefault(local_name(element), " ".join("".join(element.itertext()).split()))
    return Origin(
        author=names(found.get("initial-creator") or found.get("creator")),
        publisher=wording(found.get("publisher")),
        updated_at=most_exact([found.get("date")]),
        identifier=wording(found.get("identifier")),
    )
