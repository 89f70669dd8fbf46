"""The package of an electronic book: its spine, its table of contents, its meta data."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote

from pipeline.document import Origin
from pipeline.errors import SourceError
from pipeline.sources.origin import most_exact, names, web_address, wording
from pipeline.sources.raw import Raw
from pipeline.sources.xml_tree import local_name, parse_xml
from pipeline.sources.zipped import Zipped

if TYPE_CHECKING:
    from lxml.etree import _Element  # type: ignore[import-untyped]

_CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"
_TEXTS = ("application/xhtml+xml", "text/html", "application/x-dtbook+xml")
_NO_CHAPTERS = re.compile(r"cover|title-?page|toc|copyright-page|lo[it]|index", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Section:
    """One chapter: the names of its parts in the archive, and its title in the contents."""

    title: str | None
    parts: tuple[str, ...]


class EpubPackage:
    """The parts of one book.

    `origin` is that of the book, `said` are the texts that the book says of itself: its title, the
    names of its authors. `notes` tell of damage.
    """

    def __init__(self, raw: Raw) -> None:
        """Open a book. Raises SourceError for a file that is none, is broken, or is encrypted."""
        self._archive = Zipped(raw, kind="an EPUB book")
        self._notes: list[str] = []
        name = self._package_name()
        self._folder = posixpath.dirname(name)
        self._package = self._parse(name)
        self._manifest = {item.get("id") or "": item for item in self._package.iter("{*}item")}
        if self._is_encrypted():
            raise SourceError(
                "is encrypted: the shop that sold it has locked it (DRM)",
                hint="ask for a copy without the lock",
            )
        self._metadata = self._read_metadata()
        self.said = frozenset(text for texts in self._metadata.values() for text in texts)
        self.origin = self._origin()

    @property
    def notes(self) -> tuple[str, ...]:
        """Remarks on what is damaged, each once."""
        return tuple(dict.fromkeys(self._notes))

    def read(self, name: str) -> bytes:
        """Return a part of the archive. Raises SourceError where it is missing or broken."""
        return self._archive.read(name)

    def sections(self) -> Iterator[Section]:
        """Yield the chapters in the order of the spine.

        Raises SourceError where the spine names no part with text.
        """
        titles = self._contents()
        skipped = self._no_chapters()
        spine = [name for name in self._spine() if name not in skipped] or list(self._spine())
        if not spine:
            raise SourceError("is a book without chapters", hint="download it again")
        parts: list[str] = []
        title: str | None = None
        for name in spine:
            if parts and (not titles or name in titles):
                yield Section(title, tuple(parts))
                parts = []
            if not parts:
                title = titles.get(name)
            parts.append(name)
        yield Section(title, tuple(parts))

    def _package_name(self) -> str:
        if _CONTAINER in self._archive:
            root = self._parse(_CONTAINER)
            for file in root.iter("{*}rootfile"):
                name = _normal(unquote(file.get("full-path") or ""))
                if name in self._archive:
                    return name
        found = next((n for n in self._archive.names if n.lower().endswith(".opf")), None)
        if found is None:
            raise SourceError("is a ZIP archive, not an EPUB book", hint="unpack it")
        return found

    def _parse(self, name: str) -> _Element:
        parsed = parse_xml(self._archive.read(name), what=name)
        if parsed.damaged:
            self._notes.append(parsed.damaged)
        return parsed.root

    def _place(self, href: str | None, folder: str) -> str:
        """Return the name in the archive of what an address leads to, without its fragment."""
        return _normal(posixpath.join(folder, unquote((href or "").partition("#")[0])))

    def _spine(self) -> Iterator[str]:
        """Yield the names of the parts with text, in reading order, each once."""
        seen: set[str] = set()
        for reference in self._package.iter("{*}itemref"):
            item = self._manifest.get(reference.get("idref") or "")
            if item is None or (item.get("media-type") or _TEXTS[0]) not in _TEXTS:
                continue
            name = self._place(item.get("href"), self._folder)
            if name not in seen and "nav" not in (item.get("properties") or "").split():
                seen.add(name)
                yield name

    def _contents(self) -> dict[str, str]:
        """Return the titles in the table of contents by the parts that they lead to."""
        found: dict[str, str] = {}
        for item in self._manifest.values():
            is_nav = "nav" in (item.get("properties") or "").split()
            if not is_nav and item.get("media-type") != "application/x-dtbncx+xml":
                continue
            name = self._place(item.get("href"), self._folder)
            if name not in self._archive:
                continue
            try:
                root = self._parse(name)
            except SourceError as error:
                self._notes.append(f"{name} was left out: {error}")
                continue
            folder = posixpath.dirname(name)
            for href, title in _entries(root, is_nav=is_nav):
                found.setdefault(self._place(href, folder), title)
        return found

    def _no_chapters(self) -> set[str]:
        """Return the parts that the package names as a cover, a title page, or the contents."""
        found: set[str] = set()
        for reference in self._package.iter("{*}reference"):
            if _NO_CHAPTERS.fullmatch(reference.get("type") or ""):
                found.add(self._place(reference.get("href"), self._folder))
        return found

    def _is_encrypted(self) -> bool:
        """Tell whether a part of the text is encrypted; fonts often are, and are not read."""
        if _ENCRYPTION not in self._archive:
            return False
        texts = {
            self._place(item.get("href"), self._folder)
            for item in self._manifest.values()
            if item.get("media-type") in _TEXTS
        }
        return any(
            _normal(unquote(reference.get("URI") or "")) in texts
            for reference in self._parse(_ENCRYPTION).iter("{*}CipherReference")
        )

    def _read_metadata(self) -> dict[str, list[str]]:
        """Return the texts of the meta data by their property, or by the name of the element."""
        found: dict[str, list[str]] = {}
        for meta in self._package.iter("{*}metadata"):
            for element in meta.iter():
                text = " ".join((element.text or "").split())
                if text:
                    name = element.get("property") or local_name(element)
                    found.setdefault(name, []).append(text)
        return found

    def _origin(self) -> Origin:
        found = self._metadata
        return Origin(
            url=next(filter(None, map(web_address, found.get("source", ()))), None),
            publisher=wording(next(iter(found.get("publisher", ())), None)),
            author=names(found.get("creator", [])),
            published_at=most_exact(found.get("date", ())[:1]),
            updated_at=most_exact(found.get("dcterms:modified", ())),
            identifier=wording(next(iter(found.get("identifier", ())), None)),
        )


def _entries(root: _Element, *, is_nav: bool) -> Iterator[tuple[str, str]]:
    """Yield the address and the title of each entry of a table of contents."""
    if not is_nav:  # EPUB 2
        for point in root.iter("{*}navPoint"):
            label = next(point.iterchildren("{*}navLabel"), None)
            content = next(point.iterchildren("{*}content"), None)
            title = "" if label is None else " ".join("".join(label.itertext()).split())
            if title and content is not None:
                yield content.get("src") or "", title
        return
    for nav in root.iter("{*}nav"):
        kind = next((v for k, v in nav.items() if k.endswith("}type")), "toc")
        if kind == "toc":
            for link in nav.iter("{*}a"):
                if title := " ".join("".join(link.itertext()).split()):
                    yield link.get("href") or "", title


def _normal(name: str) -> str:
    return posixpath.normpath(posixpath.join("/", name)).lstrip("/")
