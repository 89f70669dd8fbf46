"""Word documents translated in their format: the code between two texts goes where the texts go.

The source of the skeleton is the XML of all parts with text, one behind the other. Parts without
text, such as pictures and styles, come out byte for byte.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from html import unescape
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from pipeline.document import Kind
from pipeline.errors import SourceError
from pipeline.place import Span
from pipeline.sources.office.word_package import Part, WordPackage
from pipeline.sources.office.word_styles import Styles
from pipeline.sources.office.word_text import WordItem, WordParagraph, WordRow, WordText
from pipeline.sources.raw import Raw
from pipeline.translation.docx_runs import MARK, RunParagraph, accept_changes, run_paragraph
from pipeline.translation.html_text import Piece, add_text
from pipeline.translation.inline_builder import InlineBuilder
from pipeline.translation.skeleton import Break, Skeleton, Unit, has_letters

if TYPE_CHECKING:
    from lxml.etree import _Element  # type: ignore[import-untyped]

_BETWEEN = "\0"  # no XML has it
_NOTES = ("footnotes", "endnotes", "header", "footer")
_ENTITY = re.compile(r"&[^;]{1,10};")
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # in XML 1.0


@dataclass(frozen=True, slots=True)
class WordFile:
    """A Word document that is translated: its skeleton, and the parts that the skeleton is of."""

    skeleton: Skeleton
    data: bytes
    parts: tuple[str, ...]


def word_file(raw: Raw) -> WordFile:
    """Return a Word document with its skeleton: paragraphs of text, notes, headers and footers.

    Raises SourceError for a file that is no Word document, is broken, or holds no text.
    """
    package = WordPackage(raw)
    styles = package.part("styles")
    looks = Styles(None if styles is None else styles.root)
    parts = [package.main, *(part for kind in _NOTES for part in package.parts(kind))]
    codes: list[str] = []
    units: list[Unit] = []
    at = 0
    for part in parts:
        code, found = _part(part, looks, at=at)
        codes.append(code)
        units += found
        at += len(code) + len(_BETWEEN)
    if not units:
        raise SourceError("holds no paragraph of text", hint="look at the file")
    changed = any(True for _ in package.main.root.iter("{*}ins", "{*}del"))
    remarks = [*package.notes, *(["all changes are accepted"] if changed else [])]
    skeleton = Skeleton(raw.name, _BETWEEN.join(codes), tuple(units), tuple(remarks))
    return WordFile(skeleton, raw.data, tuple(part.name for part in parts))


def rebuilt(file: WordFile, text: str, *, target: str) -> bytes:
    """Return a Word document with its parts translated; `text` is the translated skeleton.

    The language for the spelling check becomes `target`.
    """
    from lxml import etree  # type: ignore[import-untyped]

    new = {}
    for name, code in zip(file.parts, text.split(_BETWEEN), strict=True):
        root = etree.fromstring(code.encode("utf-8"))
        _tidied(root, target)
        new[name] = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    written = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(file.data)) as source,
        zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as out,
    ):
        for entry in source.infolist():
            data = new.get(entry.filename)
            out.writestr(entry, source.read(entry) if data is None else data)
    return written.getvalue()


def _part(part: Part, styles: Styles, *, at: int) -> tuple[str, list[Unit]]:
    """Return the code of a part and its units; `at` is where the code begins in the skeleton."""
    from lxml import etree

    accept_changes(part.root)
    paragraphs = list(_paragraphs(WordText(styles).walk(part.root)))
    runs = {p.element: found for p in paragraphs if (found := run_paragraph(p)) is not None}
    kinds = {p.element: p.kind for p in paragraphs}
    # A shape stands twice, for new and for old readers; the second is translated as well.
    spare = [e for e in part.root.iter("{*}txbxContent") if not any(p in runs for p in e)]
    for box in spare:
        for paragraph in _paragraphs(WordText(styles).walk(box)):
            if paragraph.element not in runs and (found := run_paragraph(paragraph)) is not None:
                runs[paragraph.element] = found
                kinds[paragraph.element] = paragraph.kind
    marked = etree.tostring(part.root, encoding="unicode")
    code, places = _places(marked)
    order = iter(places)
    spans: dict[_Element, Span] = {}
    for element in part.root.iter("{*}t"):
        if (element.text or "").startswith(MARK):
            start, end = next(order)
            spans[element] = Span(at + start, at + end)
    units = []
    for element, found in runs.items():
        unit = _unit(found, kinds[element], spans, code, at=at)
        if unit is not None:
            units.append(unit)
    return code, _nested(sorted(units, key=lambda u: (u.span.start, -u.span.end)))


def _paragraphs(items: Iterator[WordItem]) -> Iterator[WordParagraph]:
    for item in items:
        if isinstance(item, WordParagraph):
            yield item
        elif isinstance(item, WordRow):
            for cell in item.cells:
                yield from (part for part in cell if isinstance(part, WordParagraph))


def _places(marked: str) -> tuple[str, list[tuple[int, int]]]:
    """Return code without its marks, and the places of the texts that stood between marks."""
    pieces = marked.split(MARK)
    places = []
    at = 0
    for number, piece in enumerate(pieces):
        if number % 2:
            places.append((at, at + len(piece)))
        at += len(piece)
    return "".join(pieces), places


def _unit(
    paragraph: RunParagraph, kind: Kind, spans: dict[_Element, Span], code: str, *, at: int
) -> Unit | None:
    """Return the unit of a paragraph, or None where no letter stands in it."""
    builder = InlineBuilder()
    texts = paragraph.texts
    before: Span | None = None
    is_open = False
    shown = ""
    for number, text in enumerate(texts):
        span = spans[text.element]
        gap = None if before is None else Span(before.end, span.start)
        is_base = text.look == paragraph.base
        name = "span" if text.look.is_free else "a"
        if gap is not None:
            if is_open and (is_base or not text.look.goes_on(texts[number - 1].look)):
                builder.close("span" if texts[number - 1].look.is_free else "a", gap)
                is_open = False
            elif not is_base and not is_open:
                builder.open(name, gap)
                is_open = True
            else:
                builder.add(Break(gap))
        pieces = list(_pieces(code[span.start - at : span.end - at], span.start))
        shown += "".join(piece for piece, _ in pieces)
        add_text(builder, pieces)
        before = span
    if before is None or not has_letters(shown):
        return None
    whole = Span(spans[texts[0].element].start, before.end)
    return Unit(whole, builder.finish(), kind, _written)


def _pieces(code: str, start: int) -> Iterator[Piece]:
    """Yield the characters of a text as they are shown, each stretch with its place."""
    at = 0
    for entity in _ENTITY.finditer(code):
        if at < entity.start():
            yield code[at : entity.start()], Span(start + at, start + entity.start())
        yield unescape(entity.group()), Span(start + entity.start(), start + entity.end())
        at = entity.end()
    if at < len(code):
        yield code[at:], Span(start + at, start + len(code))


def _written(text: str) -> str:
    return escape(_FORBIDDEN.sub("", text))


def _nested(units: Sequence[Unit]) -> list[Unit]:
    """Return units with those inside the code of another, in a text box, as its inner ones."""
    found: list[Unit] = []
    for unit in units:
        if found and unit.span.end <= found[-1].span.end:
            found[-1] = replace(found[-1], inner=(*found[-1].inner, unit))
        else:
            found.append(unit)
    return found


def _tidied(root: _Element, target: str) -> None:
    """Take empty runs out, and name the language of the text."""
    from babel.core import get_global

    likely = get_global("likely_subtags").get(target, target).split("_")
    language = f"{likely[0]}-{likely[-1]}" if len(likely) > 1 else target
    for run in list(root.iter("{*}r")):
        parts = [part for part in run if not part.tag.endswith("}rPr")]
        if parts and all(part.tag.endswith("}t") and not part.text for part in parts):
            run.getparent().remove(run)
    for element in root.iter("{*}lang"):
        for key, _ in element.items():
            if key.endswith("}val"):
                element.set(key, language)
