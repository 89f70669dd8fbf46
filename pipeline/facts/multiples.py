"""What the words behind a figure make of it: "3 million", "2 and a half", "2 to 3 million"."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache

from pipeline.facts.number_words import scales, word_value
from pipeline.facts.spoken import added_part
from pipeline.lang.data import alternatives

SPACES = " \u00a0\u2009\u202f"
FIGURE = re.compile(
    # Groups of three behind spaces: neither in a telephone number nor behind or before a letter.
    rf"(?<!\d)(?:(?<!\d[.,])(?:(?<![\w+])(?<!\d[{SPACES}])\d{{1,3}}(?:[{SPACES}]\d{{3}}){{1,3}}"
    rf"(?![\dxX\u0445]|[{SPACES}]\d)(?:[.,]\d+(?![.,]?\d))?"
    r"|\d{1,3}(?:,\d{3})+\.\d+|\d{1,3}(?:\.\d{3})+,\d+|\d{1,3}(?:[,.’']\d{3}){2,}(?!\d)"
    r"|\d+[.,]\d+(?![.,]?\d))|\d+)"
)
_SCALE = re.compile(rf"[{SPACES}-]{{0,2}}([^\W\d_]+)")
_PRICE = re.compile(r"[$€£]\s?[\d.,]+$")
_CURRENCY = re.compile(r"\s?[$€£]|\s?d['’]euros")


@cache
def _range() -> re.Pattern[str]:
    """Return the pattern of the words and marks between two figures that share their scale."""
    between = rf"(?:[-–—]|{alternatives('numbers.range')})"
    return re.compile(rf"[{SPACES}]?{between}[{SPACES}]?[$€£]?(?=\d)")


def scaled_by_words(values: set[Decimal], text: str, end: int, *, language: str) -> set[Decimal]:
    """Return what a number is worth with the words behind it: "2 and a half million".

    1. A part right behind the figure is added to it, and what follows multiplies both.
    2. A part behind a scale, "2 million and a half", is a part of the scale.
    """
    part = added_part(text, end, language=language)
    if part is not None:
        values = {value + part[0] for value in values}
        end = part[1]
    powers = factors(text, end, language=language)
    scaled = {value * factor for value in values for factor in powers}
    factor, behind = _factor(text, end, language)
    if part is None and factor != 1:
        part = added_part(text, behind, language=language)
        if part is not None:
            scaled = {value + part[0] * factor for value in scaled}
    return scaled


def factors(text: str, end: int, *, language: str) -> set[Decimal]:
    """Return the factors by which the words behind a figure may multiply it.

    There is one, 1 without such words; the first figure of a range has two, for "2 to 3 million"
    is 2 or 2 million.
    """
    factor, _ = _factor(text, end, language)
    if factor != 1:
        return {factor}
    if (joint := _range().match(text, end)) and (other := FIGURE.match(text, joint.end())):
        return {Decimal(1)} | factors(text, other.end(), language=language)
    return {factor}


def scale_of(text: str, end: int, *, language: str) -> tuple[Decimal, int, int] | None:
    """Return the scale that stands right behind a figure, and its place; None without just one."""
    match = _SCALE.match(text, end)
    power = _scale(match[1], text, match, language) if match is not None else None
    if match is None or power is None or _factor(text, end, language)[1] != match.end():
        return None
    return power, match.start(1), match.end(1)


def _factor(text: str, end: int, language: str) -> tuple[Decimal, int]:
    """Return the factor of the scales behind a figure, and where the last of them ends."""
    position, factor = end, Decimal(1)
    while match := _SCALE.match(text, position):
        power = _scale(match[1], text, match, language)
        if power is None:
            break
        factor *= power
        position = match.end()
    return factor, position


def _scale(word: str, text: str, match: re.Match[str], language: str) -> Decimal | None:
    low = word.lower()
    power = scales(language).get(low)
    if power is not None and len(low) == 1:  # "$3m", "3 M€", "50k"; but "3 m" are metres
        money = _PRICE.search(text, 0, match.start()) or _CURRENCY.match(text, match.end())
        glued = match.start() == match.start(1)
        few = bool(re.search(r"(?<![\w.,])\d{1,3}(?:[.,]\d)?$", text[: match.start()]))
        return Decimal(10) ** power if (word == "k" and glued and few) or money else None
    if power is not None:
        return Decimal(10) ** power
    value = word_value(low, language)
    return value if value is not None and value >= 1000 else None
