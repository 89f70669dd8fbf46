"""The parts of a Word document: XML in an archive, joined by relationships (ISO/IEC 29500)."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote

from pipeline.errors import SourceError
from pipeline.sources.raw import Raw
from pipeline.sources.xml_tree import local_name, parse_xml
from pipeline.sources.zipped import Zipped

if TYPE_CHECKING:
    from lxml.etree import _Element  # type: ignore[import-untyped]

_MAIN = "word/document.xml"
_KIND = "a Word document"


@dataclass(frozen=True, slots=True)
class Part:
    """One XML part of a package, parsed; `name` is its place in the archive."""

    name: str
    root: _Element


class WordPackage:
    """The parts of a Word document that hold text. `notes` tell of damaged parts."""

    def __init__(self, raw: Raw) -> None:
        """Open a document. Raises SourceError for a file that is none, or is broken."""
        self._archive = Zipped(raw, kind=_KIND)
        self.notes: list[str] = []
        main = next(self._related("", "officeDocument"), _MAIN)
        if main not in self._archive:
            raise SourceError("is a ZIP archive, not a Word document", hint="unpack it")
        self.main = self._part(main)
        if next(self.main.root.iter("{*}body"), None) is None:
            raise SourceError(
                "is an office file without a text", hint="save it as .docx, or copy its text"
            )

    def part(self, kind: str) -> Part | None:
        """Return the part that the text refers to as its `kind`: styles, footnotes, endnotes.

        A part that cannot be read is None, and is told in `notes`.
        """
        return next(self.parts(kind), None)

    def parts(self, kind: str) -> Iterator[Part]:
        """Yield all parts that the text refers to as its `kind`: header, footer."""
        for name in dict.fromkeys(self._related(self.main.name, kind)):
            if name in self._archive:
                try:
                    yield self._part(name)
                except SourceError as error:
                    self.notes.append(f"{name} was left out: {error}")

    def inside(self, relation: str) -> tuple[str, bytes] | None:
        """Return the name and the content of a file that the text refers to by its `relation`."""
        for one in self._relations(self.main.name):
            if one.get("Id") == relation:
                name = self._place(self.main.name, one)
                if name is not None and name in self._archive:
                    return name, self._archive.read(name)
        return None

    def properties(self) -> dict[str, str]:
        """Return what the document says of itself, by the local names of the elements."""
        found: dict[str, str] = {}
        for kind in ("core-properties", "extended-properties", "coreProperties"):
            for name in self._related("", kind):
                if name in self._archive:
                    try:
                        root = self._part(name).root
                    except SourceError as error:
                        self.notes.append(f"{name} was left out: {error}")
                        continue
                    for element in root:
                        if text := " ".join("".join(element.itertext()).split()):
                            found.setdefault(local_name(element), text)
        return found

    def _part(self, name: str) -> Part:
        parsed = parse_xml(self._archive.read(name), what=name)
        if parsed.damaged:
            self.notes.append(parsed.damaged)
        return Part(name, parsed.root)

    def _related(self, name: str, kind: str) -> Iterator[str]:
        """Yield the places of the parts inside the package that a part refers to as `kind`."""
        for relation in self._relations(name):
            if (relation.get("Type") or "").rpartition("/")[2] == kind:
                place = self._place(name, relation)
                if place is not None:
                    yield place

    def _relations(self, name: str) -> Iterator[_Element]:
        folder, _, file = name.rpartition("/")
        relations = posixpath.join(folder, "_rels", f"{file}.rels")
        if relations in self._archive:
            yield from self._part(relations).root.iter("{*}Relationship")

    def _place(self, name: str, relation: _Element) -> str | None:
        """Return the place in the package of what a part refers to; None for one outside."""
        if relation.get("TargetMode") == "External":
            return None
        target = unquote(relation.get("Target") or "")
        folder = posixpath.dirname(name)
        return posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
