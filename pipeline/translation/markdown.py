"""The skeleton of a Markdown text: paragraphs, headings, items and cells are units."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from pipeline.document import Kind
from pipeline.place import Span
from pipeline.sources.block import SourceLine
from pipeline.sources.markdown import front_matter, is_prose, markdown_lines
from pipeline.sources.markdown_marks import line_groups
from pipeline.translation.html import html_units
from pipeline.translation.markdown_inline import InlineParser, escape
from pipeline.translation.skeleton import Skeleton, Unit, has_letters, has_words

if TYPE_CHECKING:
    from markdown_it.token import Token

_MARKED = re.compile(r"[\\`*_\[\]<>&~!{$\n]")  # without any of these there is no inline markup
# Beginnings that would turn a translation into a heading, a list, a quotation or a rule.
_BLOCK_START = re.compile(r"^(\s*)(?:([#>+-]|#{2,6})|(\d+)([.)]))(?=\s|$)")
_MAX_BRACKETS = 300  # in one block: to match more takes markdown-it for ever


@dataclass(frozen=True, slots=True)
class _Content:
    """The lines of a block without the marks before them, and the place of each line."""

    text: str
    starts: tuple[int, ...]  # of the lines, in `text`
    places: tuple[int, ...]  # of the lines, in the source

    def place(self, offset: int) -> int:
        """Return the offset in the source of the character at `offset` of `text`."""
        line = bisect_right(self.starts, offset) - 1
        return self.places[line] + offset - self.starts[line]


def markdown_skeleton(text: str, *, name: str) -> Skeleton:
    """Return the skeleton of a Markdown text.

    Front matter, code and the addresses of links are in no unit.
    """
    from markdown_it import MarkdownIt

    lines = markdown_lines(text)
    skip = front_matter(lines).lines
    body = lines[skip].start if skip < len(lines) else len(text)
    # Inline markup is read block by block, with positions; see markdown_inline.
    parser = MarkdownIt("commonmark").enable("table").disable(["inline", "text_join"])
    environment: dict[str, Any] = {}
    tokens = parser.parse(text[body:], environment)
    inline = InlineParser(environment.get("references", {}))
    units: list[Unit] = []
    unread = 0
    for role, kind, content in _contents(tokens, lines, skip):
        if content is None:
            unread += 1
        elif has_letters(content.text):
            unit = _unit(content, kind, inline, role=role)
            units += [unit] if has_words(unit.nodes) else unit.inner
    found, remarks = _html(text, [_span(t, lines, skip) for t in tokens if t.type == "html_block"])
    units = sorted([*units, *found], key=lambda unit: unit.span.start)
    return Skeleton(name, text, tuple(units), (*remarks, *_remarks(unread, skip)))


def _span(token: Token, lines: Sequence[SourceLine], skip: int) -> Span:
    first, end = token.map or (0, 0)
    return Span(lines[first + skip].start, lines[min(end + skip, len(lines)) - 1].end)


def _html(text: str, blocks: Sequence[Span]) -> tuple[list[Unit], list[str]]:
    """Return the units in blocks of HTML, and remarks.

    The page that is read has blanks for all other characters, so that places stay as they are.
    """
    if not blocks:
        return [], []
    pieces: list[str] = []
    at = 0
    for block in blocks:
        pieces += [" " * (block.start - at), text[block.start : block.end]]
        at = block.end
    units, remarks = html_units("".join(pieces))
    starts = [block.start for block in blocks]
    inside = [
        unit
        for unit in units
        if unit.span.end <= blocks[bisect_right(starts, unit.span.start) - 1].end
    ]
    if len(inside) < len(units):
        remarks.append(f"{len(units) - len(inside)} texts across HTML blocks are kept as they are")
    return inside, remarks


def _contents(
    tokens: Sequence[Token], lines: Sequence[SourceLine], skip: int
) -> Iterator[tuple[str, Kind, _Content | None]]:
    """Yield the role, the kind and the content of every block with text in it.

    A content is None where markdown-it has rewritten a line so that it is found nowhere.
    """
    items = 0
    role = ""
    cell_end = (0, 0)  # the line of the last cell and where in it the cell ends
    for token in tokens:
        items += (token.type == "list_item_open") - (token.type == "list_item_close")
        if token.type.endswith("_open"):
            role = {"th": "cell", "td": "cell"}.get(token.tag, token.tag)
        if token.map is None or not token.content:
            continue
        first = token.map[0] + skip
        if token.type == "code_block":
            yield from _indented(lines[first : token.map[1] + skip])
        if token.type != "inline":
            continue
        kind = Kind.LIST_ITEM if items else Kind.TEXT
        if role == "cell":
            start = cell_end[1] if cell_end[0] == first else 0
            content, end = _cell(token.content, lines[first], start)
            cell_end = (first, end)
            yield role, kind, content
        else:
            heading = len(role) == 2 and role[0] == "h"
            for at, group in line_groups(token.content.split("\n")):
                content = _block("\n".join(group), lines[first + at :])
                yield role, Kind.HEADING if heading else kind, content


def _indented(lines: Sequence[SourceLine]) -> Iterator[tuple[str, Kind, _Content | None]]:
    """Yield the paragraphs of prose that is only indented; code is none."""
    for blank, group in groupby(lines, key=lambda line: not line.text.strip()):
        chunk = list(group)
        text = "\n".join(line.text.strip() for line in chunk)
        if not blank and is_prose(text):
            yield "code", Kind.TEXT, _block(text, chunk)


def _cell(content: str, line: SourceLine, start: int) -> tuple[_Content | None, int]:
    r"""Return a cell and where it ends in its line; markdown-it has read `\|` as `|`."""
    for written in (content, content.replace("|", r"\|")):
        at = line.text.find(written, start)
        if at >= 0:
            return _Content(written, (0,), (line.start + at,)), at + len(written)
    return None, start


def _block(content: str, lines: Sequence[SourceLine]) -> _Content | None:
    """Return the content of a block whose first line is the first of `lines`."""
    pieces: list[str] = []
    places: list[int] = []
    wanted = [piece.lstrip(" \t") for piece in content.split("\n")]
    for piece, line in zip(wanted, lines, strict=False):
        at = line.text.rfind(piece)
        if at < 0:
            return None
        pieces.append(piece)
        places.append(line.start + at)
    starts = [0]
    for piece in pieces[:-1]:
        starts.append(starts[-1] + len(piece) + 1)
    return _Content("\n".join(pieces), tuple(starts), tuple(places))


def _unit(content: _Content, kind: Kind, parser: InlineParser, *, role: str) -> Unit:
    text = content.text
    cell = role == "cell"
    span = Span(content.place(0), content.place(len(text) - 1) + 1)
    if role == "code":  # where marks and escapes stand for themselves
        return Unit(span, parser.without_markup(text, content.place).nodes, kind)
    if _MARKED.search(text) and text.count("[") <= _MAX_BRACKETS:
        found = parser.parse(text, content.place)
    else:
        found = parser.without_markup(text, content.place)
    return Unit(
        span,
        found.nodes,
        kind,
        escape(found.bare, cell=cell),
        str if cell or kind is Kind.HEADING else _framed,
        found.inner,
    )


def _framed(code: str) -> str:
    """Return the code of a paragraph, escaped so that it is no heading and no list."""
    return _BLOCK_START.sub(lambda m: f"{m[1]}\\{m[2]}" if m[2] else f"{m[1]}{m[3]}\\{m[4]}", code)


def _remarks(unread: int, front: int) -> Iterator[str]:
    if front:
        yield "the front matter is kept as it is"
    if unread:
        yield f"{unread} paragraphs are kept as they are: their place in the source was not found"
