"""Numbers with their units: read in any language, compared, and put right in English.

30 euros must not become 30 dollars, nor 12 kWh 12 MW. But a year, a date or a time before a
currency is no amount of it ("In 2024 the dollar rose"), and a word that may be a currency or
something else (livres are pounds or books) claims nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from pipeline.facts.multiples import SPACES
from pipeline.facts.number_words import scale_words
from pipeline.facts.numbers import Figure, figures
from pipeline.facts.spoken import spoken
from pipeline.lang.data import alternatives, by_language
from pipeline.lang.function_words import any_function_word
from pipeline.lang.letters import cyrillic

# unit: (dimension, its international signs, which all languages write)
_UNITS: dict[str, tuple[str, str]] = {
    "EUR": ("money", r"(?:k|M|Mds?|Mrd)?€|EUR\b"),
    "USD": ("money", r"US\$|\$|USD\b"),
    "GBP": ("money", r"£|GBP\b"),
    "RUB": ("money", r"₽|RUB\b"),
    "UAH": ("money", r"₴|UAH\b"),
    "CHF": ("money", r"CHF\b"),
    "JPY": ("money", r"¥|JPY\b"),
    "%": ("share", r"%"),
    "kWh": ("power", r"kW[·.-]?h\b"),
    "MWh": ("power", r"MW[·.-]?h\b"),
    "kW": ("power", r"kW\b"),
    "MW": ("power", r"MW\b"),
    "GW": ("power", r"GW\b"),
    "km/h": ("speed", r"km/h\b"),
    "m/s": ("speed", r"m/s\b"),
    "km": ("length", r"km\b(?!/)"),
    "cm": ("length", r"cm\b"),
    "mm": ("length", r"mm\b"),
    "m": ("length", r"m\b(?![/²])"),
    "kg": ("mass", r"kg\b"),
    "t": ("mass", r"t\b"),
    "ha": ("area", r"ha\b"),
    "°C": ("heat", r"°\s?C\b|°"),
    "mile": ("length", ""),
}
_ENDS_NOUN = re.compile(  # behind "5 euro" it is a noun: "a 5 euro ticket" stays
    r"[.,;:!?)]|$| (?:and|or|for|per|an?|in|to|from|by|on|at|with)\b"
)
_MARKS = "%€$£₽₴¥°"
_NEAR = 12  # letters before a year that are looked at
_YEAR = re.compile(r"(?:19|20)\d\d")
_SIGNS = {"€": "EUR", "$": "USD", "US$": "USD", "£": "GBP", "₽": "RUB", "₴": "UAH", "¥": "JPY"}
_BEFORE = re.compile(r"(US\$|[$€£₽₴¥]|EUR|USD|GBP|UAH|RUB|CHF)[\s\u00a0]?$")
# How English writes a unit that was mistaken for another: its sign, and in words.
_ENGLISH = {
    "EUR": ("€", "euros"), "USD": ("$", "dollars"), "GBP": ("£", "pounds"),
    "RUB": ("₽", "roubles"), "UAH": ("₴", "hryvnias"), "JPY": ("¥", "yen"),
    "kWh": ("kWh", "kilowatt-hours"), "MWh": ("MWh", "megawatt-hours"), "kW": ("kW", "kilowatts"),
    "MW": ("MW", "megawatts"), "GW": ("GW", "gigawatts"), "km": ("km", "kilometres"),
    "cm": ("cm", "centimetres"), "mm": ("mm", "millimetres"), "m": ("m", "metres"),
    "kg": ("kg", "kilograms"), "t": ("t", "tonnes"), "mile": ("miles", "miles"),
}  # fmt: skip


@cache
def _written(unit: str, *, in_doubt: bool = False) -> str:
    """Return the pattern of a unit: its signs, then its words in all languages."""
    tables = [*by_language("units").values()]
    if in_doubt:
        tables += by_language("units_in_doubt").values()
    spoken = [patterns.get(unit) for patterns in tables]
    return "|".join(filter(None, [_UNITS[unit][1], *spoken]))


@cache
def _after(*, answers: bool = False) -> re.Pattern[str]:
    """Return the pattern of a unit behind its figure; only scales may stand between them.

    `answers`: the unit need not be claimed, it answers for one of another text. Words in doubt
    count, and two other words may stand before it.
    """
    units = "|".join(f"(?P<u{i}>{_written(u, in_doubt=answers)})" for i, u in enumerate(_UNITS))
    between = r"[^\W\d_]+" if answers else rf"(?:{scale_words()})\b"
    return re.compile(
        rf"(?P<gap>[\s\u00a0\u202f-]{{0,2}})(?:{between}\.?[\s\u00a0\u202f-]){{0,3}}?"
        rf"(?:de |d['’]|of )?(?:{units})",
        re.IGNORECASE,
    )


@cache
def _before_year() -> re.Pattern[str]:
    return re.compile(rf"\b{alternatives('units_apart.before_year')}\s$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure with its unit, and where the unit stands."""

    figure: Figure
    unit: str
    start: int
    end: int

    @property
    def dimension(self) -> str:
        """The kind of thing measured: money, length, ..."""
        return _UNITS[self.unit][0]


