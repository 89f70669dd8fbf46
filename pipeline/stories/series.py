"""Things that are told apart by a number or a rank: the 12th package, matchday 5, the court.

Two texts of the same pattern about the 12th and the 13th of something share nearly every word and
lie side by side in any encoder. The number alone tells them apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from pipeline.lang.data import by_language, word_lists
from pipeline.lang.function_words import any_function_word

_STEM = 5  # letters by which two forms of a noun are one
_BEYOND = 2  # words behind an ordinal in which its noun is looked for
_YEAR = re.compile(r"(?<![\d.,])(?:19|20)\d\d(?![\d%]|[.,]\d)")
_WORD = re.compile(r"[^\W\d_]{3,}")


@dataclass(frozen=True, slots=True)
class Ordinal:
    """A place in a series: its number, and the stem of the noun that is counted, or ""."""

    number: int
    noun: str


def ordinals(text: str, *, language: str) -> frozenset[Ordinal]:
    """Return the places in a series that `text` names, in figures or in words."""
    low = text.lower()
    found = {Ordinal(n, _noun(low, end)) for n, end in _ranked(low, language)}
    for match in _numbered(language).finditer(low):
        number = match["before"] or match["behind"]
        found.add(Ordinal(int(number), match["noun"][:_STEM]))
    return frozenset(found)


def years(text: str) -> frozenset[str]:
    """Return the years that `text` names in figures."""
    return frozenset(match.group() for match in _YEAR.finditer(text))


def courts(text: str, *, language: str) -> frozenset[str]:
    """Return the instances of courts that `text` names, by their keys in the language files."""
    low = text.lower()
    return frozenset(key for key, pattern in _courts(language).items() if pattern.search(low))


def _ranked(low: str, language: str) -> Iterator[tuple[int, int]]:
    """Yield each ordinal and where it ends; "first" and "second" say too little to count."""
    for match in _digits(language).finditer(low):
        yield int(match[1]), match.end()
    for match in _words(language).finditer(low):
        yield int((match.lastgroup or "n0")[1:]), match.end()


def _noun(low: str, end: int) -> str:
    behind = _WORD.findall(low[end : end + 40])[:_BEYOND]
    return next((w[:_STEM] for w in behind if w not in any_function_word()), "")


@cache
def _digits(language: str) -> re.Pattern[str]:
    endings = "|".join(word_lists("stories.ordinal_digits").get(language, ("(?!)",)))
    return re.compile(rf"(?<![\d.,:])(\d{{1,3}})(?:{endings})")


@cache
def _words(language: str) -> re.Pattern[str]:
    lines = by_language("stories.ordinal_words").get(language, "").strip().splitlines()
    pairs = (line.split(" ", 1) for line in lines)
    return re.compile(r"\b(?:" + ("|".join(f"(?P<n{n}>{p})" for n, p in pairs) or "(?!)") + r")\b")


@cache
def _numbered(language: str) -> re.Pattern[str]:
    """Return the pattern of "package 12": a noun of a series, and a number beside it."""
    nouns = "|".join(word_lists("stories.numbered").get(language, ("(?!)",)))
    number = r"\d{1,3}(?![\d%]|[.,:]\d)"
    return re.compile(
        rf"(?<![\d.,:])(?:(?P<before>{number})[-\s](?=(?:{nouns})(?![^\W\d_])(?!\s?\d)))?"
        rf"(?<![^\W\d_])(?P<noun>{nouns})(?![^\W\d_])(?:\s?(?P<behind>{number}))?"
        r"(?(before)|(?(behind)|(?!)))"
    )


@cache
def _courts(language: str) -> Mapping[str, re.Pattern[str]]:
    found = by_language("stories.courts").get(language, {})
    return {key: re.compile(rf"(?<![^\W\d_])(?:{pattern})") for key, pattern in found.items()}
