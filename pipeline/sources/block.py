"""Stretches of a text that are paragraphs, and the document that the paragraphs make."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pipeline.document import Document, Kind, Origin, Paragraph, Span, content_id
from pipeline.errors import SourceError
from pipeline.sources.legibility import legibility_notes

ANY_LINE_END = re.compile(r"\r\n|[\n\r\v\f\x85\u2028\u2029]")  # Unicode's own among them
NO_ORIGIN = Origin()  # of a text whose file says nothing of where it comes from
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
    """Characters `[start, end)` of a text that are one paragraph once whitespace is trimmed."""

    start: int
    end: int
    kind: Kind = Kind.TEXT


def visible(text: str) -> bool:
    """Tell whether `text` holds more than whitespace and characters without width."""
    return any(not c.isspace() and c not in _INVISIBLE for c in text)


def split_lines(text: str, *, ends: re.Pattern[str] = ANY_LINE_END) -> list[SourceLine]:
    """Return the lines of `text`; `ends` matches the end of a line."""
    lines = []
    start = 0
    for match in ends.finditer(text):
        lines.append(SourceLine(text[start : match.start()], start))
        start = match.end()
    lines.append(SourceLine(text[start:], start))
    return lines


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
            yield Paragraph(index, text[start:end], Span(start, end), block.kind)
            index += 1


def trim(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the range `[start, end)` of `text` without invisible characters at its edges."""
    while start < end and (text[start].isspace() or text[start] in _INVISIBLE):
        start += 1
    while end > start and (text[end - 1].isspace() or text[end - 1] in _INVISIBLE):
        end -= 1
    return start, end
