"""Running heads and feet: lines that stand at the edge of page after page."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from pipeline.lang.data import words
from pipeline.sources.block import visible

_DEPTH = 3  # lines from the edge of a page at most
_SHARE = 0.3  # of the pages, and two at least: right and left pages may have heads of their own
_MAX_CHARS = 120
_NUMBER = re.compile(r"\d+")
_PARTS = re.compile(r"[^\W\d_]+|\d+|[ivxlc]+", re.IGNORECASE)
_LONE_NUMBER = re.compile(r"\s*(?:[-–—]\s*)?\d{1,4}(?:\s*(?:[-–—]|/\s*\d{1,4}))?\s*")


@dataclass(frozen=True, slots=True)
class BodyPages:
    """The lines of each page without running ones; `heads` and `feet` are those, each once."""

    pages: tuple[tuple[str, ...], ...]
    heads: tuple[str, ...]
    feet: tuple[str, ...]


def without_running_lines(pages: Sequence[Sequence[str]]) -> BodyPages:
    """Return pages without the lines that many of them share at an edge, and without page numbers.

    Figures may differ from page to page. A line that many pages share is kept once, apart from
    them; a page number is not kept.
    """
    left = [list(page) for page in pages]
    text = _inner_keys(pages)
    heads: dict[str, str] = {}
    feet: dict[str, str] = {}
    for _ in range(_DEPTH):
        taken = _take(left, 0, heads, text) + _take(left, -1, feet, text)
        if not taken:
            break
    return BodyPages(
        tuple(tuple(page) for page in left), tuple(heads.values()), tuple(feet.values())
    )


def is_page_number(line: str) -> bool:
    """Tell whether a line is but the number of its page, in figures and the words around them."""
    if _LONE_NUMBER.fullmatch(line):
        return True
    parts = _PARTS.findall(line.lower())
    return (
        any(part in _page_words() for part in parts)
        and any(part.isdigit() for part in parts)
        and all(part in _page_words() or part.isdigit() for part in parts)
    )


@cache
def _page_words() -> frozenset[str]:
    return words("pdf.page_words")


def _inner_keys(pages: Sequence[Sequence[str]]) -> frozenset[str | None]:
    """Return the keys of lines away from the edges: a line that stands there, too, is text."""
    return frozenset(
        _key(line) for page in pages for line in list(filter(visible, page))[_DEPTH:-_DEPTH]
    )


def _take(
    pages: Sequence[list[str]], edge: int, kept: dict[str, str], text: frozenset[str | None]
) -> int:
    """Take the running lines off one edge of the pages, the first of each into `kept`."""
    shown = [[n for n, line in enumerate(page) if visible(line)] for page in pages]
    # The only line of a page is its text.
    edges = [lines[edge] if len(lines) > 1 else None for lines in shown]
    keys = [None if at is None else _key(page[at]) for page, at in zip(pages, edges, strict=True)]
    counts = Counter(key for key in keys if key is not None)
    enough = max(2, _SHARE * len(pages))
    taken = 0
    for page, at, key in zip(pages, edges, keys, strict=True):
        if at is None:
            continue
        line = page[at]
        number = is_page_number(line)
        if not number and (key is None or key in text or counts[key] < enough):
            continue
        if not number and key is not None:
            kept.setdefault(key, line)
        page[at] = ""
        taken += 1
    return taken


def _key(line: str) -> str | None:
    """Return the form in which a line is the same on each page; None where it cannot be running."""
    key = _NUMBER.sub("#", " ".join(line.split()).casefold())
    if len(key) > _MAX_CHARS or not any(map(str.isalpha, key)):
        return None
    return key
