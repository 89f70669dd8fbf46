"""The plain text of a letter: its own lines, and those that it quotes (RFC 3676)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from pipeline.document import Kind
from pipeline.reason import Reason
from pipeline.sources.block import split_lines, visible
from pipeline.sources.mail.bodies import Body
from pipeline.sources.mail.marks import is_attribution, is_divider, is_field
from pipeline.sources.plain import layout
from pipeline.sources.shown import Shown

_QUOTED = re.compile(r"(?:>[ ]?)+")
_ONE_LEVEL = re.compile(r"^[ \t]*>[ ]?")
_DATED = re.compile(r"(?<!\d)\d{4}(?!\d).{0,60}?\d[:.]\d{2}")  # a day and an hour
_SENTENCE_END = (".", "!", "?")
_SIGNATURE = ("-- ", "--")
_RULE = re.compile(r"_{5,}|-{10,}")
_DEEPEST = 10  # quotations around a letter that is nothing else


@dataclass(slots=True)
class _Passage:
    """Lines that belong together; `is_block` keeps them as one block, whatever their layout."""

    lines: list[str] = field(default_factory=list)
    is_quoted: bool = False
    is_block: bool = False


def plain_blocks(body: Body) -> list[Shown]:
    """Return the blocks of a plain letter, quoted ones with their reason."""
    lines = [line.text for line in split_lines(body.text)]
    if body.is_flowed:
        lines = list(_unflowed(lines, drops_space=body.drops_space))
    for _ in range(_DEEPEST):  # a letter that is quoted as a whole
        if any(visible(line) and not _is_quoted(line) for line in lines):
            break
        lines = [_ONE_LEVEL.sub("", line) for line in lines]
    return [block for passage in _passages(lines) for block in _blocks(passage)]


def _passages(lines: Sequence[str]) -> Iterator[_Passage]:
    passage = _Passage()
    at = 0
    while at < len(lines):
        count = _special(lines, at)
        is_quoted = not count and _is_quoted(lines[at])
        if count or is_quoted != passage.is_quoted:
            yield passage
            passage = _Passage(is_quoted=is_quoted)
        if count:
            yield _Passage(list(lines[at : at + count]), is_block=True)
        else:
            passage.lines.append(lines[at])
        at += count or 1
    yield passage


def _special(lines: Sequence[str], at: int) -> int:
    """Return how many lines from `at` on are a block by themselves: a divider, a head."""
    line = lines[at]
    if line in _SIGNATURE or is_divider(line) or is_attribution(line):
        return 1
    if _is_quoted(line) or not visible(line):
        return 0
    if at + 1 < len(lines) and visible(lines[at + 1]) and not _is_quoted(lines[at + 1]):
        # The line says when, and not yet who.
        dated = _DATED.search(line) is not None and not line.endswith(_SENTENCE_END)
        begins = not is_attribution(lines[at + 1]) or dated
        if begins and is_attribution(f"{line} {lines[at + 1]}"):
            return 2
    fields = 0
    while at + fields < len(lines) and is_field(lines[at + fields]):
        fields += 1
    return fields if fields > 1 else 0


def _blocks(passage: _Passage) -> Iterator[Shown]:
    if passage.is_block:
        yield Shown("\n".join(passage.lines).strip(), Kind.TEXT)
        return
    text = "\n".join("" if _RULE.fullmatch(line.strip()) else line for line in passage.lines)
    if not visible(text):
        return
    if passage.is_quoted:
        yield Shown(text.strip(), Kind.TEXT, Reason.QUOTED_HISTORY)
        return
    for block in layout(text).blocks:
        yield Shown(text[block.start : block.end].strip(), block.kind)


def _is_quoted(line: str) -> bool:
    return line.lstrip(" \t").startswith(">")


def _unflowed(lines: Sequence[str], *, drops_space: bool) -> Iterator[str]:
    """Yield lines with soft ends joined; a quoted line goes on only in its own depth."""
    open_line: str | None = None
    depth = 0
    for line in lines:
        quoted = _QUOTED.match(line)
        marks = quoted.group() if quoted else ""
        content = line[len(marks) :]
        content = content.removeprefix(" ") if not marks else content
        if open_line is not None and marks.count(">") == depth and line != "-- ":
            open_line += content
        else:
            if open_line is not None:
                yield open_line
            open_line = marks + content
        depth = marks.count(">")
        if not line.endswith(" ") or line == "-- ":
            yield open_line
            open_line = None
        elif drops_space:
            open_line = open_line[:-1]
    if open_line is not None:
        yield open_line
