"""Electronic books (EPUB 2 and 3): the chapters in the order of the spine, a document each.

A chapter begins with a part of the spine that the table of contents points to, or with any part
where there is no such table; parts between two chapters go on with the one before.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from pipeline.document import Document, Origin, Rejection
from pipeline.errors import SourceError
from pipeline.sources.block import headed, make_document
from pipeline.sources.encoding import Decoded, decode
from pipeline.sources.fragment import body_of, read_fragment
from pipeline.sources.office.epub_package import EpubPackage, Section
from pipeline.sources.plain import outlined
from pipeline.sources.raw import Raw
from pipeline.sources.shown import Shown, laid_out
from pipeline.sources.xml_tree import declared_encoding

_TYPE = b"application/epub+zip"


def is_epub(data: bytes) -> bool:
    """Tell whether content is an electronic book (EPUB 3.3, OCF 4.3)."""
    return data.startswith(b"PK\x03\x04") and _TYPE in data[:200]


def read_epub(raw: Raw) -> Iterator[Document | Rejection]:
    """Yield the chapters of a book; chapter N of FILE is named `FILE#N`.

    A chapter of which a part cannot be read is a rejection. Raises SourceError for a file that is
    no book, is broken or encrypted, or has no text at all.
    """
    package = EpubPackage(raw)
    found = False
    number = 0
    for section in package.sections():
        try:
            chapter = _chapter(package, section, raw.name, str(number + 1))
        except SourceError as error:
            number += 1
            yield Rejection(f"{raw.name}#{number}", "sources", str(error), error.hint)
            continue
        if chapter is not None:
            number += 1
            found = True
            yield chapter
    if not found and not number:
        raise SourceError(
            "has no text in it: its pages are pictures", hint="run it through text recognition"
        )


def _chapter(package: EpubPackage, section: Section, file: str, part: str) -> Document | None:
    """Return a chapter, or None where it is a picture, a blank page or the title page."""
    shown: list[Shown] = []
    encodings: list[str] = []
    for name in section.parts:
        data = package.read(name)
        decoded = _decoded(data)
        encodings.append(decoded.encoding)
        text, blocks = read_fragment(body_of(decoded.text))
        shown += (Shown(text[b.start : b.end], b.kind) for b in blocks)
    text, placed = laid_out(shown)
    if all(text[block.start : block.end] in package.said for block in placed):
        return None
    found = outlined(text, placed)
    title = section.title or found.title
    text, blocks = headed(text, found.blocks, section.title)
    book = package.origin.identifier
    identifier = None if book is None else f"{book}#{section.parts[0]}"
    origin: Origin = replace(package.origin, part=part, identifier=identifier)
    return make_document(
        text,
        blocks,
        name=f"{file}#{part}",
        encoding=encodings[0],
        title=title,
        date=found.date or (origin.published_at or "")[: len("2026-03-01")] or None,
        notes=package.notes,
        origin=origin,
    )


def _decoded(data: bytes) -> Decoded:
    return decode(data, declared=declared_encoding(data)) if data.strip() else Decoded("", "utf-8")
