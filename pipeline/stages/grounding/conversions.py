"""Figures that say in another unit what the original says: 10 inches for 25 cm, 104 °F for 40 °C.

Who translates or summarises converts, and rounds while doing so. Imperial units are read here
alone: a pound is money elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from itertools import pairwise

from pipeline.facts.numbers import Figure, figures
from pipeline.facts.units import measures
from pipeline.lang.data import by_language

TOLERANCE = Decimal("0.05")  # of a rounded or converted number
_JOINT = 8  # characters between two figures that have one unit
# Each unit's kind, and what one of it is worth in the first unit of that kind.
_WORTH: Mapping[str, tuple[str, Decimal]] = {
    "mm": ("length", Decimal("0.001")), "cm": ("length", Decimal("0.01")),
    "m": ("length", Decimal(1)), "km": ("length", Decimal(1000)),
    "mile": ("length", Decimal("1609.344")), "inch": ("length", Decimal("0.0254")),
    "foot": ("length", Decimal("0.3048")), "yard": ("length", Decimal("0.9144")),
    "kg": ("mass", Decimal(1)), "t": ("mass", Decimal(1000)),
    "pound": ("mass", Decimal("0.45359237")), "ounce": ("mass", Decimal("0.028349523")),
    "stone": ("mass", Decimal("6.35029318")),
    "kWh": ("energy", Decimal(1)), "MWh": ("energy", Decimal(1000)),
    "kW": ("power", Decimal(1)), "MW": ("power", Decimal(1000)),
    "GW": ("power", Decimal(1_000_000)),
    "km/h": ("speed", Decimal(1)), "m/s": ("speed", Decimal("3.6")),
    "mph": ("speed", Decimal("1.609344")), "knot": ("speed", Decimal("1.852")),
    "ha": ("area", Decimal(1)), "acre": ("area", Decimal("0.40468564")),
    "°C": ("heat", Decimal(1)), "fahrenheit": ("heat", Decimal(5) / 9),
}  # fmt: skip
_FREEZING = {"fahrenheit": Decimal(32)}


@dataclass(frozen=True, slots=True)
class Quantity:
    """A figure with a unit that can be converted, and where figure and unit stand in their text."""

    figure: Figure
    unit: str
    start: int
    end: int

    @property
    def amounts(self) -> Iterator[Decimal]:
        """What the figure may be worth in the first unit of its kind."""
        zero = _FREEZING.get(self.unit, Decimal(0))
        return ((value - zero) * _WORTH[self.unit][1] for value in self.figure.values)


def quantities(text: str, *, language: str) -> list[Quantity]:
    """Return the figures of a text that stand before a unit, in order.

    The first of two figures that are joined ("2 to 4 inches") has the unit of the second.
    """
    found = {
        m.figure.start: Quantity(m.figure, m.unit, m.figure.start, max(m.figure.end, m.end))
        for m in measures(text, language=language, answers=True)
        if m.unit in _WORTH
    }
    numbers = figures(text, language=language)
    pattern = _imperial(language)
    for figure in numbers:
        if pattern is not None and (match := pattern.match(text, figure.end)):
            unit = match.lastgroup or ""
            found[figure.start] = Quantity(figure, unit, figure.start, match.end())
    joins = _joins(language)
    for first, second in reversed(list(pairwise(numbers))):
        between = text[first.end : second.start]
        alone = first.start not in found or found[first.start].end > second.start
        if alone and second.start in found and len(between) <= _JOINT and joins.fullmatch(between):
            unit = found[second.start].unit
            found[first.start] = Quantity(first, unit, first.start, first.end)
    return [found[start] for start in sorted(found)]


def converts(mine: Quantity, other: Quantity) -> bool:
    """Tell whether two quantities in different units of a kind are the same, but for rounding."""
    if mine.unit == other.unit or _WORTH[mine.unit][0] != _WORTH[other.unit][0]:
        return False
    return any(abs(a - b) <= TOLERANCE * abs(b) for a in mine.amounts for b in other.amounts if b)


@cache
def _imperial(language: str) -> re.Pattern[str] | None:
    words = by_language("imperial").get(language)
    if words is None:
        return None
    units = "|".join(f"(?P<{unit}>{words[unit]})" for unit in words if unit in _WORTH)
    return re.compile(rf"[\s\u00a0\u202f-]{{0,2}}(?:{units})", re.IGNORECASE)


@cache
def _joins(language: str) -> re.Pattern[str]:
    words = by_language("imperial").get(language, {}).get("joins")
    return re.compile(rf"\s?(?:[-–—]{'' if words is None else '|' + words})\s?", re.IGNORECASE)
