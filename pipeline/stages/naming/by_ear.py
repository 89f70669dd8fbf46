"""Slavic names that French texts spell by ear: Krementchouk is Kremenchuk, Chevtchenko Shevchenko.

Letters that French writes for a Slavic sound are those that English has for it (`names.by_ear`).
What comes out is a name where a place is called so, or where it ends as surnames do.
"""

from __future__ import annotations

import re
from functools import cache

from rapidfuzz.fuzz import ratio

from pipeline.lang.data import by_language, letters
from pipeline.lang.romanise import skeleton
from pipeline.stages.naming.places import slavic_places

LANGUAGE = "fr"
SAME = 85  # points of likeness of a place and what its French name is spelt as
_ENGLISH = ("sh", "zh")  # no French word has them: the text spells it as English does


def in_english(word: str) -> str | None:
    """Return the English form of a Slavic name in a French text, or None for any other word."""
    if len(word) > 1 and word.isupper():  # an abbreviation
        return None
    spelt = _spelt(word)
    if spelt is None:
        return None
    place = _places().get(skeleton(spelt), "")
    if ratio(place, spelt) >= SAME:
        return None if place == word else place
    return spelt if _surname().search(word.lower()) else None


def _spelt(word: str) -> str | None:
    """Return a word with the letters that English writes, None where nothing is by ear."""
    pairs = letters("names.by_ear", language=LANGUAGE)
    low = word.lower()
    found = _sounds().sub(lambda m: pairs[m.group()], low)
    if any(written in low for written in _ENGLISH):
        return None
    initial = letters("names.by_ear_initials", language=LANGUAGE)
    for first, written in initial.items():
        if found.startswith(first):
            found = written + found.removeprefix(first)
    return None if found == low else found[:1].upper() + found[1:]


@cache
def _sounds() -> re.Pattern[str]:
    pairs = letters("names.by_ear", language=LANGUAGE)
    return re.compile("|".join(map(re.escape, sorted(pairs, key=len, reverse=True))))


@cache
def _surname() -> re.Pattern[str]:
    return re.compile(by_language("names.by_ear_surnames").get(LANGUAGE, "(?!)"))


@cache
def _places() -> dict[str, str]:
    return {skeleton(name): name for name in slavic_places()}
