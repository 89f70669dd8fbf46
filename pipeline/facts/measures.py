"""Numbers, times and units as the target language writes them.

"1 234,5" is "1,234.5" in English, "14 h 30" is 14:30 and a 14:30 grows no "PM": `localise` rewrites
the numbers that the model copied, where source and target agree on the value afterwards as before.
"""

from __future__ import annotations

import re
from decimal import Decimal

from pipeline.facts.number_words import decimal_mark, group_mark
from pipeline.facts.numbers import (
    SPACES,
    Figure,
    added_numbers,
    factors,
    figures,
    missing_numbers,
    numbers_agree,
    readings,
)
from pipeline.facts.units import stands_before_unit, units_put_right
from pipeline.lang.data import words

_CLOCK = re.compile(
    r"(?<![\d.,:])(?P<h>2[0-4]|[01]?\d)(?!\d)(?:(?P<mark>[:.]|\s?h(?:eures?)?\s?)(?P<m>[0-5]\d)(?![\d%°]))?"
    r"(?P<bare>\s?h(?:eures?)?\b)?(?P<half>\s?[ap]\.?\s?m\b\.?)?",
    re.IGNORECASE,
)
_APART = re.compile(r"(?<!\d)\d++(?:[.,] \d++)+")
_FOREIGN_SCALE = re.compile(r"(?<=\d)\s?(mln|mlrd|mrd|bln)\b", re.IGNORECASE)
_GROUPED = re.compile(rf"\d{{1,3}}(?:[{SPACES}]\d{{3}})+")
_SCALES = {"mln": "million", "mlrd": "billion", "mrd": "billion", "bln": "billion"}


def localise(source: str, target: str, *, source_language: str, target_language: str) -> str:
    """Return `target` with times, numbers and currencies as the target language writes them.

    A number is rewritten only where `source` has its value, and keeps that value. A single wrong
    time of day is replaced by the single time of `source` that is missing.
    """
    languages = {"source_language": source_language, "target_language": target_language}
    target = _rejoined(source, target, **languages)
    if target_language == "en" and source_language != "en":
        target = _times(source, target)
        target = _FOREIGN_SCALE.sub(lambda m: f" {_SCALES[m[1].lower()]}", target)
        target = units_put_right(source, target, source_language=source_language)
    return _number_formats(source, target, **languages)


def _rejoined(source: str, target: str, *, source_language: str, target_language: str) -> str:
    """Close the gaps of "1, 250, 000" and "4. 5%" where that makes the numbers agree."""
    languages = {"source_language": source_language, "target_language": target_language}
    joined = _APART.sub(lambda match: match.group().replace(" ", ""), target)
    if joined == target or numbers_agree(source, target, **languages):
        return target
    return joined if numbers_agree(source, joined, **languages) else target


def _times(source: str, target: str) -> str:
    """Write times as a source with a 24-hour clock does: 14:30, never 2:30 pm or 14:30 PM."""
    known = {
        _time_of(m): f"{m['h']}:{m['m'] or '00'}"
        for m in _CLOCK.finditer(source)
        if _is_clock(m, source)
    }
    if not known:
        return target

    def written(match: re.Match[str]) -> str:
        hour, minute = _time_of(match)
        if not (match["m"] or match["half"] or match["bare"]):
            return match.group()
        same = [t for h, t in known.items() if h == (hour, minute)]
        if not same and match["half"]:
            same = [t for (h, m), t in known.items() if (h % 12, m) == (hour % 12, minute)]
        if not same or (match["mark"] == ":" and not match["half"]):
            return match.group()
        stop = "." if match.group().endswith(".") and match.end() == len(target) else ""
        return same[0] + stop

    return _wrong_time_replaced(_CLOCK.sub(written, target), known)


