"""Plain text: paragraphs by their layout, a date glued to the first line, the likely headings."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from pipeline.document import Document, Kind
from pipeline.lang.spacing import column_gaps
from pipeline.sources import dates
from pipeline.sources.block import Block, SourceLine, make_document, split_lines
from pipeline.sources.raw import Raw

_LIST_MARK = re.compile(r"\s*(?:[-*+•‣◦●▪■►]|\d{1,3}[.)])\s+(?=\S)")
_HEADING_MARK = re.compile(r"#{1,6}\s+(?=\S)")  # of Markdown, which people write in plain texts
_SENTENCE_END = re.compile(r"[.!?…;:][\s\"'»”’)\]]*$")
_PUNCTUATED = re.compile(r"[.!?…;:,>|/]['\"»”’)\]\s]*$")
_TITLE_END = re.compile(r"[.…;:,>|/]['\"»”’)\]\s]*$")  # a title may ask or exclaim
_TRAIL = re.compile(r"\s[>›»|/]\s|[>›»|/]\s*$|://|@")
_MAX_WRAP = 100  # characters: no one wraps by hand at more
_MIN_WRAP = 40
_RAGGED = 8  # characters that a line may leave free although the next word would have fitted
_DATE_LINES = 10  # lines at the top in which a publication date is looked for
_TITLE_BLOCKS = 5
_TITLE_CHARS = 160
_TITLE_WORDS = 25
_HEADING_CHARS = 80
_HEADING_WORDS = 12
_RUNNING_CHARS = 80  # a paragraph so long, ending like a sentence, is running text


@dataclass(frozen=True, slots=True)
class TextLayout:
    """The blocks of a plain text, with the title and the date of its first lines."""

    blocks: tuple[Block, ...]
    title: str | None
    date: str | None


_BROKEN = re.compile(r"[^\W\d_][-\u2010\u00ad]")
_BASE64 = re.compile(r"[A-Za-z0-9+/]+={0,2}")
_NO_BASE64 = re.compile(r"[^A-Za-z0-9+/=\s]")
_BASE64_LETTERS = 76  # a line of RFC 2045; no word is as long


def read_plain(raw: Raw) -> Iterator[Document]:
    """Yield a plain text as one document. Raises SourceError when it has no paragraph."""
    decoded = raw.decoded()
    found = layout(decoded.text)
    yield make_document(
        decoded.text,
        found.blocks,
        name=raw.name,
        encoding=decoded.encoding,
        title=found.title,
        date=found.date,
    )


def layout(text: str) -> TextLayout:
    """Return the paragraphs of a plain text, its title and its date.

    Blank lines separate blocks. In a block every line is a paragraph, except in a list item and
    in hard-wrapped prose.
    """
    lines = split_lines(text)
    date, split_at = _date(lines)
    blocks: list[Block] = []
    group: list[SourceLine] = []
    for line in [*lines, SourceLine("", len(text))]:
        if not line.blank:
            group.append(line)
        elif group:
            if split_at is not None and not blocks:
                blocks += _split_first(group, split_at)
            else:
                blocks += _group(group)
            group = []
    return _titled(text, [_encoded(text, block) for block in _headings(text, blocks)], date)


def outlined(text: str, blocks: Sequence[Block]) -> TextLayout:
    """Return the blocks of a text that another format has laid out, with title and date.

    The likely headings are marked where the format marks none. The date is that of a line among
    the first ones that holds a date and nothing else.
    """
    top = (_content(text, block) for block in blocks[:_DATE_LINES])
    date = next((found for line in top if (found := dates.of_line(line))), None)
    if not any(block.kind is Kind.HEADING for block in blocks):
        return _titled(text, _headings(text, blocks), date)
    above = itertools.takewhile(lambda block: not is_running(_content(text, block)), blocks)
    first = next((b for b in list(above)[:_TITLE_BLOCKS] if b.kind is Kind.HEADING), None)
    if first is None:
        return _titled(text, blocks, date)
    return TextLayout(tuple(blocks), _content(text, first), date)


def _titled(text: str, blocks: Sequence[Block], date: str | None) -> TextLayout:
    at = _title(text, blocks)
    if at is None:
        return TextLayout(tuple(blocks), None, date)
    marked = list(blocks)
    marked[at] = replace(marked[at], kind=Kind.HEADING)
    return TextLayout(tuple(marked), _content(text, marked[at]), date)


def _encoded(text: str, block: Block) -> Block:
    """Return an attachment in base64 as code, and any other block as it is."""
    if _NO_BASE64.search(text, block.start, block.end):  # as in all prose
        return block
    letters = "".join(text[block.start : block.end].split())
    is_encoded = len(letters) >= _BASE64_LETTERS and _BASE64.fullmatch(letters) is not None
    mixed = any(map(str.isdigit, letters)) and letters.lower() != letters != letters.upper()
    return replace(block, kind=Kind.CODE) if is_encoded and mixed else block


def _date(lines: Sequence[SourceLine]) -> tuple[str | None, tuple[int, int] | None]:
    """Return the date and, where the first line goes on, its end and the start of the text."""
    top = [line for line in lines[: 4 * _DATE_LINES] if not line.blank][:_DATE_LINES]
    if top:
        glued = dates.glued(top[0].text)
        if glued is not None:
            date, end, begin = glued
            return date, (top[0].start + end, top[0].start + begin)
    return next((d for line in top if (d := dates.of_line(line.text))), None), None


def _split_first(group: list[SourceLine], split_at: tuple[int, int]) -> list[Block]:
    first, rest = group[0], group[1:]
    end, begin = split_at
    shortened = SourceLine(first.text[begin - first.start :], begin)
    return [Block(first.start, end), *_group([shortened, *rest])]


def _group(lines: list[SourceLine]) -> list[Block]:
    """Return the paragraphs in lines that follow each other without a blank one."""
    blocks: list[Block] = []
    run: list[SourceLine] = []
    marks = [_LIST_MARK.match(line.text) for line in lines]
    margin = min(
        (_indent(line) for line, mark in zip(lines, marks, strict=True) if mark), default=0
    )
    for line, mark in zip(lines, marks, strict=True):
        heading = _HEADING_MARK.match(line.text)
        if heading is not None:
            blocks += _prose(run)
            run = []
            blocks.append(Block(line.start + heading.end(), line.end, Kind.HEADING))
        elif mark is not None:
            blocks += _prose(run)
            run = []
            blocks.append(Block(line.start + mark.end(), line.end, Kind.LIST_ITEM))
        elif not run and blocks and _indent(line) > margin:  # continues the item above
            blocks[-1] = replace(blocks[-1], end=line.end)
        else:
            run.append(line)
    return blocks + _prose(run)


def _indent(line: SourceLine) -> int:
    return len(line.text) - len(line.text.lstrip())


def _prose(lines: list[SourceLine]) -> list[Block]:
    for skipped in range(min(2, len(lines))):  # a heading may stand straight above
        if _is_wrapped(lines[skipped:]):
            above = [Block(line.start, line.end) for line in lines[:skipped]]
            return [*above, Block(lines[skipped].start, lines[-1].end)]
    return [Block(line.start, line.end) for line in lines]


def _is_wrapped(lines: Sequence[SourceLine]) -> bool:
    """Tell whether lines are one paragraph that was broken at a width.

    Where a text is broken at a width, the first word of each line did not fit on the line above.
    """
    if len(lines) < 2:
        return False
    texts = [line.text.strip() for line in lines]
    if 2 * sum(map(_breaks_word, texts[:-1], texts[1:])) >= len(texts) - 1:
        return True
    width = max(map(len, texts))
    if not _MIN_WRAP <= width <= _MAX_WRAP or all(map(column_gaps, texts)):
        return False
    full = lower = ended = 0
    for text, following in pairwise(texts):
        first_word = following.split(maxsplit=1)[0]
        full += len(text) + 1 + len(first_word) > width - _RAGGED
        lower += following[0].islower()
        ended += bool(_SENTENCE_END.search(text))
    breaks = len(texts) - 1
    if full < 0.9 * breaks or ended > 0.5 * breaks:
        return False
    return lower >= (0.3 * breaks if breaks > 1 else 1)


def _breaks_word(line: str, following: str) -> bool:
    """Tell whether a word was broken with a hyphen at the end of a line."""
    return _BROKEN.fullmatch(line[-2:]) is not None and following[0].isalpha()


def _headings(text: str, blocks: Sequence[Block]) -> list[Block]:
    """Return blocks, with short lines as headings that stand above running text or a heading."""
    marked = list(blocks)
    top = Counter(_content(text, b) for b in blocks[:_TITLE_BLOCKS])
    twice = {content for content, count in top.items() if count > 1}  # pages repeat their title
    below: list[Kind] = []  # kinds from the next block on: heading, running text, or neither
    for number in range(len(blocks) - 1, -1, -1):
        block = blocks[number]
        content = _content(text, block)
        kind = Kind.LIST_ITEM  # stands for "neither" here
        if block.kind is Kind.TEXT and is_running(content):
            kind = Kind.TEXT
        elif block.kind is Kind.TEXT and _is_short_line(content):
            over_text = below[-1:] == [Kind.TEXT]
            over_heading = number == 0 and below[-2:] == [Kind.TEXT, Kind.HEADING]
            if over_text or over_heading or content in twice:
                kind = Kind.HEADING
                marked[number] = replace(block, kind=Kind.HEADING)
        below.append(kind)
    return marked


def is_running(text: str) -> bool:
    """Tell whether a paragraph is running text: long, and it ends like a sentence."""
    return len(text) >= _RUNNING_CHARS and bool(_SENTENCE_END.search(text))


def _is_short_line(text: str) -> bool:
    words = text.split()
    return (
        len(text) <= _HEADING_CHARS
        and 0 < len(words) <= _HEADING_WORDS
        and "\n" not in text
        and not text[0].islower()
        and not _PUNCTUATED.search(text)
        and not column_gaps(text)
        and _is_words(text)
    )


def _title(text: str, blocks: Sequence[Block]) -> int | None:
    """Return the index of the title: the first line above all running text that reads like one.

    Where no line does, the first heading there is the title, however short.
    """
    first = next((n for n, b in enumerate(blocks) if is_running(_content(text, b))), 0)
    top = range(min(first, _TITLE_BLOCKS))
    titles = [n for n in top if _reads_like_title(_content(text, blocks[n]))]
    titles += [n for n in top if blocks[n].kind is Kind.HEADING]
    return titles[0] if titles else None


def _reads_like_title(text: str) -> bool:
    words = text.split()
    return (
        len(text) <= _TITLE_CHARS
        and 3 <= len(words) <= _TITLE_WORDS
        and "\n" not in text
        and not text[0].islower()
        and not _TITLE_END.search(text)
        and not column_gaps(text)
        and _is_words(text)
    )


def _is_words(text: str) -> bool:
    """Tell whether a line is mostly letters, and no date, address or breadcrumb."""
    return (
        sum(c.isalpha() for c in text) > len(text) / 2
        and not _TRAIL.search(text)
        and dates.parse(text) is None
        and dates.of_line(text) is None
    )


def _content(text: str, block: Block) -> str:
    return text[block.start : block.end].strip()
