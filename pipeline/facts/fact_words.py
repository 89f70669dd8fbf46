"""Words that state a fact by themselves: dates, numbers, directions, negations.

Two such words may be a single letter apart and mean different things ("June" and "July" in Russian,
"million" and "billion"): where two texts differ in one, they are not copies of each other. All
words are in lower case, and of all languages together: a text may quote another language.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from pipeline.lang.data import by_language, letters, words


@cache
def dates() -> frozenset[str]:
    """Return months, weekdays, and words such as "today"."""
    return words("facts.date_words")


@cache
def numbers() -> frozenset[str]:
    """Return numbers in words, ordinals, and words that multiply them."""
    return words("facts.number_words")


@cache
def poles() -> frozenset[str]:
    """Return words with an opposite: directions, more and less, won and lost."""
    return words("facts.poles")


@cache
def negations() -> frozenset[str]:
    """Return words that deny."""
    return words("facts.negations")


@cache
def near_negations() -> frozenset[str]:
    """Return words that are a letter away from a negation, as "now" is from "not"."""
    return words("facts.near_negations")


@cache
def prefixes() -> frozenset[str]:
    """Return prefixes that make another word: "increase" and "decrease", "legal" and "illegal"."""
    return words("facts.prefixes")


@cache
def auxiliaries() -> frozenset[str]:
    """Return the verbs that make the tense of another one: "will", "has", "was"."""
    return words("facts.auxiliaries")


@cache
def varying() -> frozenset[str]:
    """Return words of one letter that stand for one another by sound."""
    return words("facts.varying")


@cache
def tenses() -> Mapping[str, tuple[tuple[frozenset[str], ...], ...]]:
    """Return by language, for each conjugation, the endings of each tense; "" is no ending.

    In the language files a string is a tense, in which "|" parts the conjugations.
    """
    return MappingProxyType(
        {
            tag: tuple(zip(*(map(_endings, tense.split("|")) for tense in found), strict=True))
            for tag, found in by_language("facts.tenses").items()
        }
    )


def _endings(line: str) -> frozenset[str]:
    return frozenset(ending.removeprefix("-") for ending in line.split())


@cache
def irregular() -> Mapping[str, str]:
    """Return verbs with the past tense that no ending makes: "rise" and "rose"."""
    return MappingProxyType(letters("facts.irregular"))
