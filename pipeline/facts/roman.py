"""Roman numerals: centuries, popes, wars."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache

from pipeline.lang.data import alternatives
from pipeline.lang.letters import to_latin

_NUMERAL = (
    r"(?=[IVXLCDM])(?![LCDM](?![IVXLCDM]))"  # a single L, C, D or M is an initial
    r"(M{0,3})(CM|CD|D?C{0,3})(XC|XL|L?X{0,3})(IX|IV|V?I{0,3})"
)
_AS_ONES = {100: str.maketrans("CDM", "IVX"), 10: str.maketrans("XLC", "IVX"), 1: {}}
_ONES = {
    "": 0, "I": 1, "II": 2, "III": 3, "IV": 4, "V": 5, "VI": 6, "VII": 7, "VIII": 8, "IX": 9,
}  # fmt: skip


def roman_numbers(text: str) -> list[Decimal]:
    """Return the values of the Roman numerals of a text, also of ordinals such as XIXe."""
    found = []
    for match in _numeral().finditer(text.translate(to_latin())):  # often typed in Cyrillic letters
        thousands, *places = match.groups()
        value = 1000 * len(thousands)
        for place, unit in zip(places, (100, 10, 1), strict=True):
            value += unit * _ONES[place.translate(_AS_ONES[unit])]
        found.append(Decimal(value))
    return found


def is_roman(word: str) -> bool:
    """Tell whether a word in capitals is a Roman numeral of two letters or more."""
    return len(word) > 1 and _numeral().fullmatch(word.translate(to_latin())) is not None


@cache
def _numeral() -> re.Pattern[str]:
    endings = alternatives("numbers.roman_endings")
    return re.compile(rf"(?<![^\W_]){_NUMERAL}{endings}?(?![^\W_])")
