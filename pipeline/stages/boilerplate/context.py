"""Site furniture that only neighbouring lines reveal: link lists, values of labels, menus."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from pipeline.lang.function_words import words
from pipeline.lang.normalise import normalise
from pipeline.stages.boilerplate.lines import Look, PageLine
from pipeline.stages.boilerplate.needs import Needs
from pipeline.stages.boilerplate.places import settle_places

_MIN_LIST = 3  # so many headlines in a row are a list, fewer may be headings
_MIN_DATES = 2  # between pieces of running text, for them to head its parts
_VALUE_WORDS = 6
_MENU_WORDS = 3


def settle(
    lines: Sequence[PageLine], *, headings: frozenset[int], items: frozenset[int]
) -> list[PageLine]:
    """Return the lines with the reasons that only their neighbours can give.

    `headings` and `items` are the indices of paragraphs that the source marked as headings and
    list items. Later steps build on the reasons of earlier ones:
    1. the name under a label such as "Author:";
    2. tables of contents;
    3. headlines under the head of a list of links, of forum teasers, or of news;
    4. menus;
    5. dates that head the parts of a text, and a count that answers a question, are text;
    6. reasons that need another place than the line has are dropped (`places.py`);
    7. short lines between furniture, below the last running text.
    """
    settled = list(lines)
    _label_values(settled)
    _contents(settled, items)
    _headline_lists(settled, items)
    _menus(settled, headings)
    _timeline(settled)
    settle_places(settled)
    _between_chrome_at_the_end(settled)
    return settled


def _set(lines: list[PageLine], at: int, reason: str) -> None:
    if not lines[at].is_chrome:
        lines[at] = replace(lines[at], reason=reason, needs=Needs.NOTHING)


def _label_values(lines: list[PageLine]) -> None:
    """Mark a label such as "Author:" as a byline, and with it the name on the line below."""
    for at, line in enumerate(lines):
        if line.cue != "byline":
            continue
        _set(lines, at, "byline")
        if at + 1 < len(lines):
            value = lines[at + 1]
            short = 0 < len(words(value.text)) <= _VALUE_WORDS and value.look is Look.HEADLINE
            followed = at + 2 < len(lines) and _is_prose(lines[at + 2])
            # A title straight above the text is no value, however short.
            if value.reason is None and value.cue is None and short and not followed:
                _set(lines, at + 1, "byline")


def _contents(lines: list[PageLine], items: frozenset[int]) -> None:
    """Mark tables of contents: a title, and the lines below it that come again as headings.

    Lines that the source marked as list items need not come again.
    """
    for at, line in enumerate(lines):
        if line.cue != "table-of-contents":
            continue
        last = {_entry(other.text): k for k, other in enumerate(lines)}
        later = {normalise(other.text) for other in lines[at + 1 :]}
        end = at + 1
        while end < len(lines) and lines[end].look is Look.HEADLINE:
            key = _entry(lines[end].text)
            twice = last[key] > end or (key != normalise(lines[end].text) and key in later)
            if not twice and lines[end].paragraph not in items:
                break
            end += 1
        if end - at - 1 >= 2:
            for entry in range(at, end):
                _set(lines, entry, "table-of-contents")
        elif at + 1 == len(lines) or not _is_prose(lines[at + 1]):
            _set(lines, at, "table-of-contents")


def _entry(text: str) -> str:
    """Return the heading that a line of a table of contents names, without its number."""
    return normalise(text.lstrip("0123456789.)–—-•* \t"))


def _headline_lists(lines: list[PageLine], items: frozenset[int]) -> None:
    """Mark the head of a list of links and the headlines below it.

    1. The list ends at the first line that is no headline and no furniture, or at another cue.
    2. The last headline is spared where running text follows that it may be the heading of.
    3. A strong head ("read also") needs one headline, or nothing at all below it; a weak one
       ("news") needs three, and running text above: a briefing begins with its own head.
    """
    for at, line in enumerate(lines):
        if line.cue not in ("related-headlines", "forum-teaser", "news-head"):
            continue
        if line.is_chrome and line.reason == "related-headlines":
            continue
        if line.cue == "news-head" and not any(map(_is_prose, lines[:at])):
            continue
        end = at + 1
        while end < len(lines) and (lines[end].look is Look.HEADLINE or lines[end].is_chrome):
            if lines[end].cue is not None and lines[end].cue != "news-head":
                break
            end += 1
        strong = line.cue != "news-head"
        stop = end
        if end < len(lines) and lines[end].cue is None:
            # Running text follows: the last headline is its heading, unless the source says it is
            # a list item, or it is all there is: nobody prints "read also" above nothing.
            last = end - 1
            only = strong and last == at + 1
            if last > at and not only and lines[last].paragraph not in items:
                stop = last
        found = [k for k in range(at + 1, stop) if not lines[k].is_chrome]
        if len(found) >= _MIN_LIST or (strong and (found or end > at + 1 or end == len(lines))):
            reason = "forum-teaser" if line.cue == "forum-teaser" else "related-headlines"
            for k in (at, *found):
                _set(lines, k, reason)


def _menus(lines: list[PageLine], headings: frozenset[int]) -> None:
    """Mark menus: four or more very short lines in a row, half of them with a reason already."""
    start = 0
    while start < len(lines):
        end = start
        while end < len(lines) and _could_be_menu(lines[end], headings):
            end += 1
        run = range(start, end)
        known = sum(1 for k in run if lines[k].reason is not None)
        if len(run) > _MIN_LIST and known * 2 >= len(run):
            last = end - 1
            heads_text = end < len(lines) and _is_prose(lines[end]) and lines[last].reason is None
            for k in run:
                if not (heads_text and k == last):
                    _set(lines, k, "navigation")
        start = max(end, start + 1)


def _could_be_menu(line: PageLine, headings: frozenset[int]) -> bool:
    count = len(words(line.text))
    return (
        line.look is Look.HEADLINE
        and 0 < count <= _MENU_WORDS
        and not line.text.rstrip().endswith(("?", ":", "!"))
        and (line.paragraph not in headings or line.reason is not None)
    )


def _timeline(lines: list[PageLine]) -> None:
    """Spare dates that head the parts of a text, and counts that answer a question.

    A date straight between two pieces of running text heads the second one, where the page has
    two such dates or more. Dates of the same shape above running text belong to them.
    """
    dates = [at for at, line in enumerate(lines) if line.reason == "date-line"]
    above = [at for at in dates if at + 1 < len(lines) and _is_prose(lines[at + 1])]
    inside = [at for at in above if at > 0 and _is_prose(lines[at - 1])]
    if len(inside) >= _MIN_DATES:
        shapes = {_shape(lines[at].text) for at in inside}
        for at in above:
            if _shape(lines[at].text) in shapes:
                lines[at] = replace(lines[at], reason=None)
    for at, line in enumerate(lines):
        asked = at > 0 and lines[at - 1].reason is None and lines[at - 1].text.endswith("?")
        if asked and line.reason == "counter" and line.text.endswith("."):
            lines[at] = replace(line, reason=None)


def _shape(text: str) -> str:
    return re.sub(r"[^\W\d_]+", "a", re.sub(r"\d+", "0", text))


def _between_chrome_at_the_end(lines: list[PageLine]) -> None:
    """Mark a few words between two lines of chrome, below the last running text."""
    last = max((k for k, line in enumerate(lines) if _is_prose(line)), default=len(lines))
    for at in range(last + 2, len(lines) - 1):
        line = lines[at]
        short = len(words(line.text)) <= _VALUE_WORDS and line.look is Look.HEADLINE
        if line.reason is None and short and not line.text.rstrip().endswith("?"):
            before, after = lines[at - 1], lines[at + 1]
            if before.is_chrome and after.is_chrome:
                _set(lines, at, "navigation")


def _is_prose(line: PageLine) -> bool:
    return line.look is Look.PROSE and not line.is_chrome
