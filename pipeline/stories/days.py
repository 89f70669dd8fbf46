"""Dates within a text: a day, a month or a year, in figures or in the words of its language."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import islice
from typing import Literal

from pipeline.lang.data import alternatives, by_language

Precision = Literal["day", "month", "year"]
_FIRST, _LAST = 1900, 2100
_NUMERIC = re.compile(
    r"(?<![\d./-])(?:(?P<y>\d{4})-(?P<m>\d\d)-(?P<d>\d\d)|(?P<d2>\d{1,2})\.(?P<m2>\d\d)\.(?P<y2>\d{4}))"
    r"(?![\d/-])"
)
_DIGIT = re.compile(r"\d")
_YEAR = re.compile(r"(?<![\d.,:/-])(?:19|20)\d\d(?!\d|[.,:]\d|\s?[%€$£₽₴])")


@dataclass(frozen=True, slots=True)
class Day:
    """A date at `[start, end)` of a text: its first day, ISO 8601, and how exactly it is given."""

    start: int
    end: int
    date: str
    precision: Precision

    @property
    def written(self) -> str:
        """The date as far as it is known: "2022", "2022-11" or "2022-11-15"."""
        return self.date[: {"day": 10, "month": 7, "year": 4}[self.precision]]

    def may_be(self, other: Day) -> bool:
        """Tell whether two dates may be the same: one may be known more exactly than the other."""
        length = min(len(self.written), len(other.written))
        return self.written[:length] == other.written[:length]


def days_in(text: str, *, language: str, year: int | None = None) -> list[Day]:
    """Return the dates of a text in their order; `year` is that of dates without one.

    1. Dates in figures, 2026-01-22 and 22.01.2026.
    2. Months in words with a day or a year, or both; without a year only where `year` is known.
    3. Years that stand alone.
    """
    found: list[Day] = []
    if not _DIGIT.search(text):
        return found
    for match in _NUMERIC.finditer(text):
        y, m, d = (match[k] or match[f"{k}2"] for k in "ymd")
        found += _valid(match, int(y), int(m), int(d))
    months = _months(language) if _any_month(language).search(text) else ()
    for number, pattern in enumerate(months, start=1):
        for match in pattern.finditer(text):
            given = match["year"] or match["year2"]
            day = match["day"] or match["day2"] or match["day3"]
            if (given or (year and day)) and _free(match, found):
                found += _valid(match, int(given or year or 0), number, int(day) if day else None)
    for match in _YEAR.finditer(text):
        if _free(match, found):
            found += _valid(match, int(match.group()), None, None)
    return sorted(found, key=lambda day: day.start)


def _free(match: re.Match[str], found: list[Day]) -> bool:
    return all(match.end() <= day.start or day.end <= match.start() for day in found)


def _valid(match: re.Match[str], year: int, month: int | None, day: int | None) -> list[Day]:
    if not _FIRST <= year <= _LAST:
        return []
    try:
        first = date(year, month or 1, day or 1).isoformat()
    except ValueError:
        return []
    precision: Precision = "day" if day else "month" if month else "year"
    return [Day(match.start(), match.end(), first, precision)]


@cache
def _any_month(language: str) -> re.Pattern[str]:
    """Return the pattern of any month: most sentences have none, and are soon done."""
    found = islice(by_language("facts.stated").get(language, {}).values(), 12)
    return re.compile(rf"(?<![^\W\d_])(?:{'|'.join(found) or '(?!)'})", re.IGNORECASE)


@cache
def _months(language: str) -> tuple[re.Pattern[str], ...]:
    """Return a pattern for each month: the first twelve facts of a language are the months."""
    ordinal, of = alternatives("dates.ordinals"), alternatives("dates.before_month")
    year = r"(?:19|20)\d\d(?!\d)"
    found = islice(by_language("facts.stated").get(language, {}).values(), 12)
    return tuple(
        re.compile(
            rf"(?<![\d.,])(?:(?P<day>[0-3]?\d)(?:{ordinal})?\s+(?:{of}\s+)?)?(?<![^\W\d_])(?:{month})"
            rf"(?:\.?,?\s+(?:(?P<day2>[0-3]?\d)(?:{ordinal})?,?\s+(?P<year2>{year})|(?P<year>{year})"
            rf"|(?P<day3>[0-3]?\d)(?:{ordinal})?(?![\d:.%]))?)?",
            re.IGNORECASE,
        )
        for month in found
    )
