"""Names of people, places and organisations as sounds, so that any two scripts can be compared."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from pipeline.lang.letters import cyrillic
from pipeline.lang.romanise import likeness, romanise, skeleton
from pipeline.stages.naming.lexicon import english_form
from pipeline.stages.naming.mentions import POSSESSIVE, names_of
from pipeline.stages.naming.name_words import names_in, ordinary, translated
from pipeline.stages.naming.slavic import stem

ALIKE = 0.86  # likeness from which two names are one
PERHAPS = 0.7  # likeness from which they may be
_MIN_SOUND = 3
_ABBREVIATION = re.compile(r"(?<![^\W_])[^\W\d_]{2,6}(?![^\W_])")
_CAPITALS = 0.5  # share of capitals from which a line is all in capitals


@dataclass(frozen=True, slots=True)
class Sound:
    """A name in Latin letters, by which it is shown, and the sound by which it is compared."""

    written: str
    key: str


@lru_cache(maxsize=20_000)
def sounds_in(text: str, *, language: str) -> tuple[Sound, ...]:
    """Return the names of a text, each sound once, in their order."""
    found: dict[str, Sound] = {}
    for word in _words(text, language):
        latin = _in_latin(word, language)
        key = latin.lower() if latin.isupper() else sound_of(latin)
        if len(key) >= _MIN_SOUND or latin.isupper():
            found.setdefault(key, Sound(latin, key))
    return tuple(found.values())


@lru_cache(maxsize=50_000)
def sound_of(latin: str) -> str:
    """Return the sound of a name in Latin letters; G and H are one, as in Cyrillic."""
    return skeleton(latin).replace("g", "h").rstrip("aeiou") or skeleton(latin)


@lru_cache(maxsize=200_000)
def same_name(one: Sound, other: Sound, *, least: float = ALIKE) -> bool:
    """Tell whether two names are one, give or take a spelling; `least` is the likeness, 0 to 1.

    Abbreviations are one only where all letters are.
    """
    if one.key == other.key:
        return True
    if one.written.isupper() or other.written.isupper():
        return False
    return likeness(one.written, other.written) >= least


def shared(some: Iterable[Sound], others: Iterable[Sound]) -> list[Sound]:
    """Return the names of `some` that `others` have, too."""
    keys = {other.key: other for other in others}
    by_start: dict[str, list[Sound]] = {}
    for other in keys.values():
        by_start.setdefault(other.key[:1], []).append(other)
    return [
        one
        for one in some
        if one.key in keys or any(same_name(one, o) for o in by_start.get(one.key[:1], ()))
    ]


def _words(text: str, language: str) -> Iterable[str]:
    if language in cyrillic():
        (names,) = names_of([(text, language)], target="en")
        words = [name.word for name in names]
    else:
        words = [POSSESSIVE.sub("", match.group()) for match in names_in(text)]
    low = translated() | ordinary()
    return [*(word for word in words if word.lower() not in low), *_abbreviations(text)]


def _abbreviations(text: str) -> list[str]:
    letters = [c for c in text if c.isalpha()]
    if sum(map(str.isupper, letters)) > _CAPITALS * len(letters):
        return []
    return [m.group() for m in _ABBREVIATION.finditer(text) if m.group().isupper()]


@lru_cache(maxsize=50_000)
def _in_latin(word: str, language: str) -> str:
    if language not in cyrillic():
        return word
    base = stem(word, language)
    known = english_form(base)
    if known is not None:
        return known
    if word.isupper():
        return romanise(word, language)
    latin = romanise(base, language)
    return latin[:1].upper() + latin[1:]
