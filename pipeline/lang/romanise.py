"""Cyrillic names in Latin letters, and how alike two spellings of a name sound.

The letters of each language stand in its TOML. Ukrainian: resolution 55 of the Cabinet of
Ministers, 27 January 2010 (https://zakon.rada.gov.ua/laws/show/55-2010-%D0%BF). Russian: BGN/PCGN
1947 as newspapers print it, without its apostrophes and diaereses, adjectives ending in "-y".
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

from pipeline.lang.data import by_language, letters

_SKELETON = (
    ("dzh", "j"), ("dj", "j"), ("shch", "sh"), ("sch", "sh"), ("tch", "ch"), ("cz", "ch"),
    ("kh", "h"), ("ph", "f"), ("th", "t"), ("ck", "k"), ("gh", "g"), ("ough", "o"), ("augh", "o"),
    ("qu", "kv"), ("q", "k"), ("x", "ks"), ("w", "v"), ("ts", "c"), ("tz", "c"), ("zz", "c"),
    ("ou", "u"), ("oo", "u"), ("ee", "i"), ("ea", "i"), ("ie", "i"), ("ey", "i"), ("ei", "i"),
    ("yu", "u"), ("iu", "u"), ("ya", "a"), ("ia", "a"), ("yo", "o"), ("y", "i"),
)  # fmt: skip


@lru_cache(maxsize=20_000)
def romanise(word: str, language: str) -> str:
    """Return a Cyrillic word in Latin letters by the standard of its language.

    A word in a language without such a standard stays as it is.
    """
    return "-".join(_part(part, language) for part in word.split("-"))


def _part(part: str, language: str) -> str:
    latin = _letters(part.lower(), language)
    if part.isupper() and len(part) > 1:
        return latin.upper()
    return latin[:1].upper() + latin[1:] if part[:1].isupper() else latin


def _letters(word: str, language: str) -> str:
    """Return a word in lower case rewritten, then letter by letter; unknown letters stay."""
    for pattern, written in _rewrites(language):
        word = pattern.sub(written, word)
    table, initials = _tables(language)
    pieces = []
    for place, letter in enumerate(word):
        initial = place == 0 or not word[place - 1].isalpha()
        if initial and letter in initials:
            pieces.append(initials[letter])
        else:
            pieces.append(table.get(letter, letter))
    return "".join(pieces)


@cache
def _rewrites(language: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    rules = by_language("romanise.rewrites").get(language, ())
    return tuple((re.compile(pattern), written) for pattern, written in rules)


@cache
def _tables(language: str) -> tuple[dict[str, str], dict[str, str]]:
    """Return the letters of a language, and those written otherwise where a word begins."""
    return (
        letters("romanise.letters", language=language),
        letters("romanise.initial", language=language),
    )


@lru_cache(maxsize=50_000)
def skeleton(latin: str) -> str:
    """Return a Latin spelling reduced to its sounds: no accents, no doubled letters."""
    folded = unicodedata.normalize("NFKD", latin.lower())
    text = "".join(c for c in folded if c.isalpha() and not unicodedata.combining(c))
    for old, new in _SKELETON:
        text = text.replace(old, new)
    text = re.sub(r"^u(?=[aeio])", "v", text)  # Warren is Uorren in Russian
    text = re.sub(r"c(?=[ei])", "s", text)
    text = re.sub(r"c(?!h)", "k", text)
    return re.sub(r"(.)\1+", r"\1", text)


@lru_cache(maxsize=200_000)
def likeness(one: str, other: str) -> float:
    """Return how alike two Latin spellings sound, 0 to 1; consonants count twice.

    H and G stand for one letter in Russian and in Ukrainian names, so they count as the same.
    """
    from rapidfuzz import fuzz

    a, b = skeleton(one), skeleton(other)
    if not a or not b:
        return 0.0
    a, b = a.replace("g", "h"), b.replace("g", "h")
    bones_a, bones_b = (re.sub("[aeiou]", "", s) for s in (a, b))
    whole = fuzz.ratio(a, b) / 100
    bones = fuzz.ratio(bones_a, bones_b) / 100 if bones_a and bones_b else whole
    return (whole + bones) / 2