def _wrong_time_replaced(target: str, known: dict[tuple[int, int], str]) -> str:
    """Replace the only time that is not in the source by the only one that is missing."""
    clocks = {
        _time_of(m): m.span()
        for m in _CLOCK.finditer(target)
        if m["half"] or (m["m"] and m["mark"] != ".")
    }
    lost, wrong = known.keys() - clocks.keys(), clocks.keys() - known.keys()
    if len(lost) != 1 or len(wrong) != 1:
        return target
    start, end = clocks[wrong.pop()]
    return target[:start] + known[lost.pop()] + target[end:]


def _time_of(match: re.Match[str]) -> tuple[int, int]:
    return int(match["h"]), int(match["m"] or 0)


def _is_clock(match: re.Match[str], text: str) -> bool:
    """Tell whether a match in a source is a time of day; "14.30" is one behind a word for "at"."""
    if match["half"]:
        return False
    if match["mark"] == ".":
        behind = text[max(0, match.start() - 2) : match.start()].lower()
        at = {f"{word} " for word in words("dates.at_with_full_stop")}
        return behind in at and not stands_before_unit(text, match.end())
    return bool(match["m"] or match["bare"])


def _number_formats(source: str, target: str, *, source_language: str, target_language: str) -> str:
    wanted: set[Decimal] = set()
    grouped: set[Decimal] = set()
    for figure in figures(source, language=source_language):
        wanted |= figure.values
        if _GROUPED.fullmatch(figure.text):
            grouped |= figure.values
    for figure in reversed(figures(target, language=target_language)):
        if figure.text.isdigit():
            if Decimal(figure.text) in grouped:
                written = _in_groups(figure.text, language=target_language)
                target = target[: figure.start] + written + target[figure.end :]
            continue
        scales = factors(target, figure.end, language=target_language)
        for language in (target_language, source_language):
            agreeing = {
                value
                for value in readings(figure.text, language=language)
                if any(value * scale in wanted for scale in scales)
            }
            if len(agreeing) == 1 and not (
                language != target_language and _whole(agreeing, figure)
            ):
                written = write_number(figure.text, agreeing.pop(), language=target_language)
                target = target[: figure.start] + written + target[figure.end :]
                break
    return target


def _whole(values: set[Decimal], figure: Figure) -> bool:
    """Tell whether a figure, "100,000", would be 100 with three decimals: nobody writes that."""
    (value,) = values
    return value == value.to_integral() and figure.text[-4:] in {",000", ".000"}


def write_number(written: str, value: Decimal, *, language: str) -> str:
    """Return `value`, read from `written`, in the format of `language`, with as many decimals."""
    digits = re.sub(r"\D", "", written)
    decimals = 0
    while value != Decimal(digits).scaleb(-decimals) and decimals < len(digits):
        decimals += 1
    whole, rest = digits[: len(digits) - decimals] or "0", digits[len(digits) - decimals :]
    if len(re.findall(r"\D", written)) > (1 if decimals else 0):  # it was grouped: stay grouped
        whole = _in_groups(whole, language=language)
    return whole + (decimal_mark(language) + rest if rest else "")


def _in_groups(digits: str, *, language: str) -> str:
    return f"{int(digits):,}".replace(",", group_mark(language))


def substitute_number(
    source: str, target: str, *, source_language: str, target_language: str
) -> str | None:
    """Return `target` with its one wrong number replaced by the one that `source` misses.

    None unless one number is wrong, one is missing, and all numbers agree afterwards.
    """
    languages = {"source_language": source_language, "target_language": target_language}
    missing = missing_numbers(source, target, **languages)
    added = added_numbers(source, target, **languages)
    if len(missing) != 1 or len(added) != 1:
        return None
    same = [f for f in figures(target, language=target_language) if f.text == added[0]]
    if len(same) != 1:
        return None
    (wrong,) = same
    values = readings(missing[0], language=source_language)
    right = write_number(missing[0], min(values), language=target_language)
    mended = target[: wrong.start] + right + target[wrong.end :]
    return mended if numbers_agree(source, mended, **languages) else None
