"""The publication date of a web page: as it is marked up, or as it is written beside the title.

htmldate 1.11 takes a Ukrainian, Russian or French word for "published" before a date in words for
the year alone, and answers 1 January. So a date in words is read by the tables of `dates`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from pipeline.sources import dates
from pipeline.sources.page_blocks import PageBlock, Zone
from pipeline.sources.page_tree import own_text, tokens

if TYPE_CHECKING:
    from lxml.etree import _Element  # type: ignore[import-untyped]

_ABOVE, _BELOW = 6, 10  # blocks around the title in which a date line is looked for
_LONGEST = 160
_FIGURES = re.compile(r"(?<!\d)\d")
_CLOCK = re.compile(r"\d{1,2}[:.]\d{2}\s*[,|•·–—]?\s+(?=\d)")
_HOUR = re.compile(r"(\d)\s+h\s+(\d\d)\b")
_ELSEWHERE = ("aside", "nav", "footer", "li", "form")
_ELSEWHERE_NAMES = frozenset(("comment", "comments", "related", "sidebar", "footer"))
_PARTS = re.compile(r"(?<!\s)\s++(?:[|•·–—]\s+|[|•·]\s*)|[|•·]\s*")


def page_date(
    page: str, tree: _Element, blocks: Sequence[PageBlock], *, guessed: str | None
) -> str | None:
    """Return the date of a page, YYYY-MM-DD, or None.

    `guessed` is the date that htmldate found. A date that stands in the page as such counts first;
    then a line beside the title that holds a date and nothing else, or a byline.
    """
    if guessed is not None and guessed in page:
        return guessed
    for line, named in _lines(tree, blocks):
        parts = [_plain(part) for part in (line, *_PARTS.split(line))]
        found = [dates.of_line(part) for part in parts]
        if named and not any(found):  # the page says that a date stands there, beside a name
            found = [dates.parse(line[word.start() :]) for word in _FIGURES.finditer(line)]
        if date := next(filter(None, found), None):
            return date
    # htmldate's 1 January is a year that it read, or half a date.
    return None if guessed is not None and guessed.endswith("-01-01") else guessed


def _lines(tree: _Element, blocks: Sequence[PageBlock]) -> Iterator[tuple[str, bool]]:
    """Yield short lines, and whether the page names them as such: around the title, then times."""
    title = next((at for at, block in enumerate(blocks) if block.element.tag == "h1"), 0)
    near = [*blocks[title : title + _BELOW], *blocks[max(0, title - _ABOVE) : title][::-1]]
    for block in near:
        if len(block.text) <= _LONGEST and not _is_elsewhere(block.element):
            yield block.text, block.zone is Zone.META
    for time in tree.iter("time"):
        if not _is_elsewhere(time):
            yield own_text(time)[:_LONGEST], True


def _plain(line: str) -> str:
    """Return a line without a time of day in front of its date, and with "8 h 15" as "8h15"."""
    return _HOUR.sub(r"\1h\2", _CLOCK.sub("", line.strip()))


def _is_elsewhere(element: _Element) -> bool:
    """Tell whether an element is in a list or beside the article: other articles have dates."""
    around = (element, *element.iterancestors())
    return any(e.tag in _ELSEWHERE or tokens(e) & _ELSEWHERE_NAMES for e in around)
