"""Short paragraphs that repeat: headings, list items, one-liners.

The same few words may stand in a hundred documents and mean something in each. So a short
paragraph goes only together with what is around it: when it says the title again at the top, when
the block it belongs to is repeated inside the document, or when all the running text of its
document is a copy and the document that carries it has the same line.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from pipeline.document import Document, Kind, Paragraph, Removal
from pipeline.lang.function_words import words
from pipeline.lang.normalise import normalise
from pipeline.place import Place
from pipeline.reason import Reason

_MIN_LETTERS = 40
_MIN_WORDS = 6
_HEADLINE_WORDS = 20
_SURELY_LONG = 500  # characters; saves counting
_TOP = 4  # a title printed twice stands among so many first paragraphs
_FULL_STOP = re.compile(r"[.!?…]['\"»”’)\]]*$")


def is_short(paragraph: Paragraph) -> bool:
    """Tell whether a paragraph is a heading, or too short or too like a headline to be compared."""
    if paragraph.kind is Kind.HEADING:
        return True
    text = paragraph.text.rstrip()
    if len(text) > _SURELY_LONG:
        return False
    count = len(words(text))
    return (
        count < _MIN_WORDS
        or (count <= _HEADLINE_WORDS and _FULL_STOP.search(text) is None)
        or sum(map(str.isalpha, text)) < _MIN_LETTERS
    )


def has_words(paragraph: Paragraph) -> bool:
    """Tell whether a paragraph that is short only for want of a full stop could be a sentence."""
    return (
        paragraph.kind is not Kind.HEADING
        and len(words(paragraph.text)) >= _MIN_WORDS
        and sum(map(str.isalpha, paragraph.text)) >= _MIN_LETTERS
    )


def remove_short_repeats(documents: Sequence[Document], *, stage: str) -> list[Document]:
    """Return the documents with their short repeats marked; a note where all text is a copy.

    The long paragraphs are expected to be marked already.
    """
    inside = repeats_inside(documents, stage=stage)
    wanted = {name for d in inside for name in carriers_of(d, stage=stage)}
    lines = {d.name: short_lines(d) for d in inside if d.name in wanted}
    return [carried(document, lines, stage=stage) for document in inside]


def repeats_inside(documents: Sequence[Document], *, stage: str) -> list[Document]:
    """Return the documents with the short repeats marked that each of them tells alone."""
    return [_inside(document, stage=stage) for document in documents]


@dataclass(frozen=True, slots=True)
class ShortLine:
    """A short paragraph that stands, and where."""

    text: str
    place: Place


def short_lines(document: Document) -> tuple[ShortLine, ...]:
    """Return the short paragraphs of a document that stand, which a copy of it may repeat."""
    return tuple(
        _line(document, p)
        for p in document.paragraphs
        if p.removal is None and is_short(p) and p.kind not in (Kind.CODE, Kind.ROW)
    )


@dataclass(slots=True)
class _Page:
    """The paragraphs of a document that take part, by position, and what repeats what."""

    paragraphs: list[Paragraph]
    short: list[bool]
    keys: list[str | None]  # of the short ones
    twin: dict[int, int] = field(default_factory=dict)  # repeated position -> first position


def _inside(document: Document, *, stage: str) -> Document:
    page = _page(document, stage=stage)
    found: dict[int, int] = {}
    _title_again(page, found)
    _leading(page, found)
    _following(page, found)
    if not found:
        return document
    removals = {
        page.paragraphs[at].index: _removal(
            page.paragraphs[at], _line(document, page.paragraphs[first]), stage=stage
        )
        for at, first in found.items()
    }
    return _with(document, removals)


def _page(document: Document, *, stage: str) -> _Page:
    paragraphs = [
        p
        for p in document.paragraphs
        if p.kind not in (Kind.CODE, Kind.ROW) and (p.removal is None or p.removal.stage == stage)
    ]
    short = [p.removal is None and is_short(p) for p in paragraphs]
    page = _Page(
        paragraphs=paragraphs,
        short=short,
        keys=[normalise(p.text) if s else None for p, s in zip(paragraphs, short, strict=True)],
    )
    positions = {p.index: at for at, p in enumerate(paragraphs)}
    first: dict[tuple[str, int], int] = {}
    for at, paragraph in enumerate(paragraphs):
        kept = paragraph.removal.kept if paragraph.removal is not None else None
        if kept is None:
            continue
        if kept.document == document.name:
            page.twin[at] = positions[kept.paragraph]
            continue
        # Two copies of one text elsewhere: here the second repeats the first.
        earlier = first.setdefault((kept.document, kept.paragraph), at)
        if earlier != at:
            page.twin[at] = earlier
    return page


def _title_again(page: _Page, found: dict[int, int]) -> None:
    for at in range(1, min(_TOP, len(page.keys))):
        for first in range(at):
            if page.short[at] and page.short[first] and page.keys[at] == page.keys[first]:
                found[at] = first
                break


def _leading(page: _Page, found: dict[int, int]) -> None:
    """Find repeated headings above a repeated paragraph, from the bottom up."""
    for at in range(len(page.keys) - 2, 0, -1):
        below = page.twin.get(at + 1, found.get(at + 1))
        if below is not None:
            _match(page, found, at, below - 1)


def _following(page: _Page, found: dict[int, int]) -> None:
    """Find repeated list items and one-liners below a repeated paragraph.

    A line that may head the next paragraph is left alone.
    """
    for at in range(1, len(page.keys)):
        above = page.twin.get(at - 1, found.get(at - 1))
        paragraph = page.paragraphs[at]
        closes = (
            at + 1 == len(page.keys)
            or paragraph.kind is Kind.LIST_ITEM
            or (paragraph.kind is Kind.TEXT and _FULL_STOP.search(paragraph.text) is not None)
        )
        if above is not None and closes:
            _match(page, found, at, above + 1)


def _match(page: _Page, found: dict[int, int], at: int, first: int) -> None:
    if (
        page.short[at]
        and at not in found
        and 0 <= first < at
        and first not in found
        and page.short[first]
        and page.keys[first] == page.keys[at]
    ):
        found[at] = first


def carriers_of(document: Document, *, stage: str) -> list[str]:
    """Return the names of the documents that carry all running text of a document; often none."""
    return _carriers(document, _page(document, stage=stage))


def _carriers(document: Document, page: _Page) -> list[str]:
    text_left = any(
        p.removal is None and not short
        for p, short in zip(page.paragraphs, page.short, strict=True)
    )
    carriers = {
        p.removal.kept.document
        for p in page.paragraphs
        if p.removal is not None and p.removal.kept is not None
    }
    return [] if text_left else sorted(carriers - {document.name})


def carried(
    document: Document, lines_of: Mapping[str, Sequence[ShortLine]], *, stage: str
) -> Document:
    """Mark the short lines of a document whose running text is all carried by others.

    `lines_of` has the short lines of its carriers; one of an earlier night is not here to be looked
    at.

    1. A document with running text left, or without a carrier, stays as it is.
    2. A short line that a carrier has as well is removed.
    3. A note names the carriers, and says where a line that differs is kept.
    """
    page = _page(document, stage=stage)
    carriers = _carriers(document, page)
    if not carriers:
        return document
    lines: dict[str, ShortLine] = {}
    for line in (line for name in carriers for line in lines_of.get(name, ())):
        lines.setdefault(normalise(line.text), line)
    removals = {}
    for paragraph, key, short in zip(page.paragraphs, page.keys, page.short, strict=True):
        if short and key is not None and key in lines:
            removals[paragraph.index] = _removal(paragraph, lines[key], stage=stage)
    done = _with(document, removals)
    left = sum(p.removal is None for p in done.paragraphs)
    differing = "1 short line" if left == 1 else f"{left} short lines"
    said = "all of its text is a copy" + (f" except {differing}, kept" if left else "")
    note = f"{said}; it is carried by {', '.join(carriers)}"
    return replace(done, notes=(*document.notes, note))


def _line(document: Document, paragraph: Paragraph) -> ShortLine:
    place = Place(document.id, document.name, paragraph.index, paragraph.span)
    return ShortLine(paragraph.text, place)


def _removal(paragraph: Paragraph, kept: ShortLine, *, stage: str) -> Removal:
    return Removal(
        stage=stage,
        reason=Reason.EXACT_COPY if paragraph.text == kept.text else Reason.NORMALISED_COPY,
        kept=kept.place,
    )


def _with(document: Document, removals: dict[int, Removal]) -> Document:
    paragraphs = tuple(
        replace(p, removal=removals.get(p.index, p.removal)) for p in document.paragraphs
    )
    return replace(document, paragraphs=paragraphs)
