"""Numbers with their units, and the way a language writes them.

`unit_problems` compares: 30 euros must not become 30 dollars. `localise` writes what the model
copied as the target writes it - "1 234,5" is "1,234.5" in English, "14 h 30" is 14:30 and a 14:30
grows no "PM" - and only where source and target agree on the value afterwards as before.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from pipeline.stages.triage.numbers import (
    Figure,
    added_numbers,
    factors,
    figures,
    missing_numbers,
    numbers_agree,
    readings,
)

_KM_PER_HOUR = (
    r"km/h\b|kph\b|км/ч\b|км/год\b|kilomet(?:er|re)s? (?:per|an) hour\b"
    r"|километр\w* в час\b|кілометр\w* (?:на|за) годину\b|kilomètres?(?: à l['’]|-|/)heure\b"
)
_M_PER_SECOND = (
    r"m/s\b|м/с\b|met(?:er|re)s (?:per|a) second\b|mètres par seconde\b"
    r"|метр\w* (?:в|на|за) секунду\b"
)
_UNITS: dict[str, tuple[str, str]] = {
    # unit: (dimension, how it is written in any of the four languages)
    "EUR": ("money", r"€|EUR\b|euros?\b|евро\b|євро\b"),
    "USD": ("money", r"US\$|\$|USD\b|dollars?\b|доллар\w*|долар\w*|дол\."),
    "GBP": ("money", r"£|GBP\b|pounds?\b|livres?(?: sterling)?\b|фунт\w*"),
    "RUB": ("money", r"₽|RUB\b|ro?ubles?\b|рубл\w*|руб\."),
    "UAH": ("money", r"₴|UAH\b|hr[yi]vn[iy]?as?\b|hryvnia\b|гривн\w*|гривень|грн\b"),
    "CHF": ("money", r"CHF\b|francs? suisses?\b|Swiss francs?\b|швейцарск\w+ франк\w*"),
    "JPY": ("money", r"¥|JPY\b|yens?\b|иен\w?\b|єн\w?\b"),
    "%": ("share", r"%|per ?cent\b|percentage\b|процент\w*|відсот\w*|pour cent\b"),
    "km/h": ("speed", _KM_PER_HOUR),
    "m/s": ("speed", _M_PER_SECOND),
    "km": ("length", r"km\b(?!/)|км\b(?!/)|kilom[eè]t(?:er|re)s?\b|километр\w*|кілометр\w*"),
    "cm": ("length", r"cm\b|см\b|centim[eè]t(?:er|re)s?\b|сантиметр\w*"),
    "mm": ("length", r"mm\b|мм\b|millim[eè]t(?:er|re)s?\b|миллиметр\w*|міліметр\w*"),
    "m": ("length", r"m\b(?![/²])|м\b(?![/²])|m[eè]t(?:er|re)s?\b|метр\w*"),
    "kg": ("mass", r"kg\b|кг\b|kilos?\b|kilogram\w*|килограмм\w*|кілограм\w*"),
    "t": ("mass", r"t\b|т\b|tons?\b|tonnes?\b|тонн\w*|тонна\b"),
    "ha": ("area", r"ha\b|га\b|hectares?\b|гектар\w*"),
    "°C": ("heat", r"°\s?C\b|°|degr[eé]+s?\b|градус\w*"),
    "mile": ("length", r"miles?\b|мил[ьяи]\w?\b|миль\b"),
}
_AFTER = re.compile(
    r"(?P<gap>[\s\u00a0\u202f-]{0,2})(?:[^\W\d_]+\.?[\s\u00a0]){0,2}?(?:de |d['’]|of )?(?:"
    + "|".join(f"(?P<u{i}>{pattern})" for i, (_, pattern) in enumerate(_UNITS.values()))
    + ")",
    re.IGNORECASE,
)
_SIGNS = {"€": "EUR", "$": "USD", "US$": "USD", "£": "GBP", "₽": "RUB", "₴": "UAH", "¥": "JPY"}
_BEFORE = re.compile(r"(US\$|[$€£₽₴¥]|EUR|USD|GBP|UAH|RUB|CHF)[\s\u00a0]?$")
_ENGLISH_MONEY = {
    "EUR": ("€", "euros"), "USD": ("$", "dollars"), "GBP": ("£", "pounds"),
    "RUB": ("₽", "roubles"), "UAH": ("₴", "hryvnias"), "JPY": ("¥", "yen"),
}  # fmt: skip
_CLOCK = re.compile(
    r"(?<![\d.,:])(?P<h>[01]?\d|2[0-4])(?:(?P<mark>[:.]|\s?h(?:eures?)?\s?)(?P<m>[0-5]\d)(?![\d%°]))?"
    r"(?P<bare>\s?h(?:eures?)?\b)?(?P<half>\s?[ap]\.?\s?m\b\.?)?",
    re.IGNORECASE,
)
_APART = re.compile(r"\d+(?:[.,] \d+)+")
_GROUP_MARK = {"en": ",", "fr": "\u202f", "ru": "\u00a0", "uk": "\u00a0"}
_DECIMAL_MARK = {"en": "."}  # elsewhere a comma


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure with its unit, and where the unit stands."""

    figure: Figure
    unit: str
    start: int
    end: int

    @property
    def dimension(self) -> str:
        """What is measured: money, length, ..."""
        return _UNITS[self.unit][0]


