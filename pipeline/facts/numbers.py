"""The numbers in a text and in its translation, compared by their worth.

"1 234,5" is "1,234.5", "2,4 Md" is "2.4 billion", "14 h 30" is "2:30 pm", and "3" may become
"three". A figure of the source that the target has in no form is missing; a figure of the target
that nothing in the source vouches for is added. Numbers in words vouch for figures, but need no
counterpart: "one of them" must not contain a 1.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache

from pipeline.facts.number_words import (
    decimal_mark,
    negative,
    scales,
    spoken_numbers,
    word_value,
)
from pipeline.lang.data import alternatives
from pipeline.lang.letters import to_latin

SPACES = " \u00a0\u2009\u202f"
_TIME = re.compile(
    r"(?<![\d.,:])(?P<h>[01]?\d|2[0-4])"
    r"(?:(?::|\s?h(?:eures?|rs?)?\s?)(?P<m>[0-5]\d)(?!\d|\s?[:,]\d|\s?[%°])"
    rf"(?:[{SPACES}]?(?P<half>[ap]\.?\s?m\b\.?))?"
    rf"|(?:\.(?P<m2>[0-5]\d))?[{SPACES}]?(?P<half2>[ap]\.?\s?m\b\.?))",
    re.IGNORECASE,
)
_FIGURE = re.compile(
    # Groups of three behind spaces: neither in a telephone number nor behind or before a letter.
    rf"(?<!\d)(?:(?<!\d[.,])(?:(?<![\w+])(?<!\d[{SPACES}])\d{{1,3}}(?:[{SPACES}]\d{{3}}){{1,3}}"
    rf"(?![\dxX\u0445]|[{SPACES}]\d)(?:[.,]\d+(?![.,]?\d))?"
    r"|\d{1,3}(?:,\d{3})+\.\d+|\d{1,3}(?:\.\d{3})+,\d+|\d{1,3}(?:[,.’']\d{3}){2,}(?!\d)"
    r"|\d+[.,]\d+(?![.,]?\d))|\d+)"
)
_SCALE = re.compile(rf"[{SPACES}-]{{0,2}}([^\W\d_]+)")
_MINUS = re.compile(r"(?<=[\s(])[-−]$")
_AHEAD = re.compile(r"(\w{5,11})\s$")
_ROMAN = re.compile(r"\b(?=[IVX]{1,6}\b)(X{0,2})(IX|IV|V?I{0,3})\b")
_IGNORED = re.compile(r"(?:https?://|www\.)\S+|(?<!\S)[^\s@]++@\S+\.\w+|covid-19", re.IGNORECASE)
_PRICE = re.compile(r"[$€£]\s?[\d.,]+$")
_CURRENCY = re.compile(r"\s?[$€£]|\s?d['’]euros")


@cache
def _range() -> re.Pattern[str]:
    """Return the pattern of the words and marks between two figures that share their scale."""
    between = rf"(?:[-–—]|{alternatives('numbers.range')})"
    return re.compile(rf"[{SPACES}]?{between}[{SPACES}]?[$€£]?(?=\d)")


@cache
def _decade() -> re.Pattern[str]:
    return re.compile(rf"[''’-]?{alternatives('numbers.decade')}\b")


@dataclass(frozen=True, slots=True)
class Figure:
    """A number written in digits: its place, and every worth that it can have.

    `values` holds every reading: "1,234" in a French text is 1234 or 1.234. An `optional` figure,
    such as the minutes of a full hour, needs no counterpart.
    """

    start: int
    end: int
    text: str
    values: frozenset[Decimal]
    optional: bool = False


def numbers_agree(source: str, target: str, *, source_language: str, target_language: str) -> bool:
    """Tell whether every number of `source` is in `target`, and none besides."""
    languages = {"source_language": source_language, "target_language": target_language}
    return not missing_numbers(source, target, **languages) and not added_numbers(
        source, target, **languages
    )


def missing_numbers(
    source: str, target: str, *, source_language: str, target_language: str
) -> list[str]:
    """Return the figures of `source`, as written, whose value is not in `target`."""
    return _unmatched(
        figures(source, language=source_language), target, target_language, spend=True
    )


def added_numbers(
    source: str, target: str, *, source_language: str, target_language: str
) -> list[str]:
    """Return the figures of `target`, as written, that `source` does not vouch for."""
    return _unmatched(
        figures(target, language=target_language), source, source_language, spend=False
    )


@lru_cache(maxsize=10_000)
def figures(text: str, *, language: str) -> tuple[Figure, ...]:
    """Return the numbers written in digits, in the order of the text; cached, for segments."""
    return figures_of_document(text, language=language)


def figures_of_document(text: str, *, language: str) -> tuple[Figure, ...]:
    """Return the numbers in digits, in the order of the text; not cached, for long texts."""
    text = _IGNORED.sub(lambda m: "\u2022" * len(m.group()), text)
    found: list[Figure] = []
    taken = 0
    for match in _FIGURE.finditer(text):
        if match.start() < taken:
            continue
        time = _TIME.match(text, match.start())
        if time is not None:
            found += _time(time)
            taken = time.end()
            continue
        found.append(_figure(text, match, language=language))
    return tuple(found)


def _time(match: re.Match[str]) -> list[Figure]:
    hour = int(match["h"])
    hours = {Decimal(hour)}
    if match["half"] or match["half2"]:  # "2 pm" is 14:00 and, in Russian words, 2 of the day
        hours |= {Decimal(hour % 12 + 12), Decimal(hour % 12)}
    found = [Figure(match.start("h"), match.end("h"), match["h"], frozenset(hours))]
    group = "m" if match["m"] else "m2"
    if match[group]:
        minutes = Decimal(match[group])
        found.append(
            Figure(*match.span(group), match[group], frozenset({minutes}), optional=not minutes)
        )
    return found


def _figure(text: str, match: re.Match[str], *, language: str) -> Figure:
    written = match.group()
    values = readings(written, language=language)
    scales = factors(text, match.end(), language=language)
    scaled = {v * factor for v in values for factor in scales}
    if len(written) == 2 and written.endswith("0") and _decade().match(text, match.end()):
        scaled |= {v + century for v in values for century in (1800, 1900, 2000)}
    before = text[max(0, match.start() - 12) : match.start()]
    if (spoken := _AHEAD.search(before)) and (word := word_value(spoken[1].lower(), language)):
        scaled |= {v * word for v in values if word >= 1000}  # Russian for some 100,000
    if _MINUS.search(before) or re.search(negative(language) + r"\s$", before.lower()):
        scaled = {-v for v in scaled}
    return Figure(match.start(), match.end(), written, frozenset(scaled))


def readings(written: str, *, language: str) -> set[Decimal]:
    """Return every worth of a number in digits and marks under a language's conventions.

    A mark that comes twice, and a space, stand between thousands. A single comma before three
    digits does so in English; elsewhere it may, and so may a full stop.
    """
    plain = re.sub(rf"[{SPACES}’']", "", written)
    marks = re.findall(r"[.,]", plain)
    if not marks:
        return {Decimal(plain)}
    last = marks[-1]
    whole, _, rest = plain.rpartition(last)
    as_decimal = Decimal(re.sub(r"[.,]", "", whole) + "." + rest)
    as_thousands = Decimal(re.sub(r"[.,]", "", plain))
    if len(marks) > 1:
        return {as_thousands} if len(set(marks)) == 1 else {as_decimal}
    if len(rest) != 3 or len(whole) > 3 or whole.startswith("0") or plain != written:
        return {as_decimal}
    if decimal_mark(language) == ".":
        return {as_thousands} if last == "," else {as_decimal}
    return {as_decimal, as_thousands}


def factors(text: str, end: int, *, language: str) -> set[Decimal]:
    """Return the factors by which the words behind a figure may multiply it.

    There is one, 1 without such words; the first figure of a range has two, for "2 to 3 million"
    is 2 or 2 million.
    """
    position, factor = end, Decimal(1)
    while match := _SCALE.match(text, position):
        power = _scale(match[1], text, match, language)
        if power is None:
            break
        factor *= power
        position = match.end()
    if factor != 1:
        return {factor}
    if (joint := _range().match(text, end)) and (other := _FIGURE.match(text, joint.end())):
        return {Decimal(1)} | factors(text, other.end(), language=language)
    return {factor}


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


def _unmatched(wanted: Sequence[Figure], text: str, language: str, *, spend: bool) -> list[str]:
    """Return the figures of `wanted`, as written, that nothing in `text` equals.

    1. A figure of `text` with a value in common is a counterpart; with `spend` it serves once.
    2. An optional figure, and one that `text` has in words or Roman numerals, needs none.
    3. Neither does a time, a date or a half that `text` writes in another way.
    """
    written = [f.values for f in figures(text, language=language)]
    words = spoken_numbers(text, language=language) + roman_numbers(text)
    vouched = {frozenset({value}) for value in words}
    lost: list[str] = []
    for figure in wanted:
        place = next((i for i, v in enumerate(written) if v & figure.values), None)
        if place is not None:
            if spend:
                written.pop(place)
            continue
        if figure.optional or any(v & figure.values for v in vouched):
            continue
        if _as_time(figure, written) or _as_date(figure, written, words):
            continue
        if _as_fraction(figure, words):
            continue
        lost.append(figure.text)
    return lost


def _as_time(figure: Figure, written: list[frozenset[Decimal]]) -> bool:
    """Tell whether "14.30" on one side is an hour and its minutes, or a date, on the other."""
    whole, mark, rest = figure.text.partition(".")
    if mark and len(rest) == 2 and int(whole) <= 24 and int(rest) < 60:
        hours = {Decimal(int(whole)), Decimal(int(whole) % 12)}
        minutes = Decimal(rest)
        return any(v & hours for v in written) and (
            not minutes or any(minutes in v for v in written)
        )
    if len(figure.text) <= 2:
        return any(
            not {value // 1, value % 1 * 100}.isdisjoint(figure.values)
            for values in written
            for value in values
            if value % 1 and _minutes(value) and (value < 24 or _day_and_month(value))
        )
    return False


def _as_date(
    figure: Figure, written: Sequence[frozenset[Decimal]], words: Sequence[Decimal]
) -> bool:
    """Tell whether a figure such as "25.04" is a day and the name of a month on the other side."""
    day, _, month = figure.text.partition(".")
    if len(month) != 2 or not 1 <= int(month) <= 12 or not 1 <= int(day) <= 31:
        return False
    return Decimal(int(month)) in words and any(Decimal(int(day)) in v for v in written)


def _day_and_month(value: Decimal) -> bool:
    return value < 32 and value % 1 * 100 <= 12


def _minutes(value: Decimal) -> bool:
    return value.as_tuple().exponent == -2 and value % 1 * 100 < 60


def _as_fraction(figure: Figure, words: Sequence[Decimal]) -> bool:
    """Tell whether a figure is 0.5, or 50 (per cent), and the other side has a half in words."""
    return bool({Decimal("0.5"), Decimal(50)} & figure.values) and Decimal("0.5") in words


def roman_numbers(text: str) -> list[Decimal]:
    """Return the values of Roman numerals up to XXIX: centuries, popes, wars."""
    found = []
    for match in _ROMAN.finditer(text.translate(to_latin())):  # often typed in Cyrillic letters
        tens, units = match.group(1), match.group(2)
        value = 10 * len(tens) + _UNITS[units]
        if value:
            found.append(Decimal(value))
    return found


_UNITS = {"": 0, "I": 1, "II": 2, "III": 3, "IV": 4, "V": 5, "VI": 6, "VII": 7, "VIII": 8, "IX": 9}
