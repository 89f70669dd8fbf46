"""Markdown: blocks as markdown-it finds them, each with its characters in the source."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.document import Document, Kind, Origin
from pipeline.sources import dates
from pipeline.sources.block import NO_ORIGIN, Block, SourceLine, make_document, split_lines
from pipeline.sources.origin import origin_of
from pipeline.sources.raw import Raw

if TYPE_CHECKING:
    from markdown_it.token import Token

_LINE_END = re.compile(r"\r\n?|\n")  # of CommonMark, which knows no other
_FIELD = re.compile(r"([A-Za-z_][\w-]*)\s*[:=](?:\s+(.*))?$")
_MAX_FRONT_LINES = 200
_DATE_BLOCKS = 8
_MAX_NESTING = 100  # quotes and lists inside each other; what is deeper is no paragraph


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """The fields at the top of a file, and how many lines they take, fences included."""

    lines: int = 0
    title: str | None = None
    date: str | None = None
    origin: Origin = NO_ORIGIN


def read_markdown(raw: Raw) -> Iterator[Document]:
    """Yield a Markdown text as one document. Raises SourceError when it has no paragraph."""
    decoded = raw.decoded()
    text = decoded.text
    lines = markdown_lines(text)
    front = front_matter(lines)
    blocks = list(_blocks(text, lines, skip=front.lines))
    title = front.title or _first_heading(text, blocks)
    date = front.date or _date(text, blocks)
    yield make_document(
        text,
        blocks,
        name=raw.name,
        encoding=decoded.encoding,
        title=title,
        date=date,
        origin=front.origin,
    )


def markdown_lines(text: str) -> list[SourceLine]:
    """Return the lines of `text` as CommonMark counts them."""
    return split_lines(text, ends=_LINE_END)


def front_matter(lines: Sequence[SourceLine]) -> FrontMatter:
    """Return the simple fields, `title: ...`, between `---` (YAML) or `+++` (TOML) lines."""
    fence = lines[0].text.rstrip()
    if fence not in ("---", "+++"):
        return FrontMatter()
    fields: dict[str, str] = {}
    for number, line in enumerate(lines[1:_MAX_FRONT_LINES], start=1):
        content = line.text.rstrip()
        if content == fence or (fence == "---" and content == "..."):
            said = {key: value.strip(" \"'") for key, value in fields.items()}
            date = dates.parse(said.get("date") or said.get("published") or "")
            return FrontMatter(number + 1, said.get("title") or None, date, origin_of(said))
        field = _FIELD.match(content)
        if field is not None:
            fields.setdefault(field[1].lower(), field[2] or "")
        elif content and not content.startswith((" ", "\t", "-", "#", "[", "]", "}")):
            break  # prose: the fence was a rule
    return FrontMatter()


def _blocks(text: str, lines: Sequence[SourceLine], *, skip: int) -> Iterator[Block]:
    from markdown_it import MarkdownIt

    # Only the block structure is wanted; inline parsing costs most and can be made to blow up.
    parser = MarkdownIt("commonmark", {"maxNesting": _MAX_NESTING})
    parser.enable("table").disable(["inline", "text_join"])
    body = lines[skip].start if skip < len(lines) else len(text)
    items = 0
    heading = False
    table_end = 0
    for token in parser.parse(text[body:]):
        items += (token.type == "list_item_open") - (token.type == "list_item_close")
        if token.type in ("heading_open", "heading_close"):
            heading = token.type == "heading_open"
        if token.map is None:
            continue
        first, last = token.map[0] + skip, min(token.map[1] + skip, len(lines))
        if token.type == "table_open":
            table_end = last
            yield from (Block(x.start, x.end, Kind.CODE) for x in lines[first:last])
        elif first < table_end or first >= last:
            continue
        elif token.type in ("fence", "code_block", "html_block"):
            yield Block(lines[first].start, lines[last - 1].end, Kind.CODE)
        elif token.type == "inline":
            kind = Kind.HEADING if heading else Kind.LIST_ITEM if items else Kind.TEXT
            yield _content(token, lines[first:last], kind)


def _content(token: Token, lines: Sequence[SourceLine], kind: Kind) -> Block:
    """Return the span of a block's content without the marks before and behind it."""
    content = token.content.split("\n")
    last_line = lines[min(len(content), len(lines)) - 1]
    start = _place(content[0], lines[0])
    end = _place(content[-1], last_line) + len(content[-1])
    if not lines[0].start <= start < end <= last_line.end:
        start, end = lines[0].start, lines[-1].end
    return Block(start, end, kind)


def _place(content: str, line: SourceLine) -> int:
    """Return the start of `content` in its line, in characters of the document.

    Only the mark of a heading can follow `content` there.
    """
    found = line.text.rfind(content.strip())
    return line.start + max(found, 0)


def _first_heading(text: str, blocks: Sequence[Block]) -> str | None:
    for block in blocks:
        if block.kind is Kind.HEADING:
            return " ".join(text[block.start : block.end].split()) or None
    return None


def _date(text: str, blocks: Sequence[Block]) -> str | None:
    for block in blocks[:_DATE_BLOCKS]:
        found = dates.of_line(text[block.start : block.end].strip().strip("*_"))
        if found is not None:
            return found
    return None
