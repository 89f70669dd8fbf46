"""Letters and scripts: which languages write in which, and which letters are taken for another."""

from __future__ import annotations

import unicodedata
from functools import cache

from pipeline.lang.data import by_language, letters


@cache
def cyrillic() -> frozenset[str]:
    """Return the tags of the languages that are written in Cyrillic script."""
    return _in_script("Cyrillic")


@cache
def latin() -> frozenset[str]:
    """Return the tags of the languages that are written in Latin script."""
    return _in_script("Latin")


def _in_script(name: str) -> frozenset[str]:
    return frozenset(t for t, script in by_language("letters.script").items() if script == name)


@cache
def capital() -> str:
    """Return the capitals of all languages, as they stand between brackets in a pattern."""
    return "".join(by_language("letters.capital").values())


@cache
def small() -> str:
    """Return the small letters of all languages, as they stand between brackets in a pattern."""
    return "".join(by_language("letters.small").values())


@cache
def to_latin() -> dict[int, str]:
    """Return the table that writes letters as the Latin ones that look alike in print."""
    return str.maketrans(letters("letters.look_alikes"))


@cache
def to_cyrillic() -> dict[int, str]:
    """Return the table that writes Latin letters as the Cyrillic ones that look alike in print."""
    return str.maketrans({latin: own for own, latin in letters("letters.look_alikes").items()})


@cache
def twins() -> dict[int, str]:
    """Return the table that gives letters confused in damaged copies one form; lower case only."""
    return str.maketrans(letters("letters.twins"))


def has_vowel(word: str) -> bool:
    """Tell whether a word can be spoken as one, as no abbreviation of consonants can."""
    vowels = _vowels()
    return any(c in vowels for c in unicodedata.normalize("NFD", word.lower()))


@cache
def _vowels() -> frozenset[str]:
    """Return the vowels of all scripts, without marks."""
    own = "".join(by_language("encoding.vowels").values())
    return frozenset(unicodedata.normalize("NFD", "aeiouy" + own))
