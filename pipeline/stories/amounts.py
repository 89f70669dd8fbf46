"""Amounts of money in a sentence, and what each is of: a fine, a cost, a profit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from pipeline.facts.multiples import scale_of
from pipeline.facts.units import measures
from pipeline.lang.data import by_language
from pipeline.stories.word_patterns import word_patterns

_NEAR = 40  # characters between an amount and what it is of
_CLAUSE = re.compile(r"[.;:!?()]|,\s")
_GROUPS = re.compile(r"(?<=\d)[,.](?=\d)")
_SIGNS = re.compile(r"[$€£₽₴¥A-Z]{1,3}[\s\u00a0]?$")


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount at `[start, end)` of a text. `thing` is what it is of, `currency` an ISO 4217 code.

    `value` counts whole units of the currency: 2.4 billion are 2,400,000,000.
    """

    start: int
    end: int
    value: Decimal
    currency: str
    thing: str


def amounts_in(text: str, *, language: str) -> list[Amount]:
    """Return the amounts of a sentence that are of something.

    1. An amount is of the nearest of the things before or behind it, in the same clause.
    2. Of a sentence in two currencies only those of the first count: what follows is converted.
    3. A figure that can be read in two ways, and one of a thing per month or per head, count for
       nothing.
    """
    found = [m for m in measures(text, language=language) if m.dimension == "money"]
    if not found:
        return []
    places = list(_things(text, language))
    amounts = []
    for measure in found:
        if measure.unit != found[0].unit or len(measure.figure.values) > 1:
            continue
        start = min(measure.figure.start, measure.start)
        if sign := _SIGNS.search(text, max(0, start - 4), start):
            start = sign.start()
        scale = scale_of(text, measure.figure.end, language=language)
        end = max(measure.figure.end, measure.end, scale[2] if scale is not None else 0)
        near = [
            (gap, thing)
            for left, right, thing in places
            if (gap := _gap(text, (left, right), (start, end))) <= _NEAR
        ]
        if near and not _rate(language).match(text, end):
            value = next(iter(measure.figure.values))
            amounts.append(Amount(start, end, value, measure.unit, min(near)[1]))
    return amounts


def _things(text: str, language: str) -> Iterator[tuple[int, int, str]]:
    for thing, pattern in word_patterns("amounts", language).items():
        for match in pattern.finditer(text):
            yield match.start(), match.end(), thing


def _gap(text: str, one: tuple[int, int], other: tuple[int, int]) -> int:
    first, second = sorted((one, other))
    between = text[first[1] : second[0]]
    if second[0] < first[1] or _CLAUSE.search(_GROUPS.sub("", between)):
        return _NEAR + 1
    return len(between)


@cache
def _rate(language: str) -> re.Pattern[str]:
    """Return the pattern of "per month" behind an amount."""
    found = by_language("stories.cause_words").get(language, {}).get("per", "(?!)")
    return re.compile(rf"[\s\u00a0]*{found}", re.IGNORECASE)
