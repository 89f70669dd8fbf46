"""Publication dates at the top of a text, in figures or in the words of any language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from pipeline.lang.data import alternatives, by_language
from pipeline.lang.reading import reading_form

_SEPARATOR = re.compile(r"(?:\s*[:|–—•·]\s+|\s*-\s+|\s+)(?=\S)")
_LONGEST_LINE = 100
_YEAR = re.compile(r"\d(?:\W*\d){3}")  # no date is without, whatever unseen stands in it


@dataclass(frozen=True, slots=True)
class _DatePatterns:
    """Patterns of dates in all languages at once.

    `opening` is a date with its time at the beginning of a text, `whole` a line of nothing else.
    A match of `either_order` says that the month may come before the day; `filler` stands in a
    date and is no month.
    """

    opening: re.Pattern[str]
    whole: re.Pattern[str]
    either_order: re.Pattern[str]
    filler: re.Pattern[str]


@cache
def _months() -> Mapping[str, int]:
    """Return the number, 1 to 12, of each month by its names."""
    return {
        name.lower(): number
        for months in by_language("dates.months").values()
        for number, names in enumerate(months, start=1)
        for name in names
    }


@cache
def _patterns() -> _DatePatterns:
    month = "(?:" + "|".join(sorted(_months(), key=len, reverse=True)) + r")\b\.?"
    ordinal, of = alternatives("dates.ordinals"), alternatives("dates.before_month")
    date_ = (
        r"(?P<date>"
        r"\d{4}-\d{1,2}-\d{1,2}(?!\d)|\d{4}/\d{1,2}/\d{1,2}(?!\d)|\d{4}\.\d\d\.\d\d(?!\d)"
        r"|\d{1,2}[./]\d{1,2}[./]\d{4}(?!\d)"
        rf"|\d{{1,2}}{ordinal}?\s+(?:{of}\s+)?{month},?\s+\d{{4}}(?!\d)"
        rf"|{month}\s+\d{{1,2}}{ordinal}?,?\s+\d{{4}}(?!\d)"
        r")"
    )
    zone = rf"[ap]\.?m\.?|Z|UTC|GMT|CET|CEST|EET|EEST|MSK|{alternatives('dates.zones')}"
    time = (
        rf"(?:\s*{alternatives('dates.after_year')})?"
        rf"(?:(?:\s*[,T|–—-]\s*|\s+)(?:{alternatives('dates.at')}\s+)?"
        r"\d{1,2}[:h.]\d{2}(?::\d{2})?(?:\.\d+)?"
        rf"(?:\s*(?:{zone}|[+-]\d{{2}}:?\d{{2}}))*)?"
    )
    weekday = alternatives("dates.weekdays").replace("'", "['’]")
    label, by = alternatives("dates.labels"), alternatives("dates.bylines")
    byline = (
        rf"(?:{by}\b:?\s+[^\d.!?:]{{1,50}}?[\s,|•·–—-]+"
        rf"(?:{alternatives('dates.before_date')}\s+)?)"
    )
    weekday = rf"(?:{weekday}|{alternatives('dates.weekdays_short')}\b\.?)"
    dated = rf"(?:{weekday},?\s+)?{date_}{time}"
    return _DatePatterns(
        opening=re.compile(rf"\s*(?:{label}\s*:?\s*)?{dated}", re.IGNORECASE),
        whole=re.compile(rf"\s*(?:{byline}|{label}\s*:?\s*)?{dated}\s*[|.•]?\s*", re.IGNORECASE),
        either_order=re.compile(alternatives("dates.month_may_come_first"), re.IGNORECASE),
        filler=re.compile(rf"\d{ordinal}\b|\b{of}\b"),
    )


def parse(text: str) -> str | None:
    """Return the date that `text` begins with as YYYY-MM-DD, or None.

    Understands ISO 8601, 22.01.2026, 22/01/2026 and months in words. The day comes before the
    month unless only the other order makes a date. None where the text is English and both orders
    make one.
    """
    text = text[: 2 * _LONGEST_LINE]
    if not _YEAR.search(text):
        return None
    text = reading_form(text)[:_LONGEST_LINE]
    match = _patterns().opening.match(text)
    return None if match is None else _iso(match["date"], either=_either_order(text[:40]))


def of_line(line: str) -> str | None:
    """Return the date, YYYY-MM-DD, of a line that holds a publication date and nothing else.

    None for every other line.
    """
    if len(line) > 2 * _LONGEST_LINE or not _YEAR.search(line):
        return None
    if len(line := reading_form(line)) > _LONGEST_LINE:
        return None
    match = _patterns().whole.fullmatch(line)
    return None if match is None else _iso(match["date"], either=_either_order(line))


def glued(line: str) -> tuple[str, int, int] | None:
    """Return a date in front of the first sentence, the end of the date, and the start of the text.

    Offsets count in `line`. None where the date is part of the sentence, or stands alone.
    """
    head = line[: 2 * _LONGEST_LINE]  # of any line: the expressions are not made for long ones
    match = _patterns().opening.match(head)
    if match is None or not line[match.end() :].strip():
        return None
    gap = _SEPARATOR.match(head, match.end())
    if gap is None:
        return None
    first = line[gap.end()]
    if first.islower() or (first.isdigit() and not gap.group().strip()):
        return None
    found = _iso(match["date"], either=_either_order(match.group()))
    return None if found is None else (found, match.end(), gap.end())


def _either_order(text: str) -> bool:
    return bool(_patterns().either_order.search(text))


def _iso(written: str, *, either: bool) -> str | None:
    """Return a date as YYYY-MM-DD; None where day and month can be `either` and both would do."""
    numbers = [int(n) for n in re.findall(r"\d+", written)]
    word = re.search(r"[^\W\d_]{3,}", _patterns().filler.sub(" ", written))
    if word is not None:
        month = _months().get(word.group().lower())
        if month is None:
            return None
        day = re.search(r"\d+", written)
        return _valid(numbers[1], month, int(day.group()) if day else 0)
    if numbers[0] > 31:
        return _valid(numbers[0], numbers[1], numbers[2])
    first, second, year = numbers
    if "/" in written and either and first <= 12 and second <= 12 and first != second:
        return None
    return _valid(year, second, first) or ("/" in written and _valid(year, first, second)) or None


def _valid(year: int, month: int, day: int) -> str | None:
    if not 1900 <= year <= 2100:
        return None
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None