def measures(text: str, *, language: str, answers: bool = False) -> list[Measure]:
    """Return the figures of `text` that stand beside a unit.

    With `answers`, more counts as one: enough to answer for a measure of another text, not enough
    to ask it of another text, or to be replaced.
    """
    names = list(_UNITS)
    found = []
    for figure in figures(text, language=language):
        if sign := _BEFORE.search(text, max(0, figure.start - 5), figure.start):
            unit = _SIGNS.get(sign[1], sign[1])
            found.append(Measure(figure, unit, *sign.span(1)))
        elif match := _after(answers=answers).match(text, figure.end):
            group = match.lastgroup or "u0"
            unit = names[int(group[1:])]
            # A letter alone is a unit behind a space; behind a hyphen it ends a Russian ordinal.
            plain = len(match[group]) > 1 or match[group] in _MARKS or match["gap"].isspace()
            if plain and (answers or not _stand_apart(text, figure, match, language)):
                found.append(Measure(figure, unit, *match.span(group)))
    return found


def _stand_apart(text: str, figure: Figure, match: re.Match[str], language: str) -> bool:
    """Tell whether a figure and the unit behind it only happen to stand side by side.

    1. Minutes have no unit, and a word that begins a sentence belongs to no figure before it.
    2. A noun in the singular goes with one: "в 8:15 доллар", "к 15 доллар" are no amounts.
    3. A number like a year behind "in" or "since" is one, unless a sign or an inflected unit
       follows.
    """
    word = text[match.start(match.lastgroup or 0) : match.end()]
    between = text[figure.end : match.end() - len(word)]
    if not word[0].isalpha():
        return False
    if text[figure.start - 1 : figure.start] == ":" and len(figure.text) == 2:
        return True
    if "." in between and word[0].isupper() and not text.isupper():
        return True
    single, unchanging = (
        re.fullmatch(alternatives(f"units_apart.{key}"), word, re.IGNORECASE) is not None
        for key in ("single", "unchanging")
    )
    if single and language in cyrillic() and not _goes_with_one(figure, between):
        return True
    like_year = _YEAR.fullmatch(figure.text) is not None and not between.strip(SPACES)
    named = word[0].isupper() and not word.isupper()  # Euro 2024, a championship
    behind = _before_year().search(text, max(0, figure.start - _NEAR), figure.start) is not None
    return like_year and (named or (behind and (single or unchanging)))


def _goes_with_one(figure: Figure, between: str) -> bool:
    last = figure.text[-1:] == "1" and figure.text[-2:] != "11"
    return last and not between.strip(SPACES)


def unit_problems(
    source: str, target: str, *, source_language: str, target_language: str
) -> list[str]:
    """Return the measures of `source` whose number stands in `target` beside another unit, or none.

    Units of one letter and degrees are too easily written otherwise for their absence to count.
    """
    there = measures(target, language=target_language, answers=True)
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
    return wrong or _currencies_lost(source, target, source_language)


def _currencies_lost(source: str, target: str, language: str) -> list[str]:
    """Return the currencies that only the source names, of amounts in words.

    They have no figure that a unit could stand beside: the target names others, or none at all.
    """
    there = currencies(target, in_doubt=True)
    lost = currencies(source) - there
    if not lost:
        return []
    if currencies(target) - currencies(source, in_doubt=True):
        return sorted(lost)
    said = (s for s in spoken(source, language=language) if s.said)
    in_words = any(_after().match(source, number.end) for number in said)
    return sorted(lost) if not there and in_words else []


