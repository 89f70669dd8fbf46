"""Word documents (.docx): the text as it stands once all changes are accepted, then its notes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from pipeline.document import Document, Kind, Origin
from pipeline.errors import SourceError
from pipeline.reason import Reason
from pipeline.sources.office.document import by_lines, office_document, office_row
from pipeline.sources.office.word_chunk import chunk_text
from pipeline.sources.office.word_package import WordPackage
from pipeline.sources.office.word_styles import Styles, attribute
from pipeline.sources.office.word_text import WordChunk, WordItem, WordParagraph, WordRow, WordText
from pipeline.sources.origin import most_exact, names, wording
from pipeline.sources.raw import Raw
from pipeline.sources.shown import Shown


def is_docx(data: bytes) -> bool:
    """Tell whether content is an archive with the main part of a Word document."""
    return data.startswith(b"PK\x03\x04") and b"word/document" in data


def read_docx(raw: Raw) -> Iterator[Document]:
    """Yield a Word document as one document; footnotes and endnotes stand at its end.

    Raises SourceError for a file that is broken, encrypted, or holds no text.
    """
    package = WordPackage(raw)
    items = list(word_items(package))
    shown = list(_shown(items, package, raw))
    title = next((i.text for i in items if isinstance(i, WordParagraph) and i.is_title), "")
    yield office_document(
        shown,
        name=raw.name,
        encoding="docx",
        title=" ".join(title.split()) or None,
        origin=_origin(package.properties()),
        notes=package.notes,
    )


def word_items(package: WordPackage) -> Iterator[WordItem]:
    """Yield the paragraphs and rows of the text, then those of its notes."""
    styles = package.part("styles")
    text = WordText(Styles(None if styles is None else styles.root))
    yield from text.walk(next(package.main.root.iter("{*}body")))
    for kind in ("footnote", "endnote"):
        wanted = [note for of, note in text.notes if of == kind]
        part = package.part(f"{kind}s") if wanted else None
        if part is not None:
            found = {attribute(note, "id"): note for note in part.root.iter(f"{{*}}{kind}")}
            for note in wanted:
                if note in found:
                    yield from text.walk(found[note])


def _shown(items: Iterable[WordItem], package: WordPackage, raw: Raw) -> Iterator[Shown]:
    before = ""  # text of a paragraph whose end was deleted
    for item in items:
        if isinstance(item, WordRow):
            yield from office_row([list(_shown(cell, package, raw)) for cell in item.cells])
            continue
        if isinstance(item, WordChunk):
            yield from _chunk(item, package, raw)
            continue
        text = before + item.text
        before = text if item.is_open else ""
        if not item.is_open:
            removed = Reason.TABLE_OF_CONTENTS if item.is_contents else None
            yield from by_lines(text, item.kind, removed=removed)
    yield Shown(before.strip(), Kind.TEXT)


def _chunk(chunk: WordChunk, package: WordPackage, raw: Raw) -> list[Shown]:
    """Return the text of a file inside the document; one that cannot be read leaves a note."""
    found = package.inside(chunk.relation)
    if found is None:
        package.notes.append("a file that belongs into the document is missing")
        return []
    name, data = found
    left = raw.max_bytes // 2  # a document inside a document, and so on, comes to an end
    try:
        if len(data) > left:
            raise SourceError("is too large", hint="raise sources.max_file_mb")
        return chunk_text(Raw(data, f"{raw.name}/{name}", max_bytes=left), word=read_docx)
    except SourceError as error:
        package.notes.append(f"{name} inside the document was left out: {error}")
        return []


def _origin(properties: Mapping[str, str]) -> Origin:
    """Return the origin that the properties of a document tell.

    The date of its making is left out: it is often that of the template.
    """
    return Origin(
        publisher=wording(properties.get("Company")),
        author=names(properties.get("creator")),
        updated_at=most_exact([properties.get("modified")]),
        identifier=wording(properties.get("identifier")),
        version=wording(properties.get("version")),
        status=wording(properties.get("contentStatus")),
    )
