"""Stretches of a text that are paragraphs, and the document that the paragraphs make."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from pipeline.document import Document, Kind, Origin, Paragraph, Removal, content_id
from pipeline.errors import SourceError
from pipeline.place import Span
from pipeline.reason import Reason
from pipeline.sources.legibility import legibility_notes

ANY_LINE_END = re.compile(r"[\n\r\v\f\x85\u2028\u2029](?:(?<=\r)\n)?")  # Unicode's own among them
NO_ORIGIN = Origin()  # of a text whose file says nothing of where it comes from
_TITLE_BLOCKS = 3  # a title may stand below a label and a date
_GAP = "\n\n"
_INVISIBLE = "\u200b\u2060\ufeff"  # without width, yet no whitespace for str.isspace


@dataclass(frozen=True, slots=True)
class SourceLine:
    """One line of a text without its end: `text` is the source from `start` to `end`."""

    text: str
    start: int

    @property
    def end(self) -> int:
        """The offset behind the last character."""
        return self.start + len(self.text)

    @property
    def blank(self) -> bool:
        """Whether nothing on the line can be seen."""
        return not visible(self.text)


@dataclass(frozen=True, slots=True)
class Block:
    """Characters `[start, end)` of a text that are one paragraph once whitespace is trimmed.

    `removed` is the reason for taking the paragraph out that the format itself gives, such as the
    mark of a quotation in a letter.
    """

    start: int
    end: int
    kind: Kind = Kind.TEXT
    removed: Reason | None = None


def visible(text: str) -> bool:
    """Tell whether `text` holds more than whitespace and characters without width."""
    first = text[:1]
    if first and first not in _INVISIBLE and not first.isspace():  # as in most texts
        return True
    return any(not c.isspace() and c not in _INVISIBLE for c in text)


def split_lines(text: str, *, ends: re.Pattern[str] = ANY_LINE_END) -> list[SourceLine]:
    """Return the lines of `text`; `ends` matches the end of a line."""
    lines = []
    start = 0
    for match in ends.finditer(text):
        at, end = match.span()
        lines.append(SourceLine(text[start:at], start))
        start = end
    lines.append(SourceLine(text[start:], start))
    return lines


def headed(text: str, blocks: Sequence[Block], title: str | None) -> tuple[str, list[Block]]:
    """Return a text and its blocks with the title as a heading in front of them.

    A title that stands among the first blocks already is not written twice: it is translated as a
    part of the text, like every other heading.
    """
    blocks = list(blocks)
    if (
        title is None
        or not blocks
        or any(_alike(title, text[block.start : block.end]) for block in blocks[:_TITLE_BLOCKS])
    ):
        return text, blocks
    shift = len(title) + len(_GAP)
    moved = [replace(b, start=b.start + shift, end=b.end + shift) for b in blocks]
    return title + _GAP + text, [Block(0, len(title), Kind.HEADING), *moved]


def _alike(title: str, line: str) -> bool:
    return "".join(filter(str.isalnum, title)).casefold() == (
        "".join(filter(str.isalnum, line[: 2 * len(title)])).casefold()
    )


def make_document(
    text: str,
    blocks: Iterable[Block],
    *,
    name: str,
    encoding: str,
    title: str | None = None,
    date: str | None = None,
    notes: tuple[str, ...] = (),
    origin: Origin = NO_ORIGIN,
) -> Document:
    """Return the document whose paragraphs are `blocks`, trimmed; empty ones are left out.

    Blocks are in the order of the text and do not overlap. Raises SourceError when no paragraph
    is left, or the text cannot be read.
    """
    paragraphs = tuple(_paragraphs(text, blocks))
    if not paragraphs:
        raise SourceError(
            "holds no paragraph of text", hint="look at the file; remove it if it is not an article"
        )
    if all(paragraph.kind is Kind.CODE for paragraph in paragraphs):
        notes = (*notes, "holds program code alone: nothing is translated or summarised")
    return Document(
        id=content_id(text),
        name=name,
        text=text,
        encoding=encoding,
        paragraphs=paragraphs,
        title=title,
        date=date,
        notes=(*notes, *legibility_notes(text)),
        origin=origin,
    )


def _paragraphs(text: str, blocks: Iterable[Block]) -> Iterator[Paragraph]:
    index = 0
    for block in blocks:
        start, end = trim(text, block.start, block.end)
        if start < end:
            removal = None if block.removed is None else Removal("sources", block.removed)
            yield Paragraph(index, text[start:end], Span(start, end), block.kind, removal=removal)
            index += 1


def trim(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the range `[start, end)` of `text` without invisible characters at its edges."""
    while start < end and (text[start].isspace() or text[start] in _INVISIBLE):
        start += 1
    while end > start and (text[end - 1].isspace() or text[end - 1] in _INVISIBLE):
        end -= 1
    return start, end