def currencies(text: str, *, in_doubt: bool = False) -> set[str]:
    """Return the currencies that a text names; `in_doubt`: or that it may name."""
    return {unit for unit, pattern in _currency_patterns(in_doubt).items() if pattern.search(text)}


@cache
def _currency_patterns(in_doubt: bool) -> Mapping[str, re.Pattern[str]]:
    return {
        unit: re.compile(rf"(?<![^\W\d_])(?:{_written(unit, in_doubt=in_doubt)})", re.IGNORECASE)
        for unit, (dimension, _) in _UNITS.items()
        if dimension == "money"
    }


def stands_before_unit(text: str, position: int) -> bool:
    """Tell whether a unit begins at `position`."""
    return _after().match(text, position) is not None


def units_put_right(source: str, target: str, *, source_language: str) -> str:
    """Return an English `target` with the units of the source beside the numbers of the source.

    Another unit of the same kind is replaced, and a currency that is nowhere is put before its
    number; "100m", "30 Euros", "6 euro" and "5 €" are written "100 m", "30 euros", "6 euros" and
    "€5".
    """
    for mine in measures(source, language=source_language):
        # "100m" might be a hundred million, "12kWh" twelve thousand: a figure and its unit
        # are parted first.
        glued = rf"(?<![\w.,$€£]){re.escape(mine.figure.text)}(?=[^\W\d_])(?={_written(mine.unit)})"
        target = re.sub(glued, f"{mine.figure.text} ", target)
        same = [
            t
            for t in measures(target, language="en")
            if t.dimension == mine.dimension and t.figure.values & mine.figure.values
        ]
        right = next((t for t in same if t.unit == mine.unit), None)
        if right is not None:
            target = _tidied(target, right)
        elif same and mine.unit in _ENGLISH:
            target = _with_unit(target, same[0], mine.unit)
        elif mine.dimension == "money" and mine.unit in _ENGLISH:
            target = _with_sign(target, mine)
    return target


def _with_sign(target: str, mine: Measure) -> str:
    """Return a target that lacks a currency with its sign before the number, if only one fits."""
    if _money().search(target):
        return target
    taken = {t.figure.start for t in measures(target, language="en", answers=True)}
    equal = [f for f in figures(target, language="en") if f.values & mine.figure.values]
    if len(equal) != 1 or equal[0].start in taken or counts(target, equal[0].end):
        return target
    start = equal[0].start
    return target[:start] + _ENGLISH[mine.unit][0] + target[start:]


@cache
def _counted_noun() -> re.Pattern[str]:
    return re.compile(rf"(?:\s(?:{scale_words()})\b)*\s({alternatives('units_apart.counted')})\b")


def counts(target: str, end: int) -> bool:
    """Tell whether a figure of an English text counts the noun behind it: "200 books", "200 lb"."""
    found = _counted_noun().match(target, end)
    return found is not None and found[1] not in any_function_word()


@cache
def _money() -> re.Pattern[str]:
    """Return the pattern of any currency, with or without a figure, certain or not."""
    units = [unit for unit, (dimension, _) in _UNITS.items() if dimension == "money"]
    written = "|".join(_written(unit, in_doubt=True) for unit in units)
    return re.compile(rf"(?<![^\W\d_])(?:{written})", re.IGNORECASE)


def _with_unit(target: str, wrong: Measure, unit: str) -> str:
    written = target[wrong.start : wrong.end]
    sign, word = _ENGLISH[unit]
    in_words = len(written) > 3 and written.isalpha()
    return _rewritten(target, wrong, word if in_words else sign)


def _rewritten(target: str, measure: Measure, unit: str) -> str:
    """Return the target with `unit` as that of a measure; letters stand behind a space."""
    glued = measure.start == measure.figure.end and unit[0].isalpha()
    return target[: measure.start] + (f" {unit}" if glued else unit) + target[measure.end :]


def _tidied(target: str, measure: Measure) -> str:
    written = target[measure.start : measure.end]
    figure = measure.figure
    if written in _SIGNS and target[figure.end : measure.start].isspace():
        return target[: figure.start] + written + figure.text + target[measure.end :]
    if measure.dimension != "money":
        return _rewritten(target, measure, written)
    plain = written.lower() if written.istitle() and len(written) > 3 else written
    noun = target[figure.end : measure.start].isspace() and _ENDS_NOUN.match(target, measure.end)
    if plain == "euro" and figure.text != "1" and noun:
        plain = "euros"
    return target[: measure.start] + plain + target[measure.end :]
