"""Text with each run of whitespace as one space, and where each character stood before."""

from __future__ import annotations

import re
from bisect import bisect_left

from pipeline.document import Span

_WORD = re.compile(r"\S+")


class Collapsed:
    """A text with single spaces, and the place of each of its characters in the original.

    `text` is `" ".join(original.split())`. `forth` and `back` trim spans: neither end of one is at
    whitespace. A span of nothing but whitespace becomes an empty one.
    """

    def __init__(self, original: str) -> None:
        """Collapse `original`."""
        self.text = " ".join(original.split())
        self._origins: list[int] = []  # of each character of `text`, where it is in `original`
        for match in _WORD.finditer(original):
            if self._origins:
                self._origins.append(self._origins[-1] + 1)
            self._origins += range(match.start(), match.end())

    def forth(self, span: Span) -> Span:
        """Return where the characters of the original in `span` are in `text`."""
        start, end = (bisect_left(self._origins, at) for at in (span.start, span.end))
        return trimmed(self.text, Span(start, end))

    def back(self, span: Span) -> Span:
        """Return where the characters of `text` in `span`, at least one, are in the original."""
        inside = trimmed(self.text, span)
        return Span(self._origins[inside.start], self._origins[inside.end - 1] + 1)


def trimmed(text: str, span: Span) -> Span:
    """Return `span` of `text` without the whitespace at its edges."""
    inside = text[span.start : span.end]
    start = span.start + len(inside) - len(inside.lstrip())
    return Span(start, max(start, span.start + len(inside.rstrip())))
