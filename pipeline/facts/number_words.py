"""Numbers written as words, per language: the worth of each, and which ones compose a number.

The words stand in the TOML of each language, a line for a value and the pattern that a whole
lower-case word must match. Inflected and derived forms count: the words only vouch for a figure on
the other side.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import cache, lru_cache

from pipeline.lang.data import by_language, words

_WORD = re.compile(r"[^\W\d_]+(?:['’ʼ][^\W\d_]+)*")
_GAP = re.compile(r"[\s\u00a0-]+")


@cache
def _patterns(language: str) -> tuple[tuple[Decimal, re.Pattern[str]], ...]:
    lines = by_language("numbers.words").get(language, "").strip().splitlines()
    pairs = (line.split(" ", 1) for line in lines)
    # The largest first: five hundred in one Russian word is no compound of five.
    return tuple((Decimal(v), re.compile(p)) for v, p in reversed([*pairs]))


@cache
def _joiners() -> frozenset[str]:
    return words("numbers.joiners")


def scales(language: str) -> Mapping[str, int]:
    """Return the powers of ten that words behind figures multiply by, besides number words."""
    found: Mapping[str, int] = by_language("numbers.scales").get(language, {})
    return found


def negative(language: str) -> str:
    """Return the pattern of the word before a number below zero."""
    return str(by_language("numbers.negative").get(language, "minus"))


def decimal_mark(language: str) -> str:
    """Return the mark before decimals: a comma unless the language says otherwise."""
    return str(by_language("numbers.decimal_mark").get(language, ","))


def group_mark(language: str) -> str:
    """Return the mark between thousands: a no-break space unless the language says otherwise."""
    return str(by_language("numbers.group_mark").get(language, "\u00a0"))


@lru_cache(maxsize=20_000)
def word_value(word: str, language: str) -> Decimal | None:
    """Return the worth of a lower-case word as a number, or None."""
    for value, pattern in _patterns(language):
        if pattern.fullmatch(word):
            return value
    return None


@lru_cache(maxsize=2_000)
def month_number(word: str, language: str) -> int | None:
    """Return 1 to 12 for a lower-case word that begins like a month's name."""
    for number, stem in enumerate(by_language("numbers.months").get(language, ()), start=1):
        if re.match(rf"(?:{stem})\w{{0,7}}\.?$", word):
            return number
    return None


def spoken_numbers(text: str, *, language: str) -> list[Decimal]:
    """Return the values of the numbers written in words, composed: "twenty-five thousand"."""
    found: list[Decimal] = []
    more = by_language("numbers.also").get(language, {})
    run = _Run()
    end = 0
    for match in _WORD.finditer(text):
        word = match.group().lower()
        value = word_value(word, language)
        if run.any and not _GAP.fullmatch(text[end : match.start()]):
            found += run.flush()
        if value is not None:
            if not run.add(value):
                found += run.flush()
                run.add(value)
        elif word not in _joiners():
            found += run.flush()
        if (also := more.get(word)) is not None:
            found.append(Decimal(also))
        if (month := month_number(word, language)) is not None:
            found.append(Decimal(month))
        end = match.end()
    return found + run.flush()


class _Run:
    """Number words in a row, added and multiplied as they come."""

    def __init__(self) -> None:
        self.any = False
        self._total = Decimal(0)
        self._part = Decimal(0)
        self._last = Decimal("Infinity")

    def add(self, value: Decimal) -> bool:
        """Take the value of one more word; return False where the word begins another number.

        1. A thousand or more multiplies the smaller number before it; the product is added.
        2. A hundred multiplies a smaller number before it.
        3. Any other value is added where it fills zeros at the end of the number.
        """
        if value >= 1000:
            if self.any and self._last >= value:
                return False
            self._total += (self._part or 1) * value
            self._part = Decimal(0)
        elif value == 100 and 0 < self._part < 100 and self._last < 100:
            self._part *= 100
        elif self._part == 4 and value == 20:  # quatre-vingt
            self._part = Decimal(80)
        elif not self.any or self._last >= 1000 or (value < self._last and self._fits(value)):
            self._part += value
        else:
            return False
        self.any, self._last = True, value
        return True

    def _fits(self, value: Decimal) -> bool:
        """Tell whether `value` fills zeros at the end: 20 and 5, 60 and 12, not 12 and 5."""
        return self._part % 100 == 0 or (self._part % 10 == 0 and self._part % 100 >= 20)

    def flush(self) -> list[Decimal]:
        """Return the number so far, if there is one, and begin anew."""
        value = [self._total + self._part] if self.any else []
        self.__init__()  # type: ignore[misc]
        return value
