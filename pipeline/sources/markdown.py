"""Markdown: blocks as markdown-it finds them, without the marks that a reader does not see."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from pipeline.document import Document, Kind, Origin
from pipeline.sources import dates
from pipeline.sources.block import NO_ORIGIN, Block, SourceLine, headed, make_document, split_lines
from pipeline.sources.fragment import read_fragment
from pipeline.sources.markdown_marks import shown_blocks, without_marks
from pipeline.sources.origin import origin_of
from pipeline.sources.raw import Raw
from pipeline.sources.shown import SENTENCE_END, SENTENCE_WORDS, Shown, laid_out, table_row

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_LINE_END = re.compile(r"\r\n?|\n")  # of CommonMark, which knows no other
_FIELD = re.compile(r"([A-Za-z_][\w-]*)\s*[:=](?:\s+(.*))?$")
_MAX_FRONT_LINES = 200
_DATE_BLOCKS = 8
_BLANK_LINES = re.compile(r"\n[ \t]*\n\s*")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_PROSE_LETTERS = 0.8  # least share of the visible characters that are in words
_CODE_MARK = re.compile(r"[{};=<>$]|\w\(|--\w|^[ \t]*(?:#|//)", re.MULTILINE)
_MAX_NESTING = 100  # quotes and lists inside each other; what is deeper is no paragraph


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """The fields at the top of a file, and how many lines they take, fences included."""

    lines: int = 0
    title: str | None = None
    date: str | None = None
    origin: Origin = NO_ORIGIN


def read_markdown(raw: Raw) -> Iterator[Document]:
    """Yield a Markdown text as one document: its blocks as a reader sees them, without marks.

    Raises SourceError when it has no paragraph.
    """
    decoded = raw.decoded()
    lines = markdown_lines(decoded.text)
    front = front_matter(lines)
    text, blocks = laid_out(_shown(decoded.text, lines, skip=front.lines))
    title = front.title or _first_heading(text, blocks)
    text, blocks = headed(text, blocks, front.title)
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


@cache
def _parser() -> MarkdownIt:
    """Return the parser of blocks, which keeps nothing of a text; to make it takes longer than one.

    Inline parsing costs most, can be made to blow up, and is not wanted.
    """
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"maxNesting": _MAX_NESTING})
    return parser.enable("table").disable(["inline", "text_join"])


def _shown(text: str, lines: Sequence[SourceLine], *, skip: int) -> Iterator[Shown]:
    body = lines[skip].start if skip < len(lines) else len(text)
    items = 0
    heading = False
    row: list[str] | None = None
    for token in _parser().parse(text[body:]):
        items += (token.type == "list_item_open") - (token.type == "list_item_close")
        if token.type in ("heading_open", "heading_close"):
            heading = token.type == "heading_open"
        elif token.type == "tr_open":
            row = []
        elif token.type == "tr_close" and row is not None:
            yield from table_row(row)
            row = None
        elif token.type in ("fence", "code_block"):
            yield from _code(token)
        elif token.type == "html_block":
            yield from _html(token.content)
        elif token.type == "inline" and row is not None:
            row.append(without_marks(token.content))
        elif token.type == "inline":
            kind = Kind.HEADING if heading else Kind.LIST_ITEM if items else Kind.TEXT
            yield from shown_blocks(token.content.split("\n"), kind)


def _code(token: Token) -> Iterator[Shown]:
    """Yield code as it stands, and prose that is only indented as paragraphs."""
    fenced = token.type == "fence"
    chunks = [token.content] if fenced else _BLANK_LINES.split(token.content)
    for chunk in chunks:
        if not fenced and is_prose(chunk):
            yield from shown_blocks([line.strip() for line in chunk.strip().split("\n")], Kind.TEXT)
        elif chunk.strip():
            yield Shown(chunk.strip("\n"), Kind.CODE)


def is_prose(text: str) -> bool:
    """Tell whether an indented block, which is code to CommonMark, holds sentences."""
    words = _WORD.findall(text)
    return (
        len(words) >= SENTENCE_WORDS
        and SENTENCE_END.search(text) is not None
        and sum(map(len, words)) >= _PROSE_LETTERS * len("".join(text.split()))
        and _CODE_MARK.search(text) is None
    )


def _html(markup: str) -> Iterator[Shown]:
    text, blocks = read_fragment(markup)
    for block in blocks:
        yield Shown(text[block.start : block.end], block.kind)


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