def measures(text: str, *, language: str) -> list[Measure]:
    """Return the figures of `text` that stand beside a unit."""
    names = list(_UNITS)
    found = []
    for figure in figures(text, language=language):
        if sign := _BEFORE.search(text, max(0, figure.start - 5), figure.start):
            unit = _SIGNS.get(sign[1], sign[1])
            found.append(Measure(figure, unit, *sign.span(1)))
        elif match := _AFTER.match(text, figure.end):
            group = match.lastgroup or "u0"
            unit = names[int(group[1:])]
            # A letter alone is a unit behind a space; behind a hyphen it ends an ordinal: "17-м".
            if len(match[group]) > 1 or match[group] in "%€$£₽₴¥°" or match["gap"].isspace():
                found.append(Measure(figure, unit, *match.span(group)))
    return found


def unit_problems(
    source: str, target: str, *, source_language: str, target_language: str
) -> list[str]:
    """Return the measures of `source` whose number stands in `target` beside another unit, or none.

    Units of one letter and degrees are too easily written otherwise for their absence to count.
    """
    there = measures(target, language=target_language)
    units = {t.unit for t in there}
    numbers = [f.values for f in figures(target, language=target_language)]
    wrong = []
    for mine in measures(source, language=source_language):
        equal = [t for t in there if t.figure.values & mine.figure.values]
        rivals = [t for t in equal if t.dimension == mine.dimension]
        gone = (
            mine.unit not in units
            and len(mine.unit) > 1
            and mine.dimension != "heat"
            and any(v & mine.figure.values for v in numbers)
        )
        if gone or (rivals and all(t.unit != mine.unit for t in rivals)):
            wrong.append(source[mine.figure.start : mine.figure.end] + " " + mine.unit)
    return wrong


def localise(source: str, target: str, *, source_language: str, target_language: str) -> str:
    """Return `target` with times, numbers and currencies as the target language writes them.

    Only what the source vouches for is touched, and its value stays.
    """
    languages = {"source_language": source_language, "target_language": target_language}
    target = _rejoined(source, target, **languages)
    if target_language == "en" and source_language != "en":
        target = _times(source, target)
        target = _currencies(source, target, source_language=source_language)
    return _number_formats(source, target, **languages)


def _rejoined(source: str, target: str, *, source_language: str, target_language: str) -> str:
    """Close the gaps of "1, 250, 000" and "4. 5%" where that makes the numbers agree."""
    languages = {"source_language": source_language, "target_language": target_language}
    joined = _APART.sub(lambda match: match.group().replace(" ", ""), target)
    if joined == target or numbers_agree(source, target, **languages):
        return target
    return joined if numbers_agree(source, joined, **languages) else target


def _times(source: str, target: str) -> str:
    """Write the times of a 24-hour source as it has them: 14:30, never 2:30 pm or 14:30 PM."""
    known = {
        (int(m["h"]), int(m["m"] or 0)): f"{m['h']}:{m['m'] or '00'}"
        for m in _CLOCK.finditer(source)
        if _is_clock(m, source)
    }
    if not known:
        return target

    def written(match: re.Match[str]) -> str:
        hour, minute = int(match["h"]), int(match["m"] or 0)
        if not (match["m"] or match["half"] or match["bare"]):
            return match.group()
        same = [t for h, t in known.items() if h == (hour, minute)]
        if not same and match["half"]:
            same = [t for (h, m), t in known.items() if (h % 12, m) == (hour % 12, minute)]
        if not same or (match["mark"] == ":" and not match["half"]):
            return match.group()
        stop = "." if match.group().endswith(".") and match.end() == len(target) else ""
        return same[0] + stop

    return _CLOCK.sub(written, target)


def _is_clock(match: re.Match[str], text: str) -> bool:
    """Tell whether a match in a source is a time of day; "14.30" is one behind "о" or "в"."""
    if match["half"]:
        return False
    if match["mark"] == ".":
        behind = text[max(0, match.start() - 2) : match.start()].lower()
        return behind in {"о ", "в "} and not _AFTER.match(text, match.end())
    return bool(match["m"] or match["bare"])


def _currencies(source: str, target: str, *, source_language: str) -> str:
    """Put the source's currency back where the model wrote another beside the same amount."""
    for mine in measures(source, language=source_language):
        if mine.dimension != "money" or mine.unit not in _ENGLISH_MONEY:
            continue
        there = [
            t
            for t in measures(target, language="en")
            if t.dimension == "money" and t.figure.values & mine.figure.values
        ]
        if not there or any(t.unit == mine.unit for t in there):
            continue
        wrong = there[0]
        sign, word = _ENGLISH_MONEY[mine.unit]
        new = sign if target[wrong.start] in "€$£₽₴¥U" else word
        target = target[: wrong.start] + new + target[wrong.end :]
    return target


def _number_formats(source: str, target: str, *, source_language: str, target_language: str) -> str:
    wanted: set[Decimal] = set()
    for figure in figures(source, language=source_language):
        wanted |= figure.values
    for figure in reversed(figures(target, language=target_language)):
        if figure.text.isdigit():
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
    """Tell whether "100,000" would be read as a hundred with three decimals: nobody writes that."""
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
        whole = f"{int(whole):,}".replace(",", _GROUP_MARK.get(language, "\u00a0"))
    return whole + (_DECIMAL_MARK.get(language, ",") + rest if rest else "")


def substitute_number(
    source: str, target: str, *, source_language: str, target_language: str
) -> str | None:
    """Return `target` with its one wrong number replaced by the one that `source` misses.

    None unless there is exactly one of each and all numbers agree afterwards.
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
