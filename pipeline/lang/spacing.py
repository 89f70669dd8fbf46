"""Text with each run of whitespace as one space, and where each character stood before.

The gaps between the columns of a table are whitespace that says something. A tab is one, and so are
three spaces or more, or two where a line has several such; a line that goes on is no row.
"""

from __future__ import annotations

import re
from bisect import bisect_left

from pipeline.lang.reading import Reading
from pipeline.place import Span

_WORD = re.compile(r"\S+")
_TAB = re.compile(r"(?<=\S) *\t[ \t]*(?=\S)")
_WIDE = re.compile(r"(?<=\S)(?<![.!?…]) {3,}(?=\S)")
_NARROW = re.compile(r"(?<=\S)(?<![.!?…:;,—–-]) {2,}(?=[^\s—–-])")
_CLOSING = "\"'»”’)]"
_SEVERAL, _MANY = 2, 8  # gaps of two spaces in a row; more are those of justified text
_SENTENCE_ENDS = frozenset(".!?…")


def column_gaps(text: str) -> list[tuple[int, int]]:
    """Return the ranges `[start, end)` of `text` that are gaps between columns of a table row."""
    line = text.strip()
    if "\n" in line or ("\t" not in line and "  " not in line):
        return []
    is_sentence = line.rstrip(_CLOSING)[-1:] in _SENTENCE_ENDS
    tabs = [match.span() for match in _TAB.finditer(text)]
    if len(tabs) > 1 or (tabs and not (is_sentence and text[tabs[0][1]].islower())):
        return tabs
    narrow = [match.span() for match in _NARROW.finditer(text)]
    if not is_sentence and _SEVERAL <= len(narrow) <= _MANY:
        return narrow
    return [match.span() for match in _WIDE.finditer(text)]


class Collapsed:
    """A text with single spaces, and the place of each of its characters in the original.

    `text` is `" ".join(original.split())`; with `columns`, gaps between columns stay as they are.
    `forth` and `back` trim spans: neither end of one is at whitespace. A span of nothing but
    whitespace becomes an empty one. Where the original is a reading of a text, `back` leads to that
    text.
    """

    def __init__(self, original: str | Reading, *, columns: bool = False) -> None:
        """Collapse `original`."""
        self._reading = original if isinstance(original, Reading) else Reading(original)
        original = self._reading.text
        gaps = dict(column_gaps(original)) if columns else {}
        words: list[str] = []
        self._origins: list[int] = []  # of each character of `text`, where it is in `original`
        for match in _WORD.finditer(original):
            if self._origins:
                start = self._origins[-1] + 1
                end = gaps.get(start, start + 1)
                words.append(original[start:end] if start in gaps else " ")
                self._origins += range(start, end)
            words.append(match.group())
            self._origins += range(match.start(), match.end())
        self.text = "".join(words)

    def forth(self, span: Span) -> Span:
        """Return where the characters of the original in `span` are in `text`."""
        start, end = (bisect_left(self._origins, at) for at in (span.start, span.end))
        return trimmed(self.text, Span(start, end))

    def back(self, span: Span) -> Span:
        """Return where the characters of `text` in `span`, at least one, are in the original."""
        inside = trimmed(self.text, span)
        found = Span(self._origins[inside.start], self._origins[inside.end - 1] + 1)
        return self._reading.span(found)


def trimmed(text: str, span: Span) -> Span:
    """Return `span` of `text` without the whitespace at its edges."""
    inside = text[span.start : span.end]
    start = span.start + len(inside) - len(inside.lstrip())
    return Span(start, max(start, span.start + len(inside.rstrip())))
