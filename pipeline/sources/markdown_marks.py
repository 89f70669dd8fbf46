"""Marks of Markdown inside and around sentences, taken away: a reader sees none of them.

Program code keeps its backticks, which tell later stages not to touch it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pipeline.document import Kind
from pipeline.sources.fragment import plain_inline, unescaped
from pipeline.sources.shown import Shown

_CODE = re.compile(r"(?<!`)(`+)(?!`)[^`]{1,2000}(?<!`)\1(?!`)")
_DESTINATION = (
    r"\(\s*(?:<[^<>\n]{0,2000}>|(?:[^\s()<>\\]|\\.|\([^\s()]{0,300}\))*)"
    r"(?:\s+(?:\"[^\"\n]{0,300}\"|'[^'\n]{0,300}'|\([^()\n]{0,300}\)))?\s*\)"
)
_IMAGE = re.compile(rf"!\[[^\[\]]{{0,500}}\](?:{_DESTINATION}|\[[^\[\]\n]{{0,100}}\])")
_LINK = re.compile(rf"(?<!!)\[([^\[\]]{{0,1000}})\](?:{_DESTINATION}|\[[^\[\]\n]{{0,100}}\])")
_WIKI = re.compile(r"!?\[\[(?:[^\[\]|\n]{0,300}\|)?([^\[\]|\n]{1,300})\]\]")
_FOOTNOTE = re.compile(r"\[\^[^\[\]\s]{1,40}\]")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_HARD_BREAK = re.compile(r"\\(?=\n)")
_ATTRIBUTES = re.compile(r"(?:(?<!\s)\s++)?\{(?:\s*+[.#][\w-]{1,60}){1,20}\s*\}\s*$")
_RUN = re.compile(r"\*{1,3}|_{1,3}|~~|==")
_SHORTCODE = re.compile(r"\{\{[<%][^\n]{0,300}[>%]\}\}")

# The lines of a callout: `> [!NOTE] Title`, `:::tip Title`, `!!! note "Title"`.
_CALLOUT = re.compile(
    r"\s*(?:\[!\w{1,30}\][+-]?|:{3,}\s*(?:\{[^{}]{0,100}\}|[\w-]{0,30}(?:\[(?=[^\]]*\]))?)"
    r"|(?:!!!|\?\?\?\+?)\s+[\w-]{1,30})"
    r"(?P<title>[^\n]{0,300})$"
)
_DEFINITION = re.compile(r"\s{0,3}:\s+(?=\S)")
_NOTE = re.compile(r"\s{0,3}\[\^[^\[\]\s]{1,40}\]:\s*")


def shown_blocks(lines: Sequence[str], kind: Kind) -> Iterator[Shown]:
    """Yield the paragraphs in the lines of one block of Markdown, without marks."""
    for _, group in line_groups(lines):
        text = without_marks("\n".join(group)).strip()
        if text:
            yield Shown(text, kind)


def line_groups(lines: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    """Yield the number of the first line, and the lines, of each paragraph in a block.

    CommonMark joins lines that its extensions keep apart: the title of a callout, a term and its
    definition, the text of a footnote. The marks of these are gone from the lines.
    """
    first = 0
    group: list[str] = []
    for number, line in enumerate(lines):
        callout, opens = _CALLOUT.match(line), _DEFINITION.match(line) or _NOTE.match(line)
        if (callout or opens) and group:
            yield first, group
            group = []
        if callout is not None:
            if title := callout["title"].strip(" \t\"'[]"):
                yield number, [title]
        else:
            if not group:
                first = number
            group.append(line if opens is None else line[opens.end() :])
    if group:
        yield first, group


def without_marks(text: str) -> str:
    """Return the text of a block without links' addresses, images, emphasis, escapes and tags."""
    pieces = []
    at = 0
    for code in _CODE.finditer(text):
        pieces += [_prose(text[at : code.start()]), code.group()]
        at = code.end()
    pieces.append(_prose(text[at:]))
    return _ATTRIBUTES.sub("", "".join(pieces))


def _prose(text: str) -> str:
    if not _MARKED.search(text):
        return text
    text = _SHORTCODE.sub("", _FOOTNOTE.sub("", text))
    text = _WIKI.sub(r"\1", _IMAGE.sub("", text))
    text = _IMAGE.sub("", _LINK.sub(r"\1", text))
    text = _without_emphasis(plain_inline(text))
    return unescaped(_ESCAPE.sub(r"\1", _HARD_BREAK.sub("", text)))


_MARKED = re.compile(r"[\\*_\[<&~={]")


def _without_emphasis(text: str) -> str:
    """Return `text` without the runs of `*`, `_` and `~~` that open and close emphasis.

    1. A run may open before a letter and close behind one; `_` only at the edge of a word.
    2. A closing run takes the nearest open one of the same kind away with it.
    3. Runs left over are text: `5 * 3`.
    """
    open_runs: list[re.Match[str]] = []
    cuts: list[re.Match[str]] = []
    for run in _RUN.finditer(text):
        before = text[run.start() - 1 : run.start()] or " "
        after = text[run.end() : run.end() + 1] or " "
        if before == "\\" or (before.isdigit() and after.isdigit()):  # 2*3*4 is a product
            continue
        closes = not before.isspace() and (run[0][0] != "_" or not after.isalnum())
        match = next((o for o in reversed(open_runs[-8:]) if o[0] == run[0]), None)
        if closes and match is not None:
            cuts += [match, run]
            del open_runs[open_runs.index(match) :]
        elif not after.isspace() and (run[0][0] != "_" or not before.isalnum()):
            open_runs.append(run)
            del open_runs[:-64]
    pieces = []
    at = 0
    for cut in sorted(cuts, key=lambda c: c.start()):
        pieces.append(text[at : cut.start()])
        at = cut.end()
    return "".join((*pieces, text[at:]))
