"""Attributes of an event as a sentence gives them: numbers, money, dates, offices, causes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Literal

from pipeline.facts.numbers import figures
from pipeline.facts.spoken import spoken
from pipeline.lang.data import word_lists
from pipeline.stories.amounts import amounts_in
from pipeline.stories.causes import cause_in
from pipeline.stories.days import Day, days_in
from pipeline.stories.holders import holders_in
from pipeline.stories.names import Sound, sounds_in
from pipeline.stories.word_patterns import word_patterns

Kind = Literal["count", "money", "date", "holder", "cause"]
_NEAR = 28  # characters between a number and what it counts
_NEAR_DATE = 45  # between an event and its date
_CLAUSE = re.compile(r"[.;:!?()]|,\s")
_LEAD = "· "  # what opens a sentence is no name for certain: something stands before
_GROUPS = re.compile(r"(?<=\d)[,.](?=\d)")
_YEARS = (Decimal(1900), Decimal(2100))
_PER_CENT = re.compile(r"\s?(?:%|per cent|percent|pour cent)")


@dataclass(frozen=True, slots=True)
class Given:
    """A value that a text gives for an attribute: where, and how exactly.

    `value` is a number, a `Day`, the sounds of a person's names, or the kind of a cause. `about`
    are the names in its sentence; of an office the organisation alone. `hedged`: "at least".
    `currency` is that of an amount of money, `period` the dates that its sentence names: a profit
    of one year is not that of another.
    """

    kind: Kind
    attribute: str
    value: Decimal | Day | tuple[Sound, ...] | str
    shown: str
    about: tuple[Sound, ...]
    hedged: bool = False
    currency: str = ""
    period: frozenset[str] = frozenset()


def given_in(text: str, *, language: str, year: int | None = None) -> list[Given]:
    """Return the attributes that a sentence gives; `year` is that of dates without one."""
    return [
        *_counts(text, language),
        *_dates(text, language, year),
        *_holders(text, language),
        *_amounts(text, language),
        *_causes(text, language),
    ]


def _holders(text: str, language: str) -> Iterator[Given]:
    for holder in holders_in(text, language=language):
        sounds = sounds_in(f"{_LEAD}{holder.person}", language=language)
        if sounds:
            said = holder.organisation
            about = sounds_in(f"{_LEAD}{said}", language=language)
            if said and not about:  # an abbreviation, such as US
                about = (Sound(said, said.lower()),)
            shown = holder.person
            yield Given("holder", holder.office, sounds, shown, about)


def _amounts(text: str, language: str) -> Iterator[Given]:
    found = amounts_in(text, language=language)
    if not found:
        return
    names = sounds_in(text, language=language)
    period = frozenset(day.written for day in days_in(text, language=language))
    for amount in found:
        shown = text[amount.start : amount.end]
        hedged = _is_hedged(text, amount.start, language)
        yield Given(
            "money", amount.thing, amount.value, shown, names, hedged, amount.currency, period
        )


def _causes(text: str, language: str) -> Iterator[Given]:
    kind, words = cause_in(text, language=language)
    if kind:
        yield Given("cause", "cause", kind, words, sounds_in(text, language=language))


def _dates(text: str, language: str, year: int | None) -> Iterator[Given]:
    """Yield the date of each event: of all events before or behind a date the nearest."""
    names = sounds_in(text, language=language)
    places = [
        (match.start(), match.end(), event)
        for event, pattern in word_patterns("events", language).items()
        for match in pattern.finditer(text)
    ]
    for day in days_in(text, language=language, year=year):
        near = [
            (gap, event)
            for start, end, event in places
            if (gap := _gap(text, (start, end), (day.start, day.end))) <= _NEAR_DATE
        ]
        if near:
            _, event = min(near)
            yield Given("date", event, day, text[day.start : day.end].strip(" ,"), names)


def _counts(text: str, language: str) -> Iterator[Given]:
    """Yield the number of each thing counted: each number goes with its nearest noun or verb."""
    names = sounds_in(text, language=language)
    places = [
        (match.start(), match.end(), thing)
        for thing, pattern in word_patterns("counts", language).items()
        for match in pattern.finditer(text)
    ]
    if not places:
        return
    for start, end, value in _numbers(text, language):
        near = [
            (gap, thing)
            for left, right, thing in places
            if (gap := _gap(text, (left, right), (start, end))) <= _NEAR
        ]
        if near:
            _, thing = min(near)
            hedged = _is_hedged(text, start, language)
            yield Given("count", thing, value, text[start:end], names, hedged)


def _is_hedged(text: str, start: int, language: str) -> bool:
    return _hedge(language).search(text[max(0, start - 20) : start].lower()) is not None


def _numbers(text: str, language: str) -> Iterator[tuple[int, int, Decimal]]:
    """Yield the exact numbers of a text that may count something: no years and no shares."""
    taken: list[tuple[int, int]] = []
    for figure in figures(text, language=language):
        value = max(figure.values)
        taken.append((figure.start, figure.end))
        if _PER_CENT.match(text, figure.end) or value != value.to_integral_value():
            continue
        if len(figure.values) > 1 and min(figure.values) < 1000 <= value and "." in figure.text:
            continue
        if len(figure.text) == 4 and _YEARS[0] <= value <= _YEARS[1]:
            continue
        yield figure.start, figure.end, value
    for number in spoken(text, language=language):
        overlaps = any(number.start < end and start < number.end for start, end in taken)
        if number.said and not number.bare and len(number.values) == 1 and not overlaps:
            yield number.start, number.end, min(number.values)


def _gap(text: str, one: tuple[int, int], other: tuple[int, int]) -> int:
    """Return the characters between two places of one clause; more than any limit otherwise."""
    first, second = sorted((one, other))
    if second[0] < first[1]:
        return _NEAR_DATE + 1
    between = text[first[1] : second[0]]
    if _CLAUSE.search(_GROUPS.sub("", between)):
        return _NEAR_DATE + 1
    return len(between)


@cache
def _hedge(language: str) -> re.Pattern[str]:
    found = "|".join(map(re.escape, word_lists("stories.hedges").get(language, ("(?!)",))))
    return re.compile(rf"(?<![^\W\d_])(?:{found})\s(?:\S+\s)?$")
