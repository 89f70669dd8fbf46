"""Number words, per language: the worth of each, and how their letters may be written.

The words stand in the TOML of each language, a line for a value and the pattern that a whole
lower-case word must match. Inflected and derived forms count: most words only vouch for a figure on
the other side. `pipeline.facts.spoken` composes them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache
from types import MappingProxyType

from pipeline.lang.data import by_language, words
from pipeline.lang.normalise import fold

APOSTROPHES = "'’ʼ‘′`´"
FRACTIONS = {"½": "0.5", "¼": "0.25", "¾": "0.75"}
_GAP = re.compile(r"[\s\u00a0\u202f-]+")
_LONGEST = 60  # letters of a number word; longer ones are none
_LONG = 9  # letters from which a word may be two: a number and a scale


@dataclass(frozen=True, slots=True)
class NumberWord:
    """A word of a text: its place, its letters folded, and whether it follows the one before."""

    start: int
    end: int
    text: str
    joined: bool


@cache
def _word(language: str) -> re.Pattern[str]:
    """Return the pattern of a word, with the marks that may stand in it."""
    inside = by_language("numbers.apostrophes").get(language, "(?!)")
    letter = r"[^\W\d_][\u0300\u0301\u00ad]*"
    return re.compile(
        rf"[{''.join(FRACTIONS)}]|{letter}(?:{letter}|[{APOSTROPHES}](?=[^\W\d_])|{inside})*"
    )


def number_words(text: str, *, language: str) -> Iterator[NumberWord]:
    """Yield the words of `text` without stress marks and soft hyphens, with one apostrophe."""
    end = 0
    for match in _word(language).finditer(text):
        joined = _GAP.fullmatch(text, end, match.start()) is not None or (
            end == match.start() and match.group() in FRACTIONS
        )
        yield NumberWord(match.start(), match.end(), _folded(match.group(), language), joined)
        end = match.end()


@lru_cache(maxsize=20_000)
def _folded(word: str, language: str) -> str:
    if word.isascii() or word in FRACTIONS:
        return word.lower()
    inside = by_language("numbers.apostrophes").get(language)
    if inside is not None:
        word = re.sub(inside, "'", word)
    return fold(word).lower()


@cache
def _values(language: str) -> tuple[tuple[Decimal, str], ...]:
    """Return the lines of a language, the largest value first.

    Five hundred in one Russian word is no compound of five.
    """
    lines = by_language("numbers.words").get(language, "").strip().splitlines()
    pairs = (line.split(" ", 1) for line in lines)
    return tuple((Decimal(value), pattern) for value, pattern in reversed([*pairs]))


@cache
def _pattern(language: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?P<v{i}>{p})" for i, (_, p) in enumerate(_values(language))))


@cache
def _compound(language: str) -> re.Pattern[str] | None:
    """Return the pattern of a word that ends in a scale: "two-million" in one Russian word."""
    lines = enumerate(_values(language))
    scales = "|".join(f"(?P<v{i}>{p})" for i, (value, p) in lines if value >= 1000)
    return re.compile(rf"(?P<head>[\w']{{2,40}}?)(?:{scales})") if scales else None


@cache
def _half(language: str) -> re.Pattern[str] | None:
    found = by_language("numbers.half").get(language)
    return re.compile(rf"(?:{found})(?P<rest>\w{{3,}})") if found else None


@lru_cache(maxsize=20_000)
def word_value(word: str, language: str) -> Decimal | None:
    """Return the worth of a lower-case word as a number, or None.

    1. The beginning that halves, as in the Russian for half a million, halves the rest.
    2. A number and a scale in one word are multiplied.
    3. Any other word has the value of the line that it matches.
    """
    if len(word) > _LONGEST:
        return None
    if (half := _half(language)) is not None and (found := half.fullmatch(word)) is not None:
        rest = _plain(found["rest"], language)
        if rest is not None and rest >= 10:
            return rest / 2
    if len(word) >= _LONG and (compound := _compound(language)) is not None:
        found = compound.fullmatch(word)
        head = _head(found["head"], language) if found is not None else None
        if found is not None and head is not None:
            return head * _line(found, language)
    return _plain(word, language)


def _plain(word: str, language: str) -> Decimal | None:
    found = _pattern(language).fullmatch(word)
    return _line(found, language) if found is not None else None


def _line(found: re.Match[str], language: str) -> Decimal:
    return _values(language)[int(str(found.lastgroup)[1:])][0]


def _head(head: str, language: str) -> Decimal | None:
    """Return the worth of the number before a scale, which may be tens and units in one."""
    for cut in range(4, len(head) - 2):
        tens, units = _plain(head[:cut], language), _plain(head[cut:], language)
        if tens is not None and units is not None and 20 <= tens < 100 and units < 10:
            return tens + units
    return _plain(head, language)


@lru_cache(maxsize=2_000)
def month_number(word: str, language: str) -> int | None:
    """Return 1 to 12 for a lower-case word that begins like a month's name."""
    for number, stem in enumerate(by_language("numbers.months").get(language, ()), start=1):
        if re.match(rf"(?:{stem})\w{{0,7}}\.?$", word):
            return number
    return None


@cache
def joiners() -> frozenset[str]:
    """Return the words between number words that are worth nothing."""
    return words("numbers.joiners")


@cache
def twenties(language: str) -> bool:
    """Tell whether four and twenty make eighty, and ten and seven seventeen, as in French."""
    return bool(by_language("numbers.twenties").get(language, False))


@cache
def also(language: str) -> Mapping[str, Decimal]:
    """Return words worth one value more, or a broken one."""
    found = by_language("numbers.also").get(language, {})
    return MappingProxyType({word: Decimal(value) for word, value in found.items()})


Phrases = Mapping[tuple[str, ...], Decimal]


@cache
def added_parts(language: str) -> Phrases:
    """Return the parts that stand behind a number and are added: "and a half"."""
    return _phrases("numbers.added", language)


@cache
def parts(language: str) -> Phrases:
    """Return the parts that stand before a scale and multiply it: "half a"."""
    return _phrases("numbers.parts", language)


def _phrases(section: str, language: str) -> Phrases:
    found = by_language(section).get(language, {})
    written = {tuple(phrase.split()): Decimal(value) for phrase, value in found.items()}
    signs = {(sign,): Decimal(value) for sign, value in FRACTIONS.items()}
    return MappingProxyType(signs | written)


@cache
def said(language: str) -> re.Pattern[str] | None:
    """Return the pattern of number words that a translation must have too, or None."""
    found = by_language("numbers.said").get(language)
    return re.compile(found, re.VERBOSE) if found else None


@cache
def scale_names(language: str) -> Mapping[str, int]:
    """Return the names of scales, in the singular, with their powers of ten."""
    found: Mapping[str, int] = by_language("numbers.scale_names").get(language, {})
    return found


@cache
def scale_words() -> str:
    """Return the pattern of the words between a figure and its unit, in any language."""
    found = {key for table in by_language("numbers.scales").values() for key in table}
    patterns = [re.escape(key) for key in sorted(found, key=len, reverse=True)]
    for language in by_language("numbers.words"):
        patterns += [pattern for value, pattern in _values(language) if value >= 100]
        patterns += [r"[\s\u00a0-]".join(phrase) for phrase in added_parts(language)]
    return "|".join(patterns)


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
