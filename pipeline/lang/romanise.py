"""Cyrillic names in Latin letters, and how alike two spellings of a name sound.

Ukrainian: resolution 55 of the Cabinet of Ministers, 27 January 2010
(https://zakon.rada.gov.ua/laws/show/55-2010-п). Russian: BGN/PCGN 1947 as newspapers print it,
without its apostrophes and diaereses, "-ий" and "-ый" at the end as "-y".
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_UKRAINIAN_LETTERS = """
а=a б=b в=v г=h ґ=g д=d е=e є=ie ж=zh з=z и=y і=i ї=i й=i к=k л=l м=m н=n о=o п=p р=r с=s т=t у=u
ф=f х=kh ц=ts ч=ch ш=sh щ=shch ю=iu я=ia ь=
"""
_RUSSIAN_LETTERS = """
а=a б=b в=v г=g д=d е=e ж=zh з=z и=i й=y к=k л=l м=m н=n о=o п=p р=r с=s т=t у=u ф=f х=kh ц=ts
ч=ch ш=sh щ=shch ы=y э=e ю=yu я=ya ъ= ь=
"""
_UKRAINIAN: dict[str, str] = dict(pair.split("=") for pair in _UKRAINIAN_LETTERS.split())
_RUSSIAN: dict[str, str] = dict(pair.split("=") for pair in _RUSSIAN_LETTERS.split())
_UKRAINIAN_INITIAL = {"є": "ye", "ї": "yi", "й": "y", "ю": "yu", "я": "ya"}
_RUSSIAN_VOWELS_AND_SIGNS = "аеёиоуыэюяйъь"
_SKELETON = (
    ("dzh", "j"), ("dj", "j"), ("shch", "sh"), ("sch", "sh"), ("tch", "ch"), ("cz", "ch"),
    ("kh", "h"), ("ph", "f"), ("th", "t"), ("ck", "k"), ("gh", "g"), ("ough", "o"), ("augh", "o"),
    ("qu", "kv"), ("q", "k"), ("x", "ks"), ("w", "v"), ("ts", "c"), ("tz", "c"), ("zz", "c"),
    ("ou", "u"), ("oo", "u"), ("ee", "i"), ("ea", "i"), ("ie", "i"), ("ey", "i"), ("ei", "i"),
    ("yu", "u"), ("iu", "u"), ("ya", "a"), ("ia", "a"), ("yo", "o"), ("y", "i"),
)  # fmt: skip


@lru_cache(maxsize=20_000)
def romanise(word: str, language: str) -> str:
    """Return a Cyrillic word in Latin letters by the standard of its language."""
    return "-".join(_part(part, language) for part in word.split("-"))


def _part(part: str, language: str) -> str:
    letters = _ukrainian(part.lower()) if language == "uk" else _russian(part.lower())
    if part.isupper() and len(part) > 1:
        return letters.upper()
    return letters[:1].upper() + letters[1:] if part[:1].isupper() else letters


def _ukrainian(word: str) -> str:
    pieces = []
    word = re.sub("['’ʼ]", "", word)  # it has no counterpart in Latin letters
    for place, letter in enumerate(word):
        initial = place == 0 or not word[place - 1].isalpha()
        if initial and letter in _UKRAINIAN_INITIAL:
            pieces.append(_UKRAINIAN_INITIAL[letter])
        elif letter == "г" and place and word[place - 1] == "з":
            pieces.append("gh")  # so that "зг" is not "zh", which is "ж"
        else:
            pieces.append(_UKRAINIAN.get(letter, letter))
    return "".join(pieces)


def _russian(word: str) -> str:
    word = re.sub("[иы]й$", "ы", word)
    pieces = []
    for place, letter in enumerate(word):
        before = word[place - 1] if place else ""
        if letter == "е" and (not before.isalpha() or before in _RUSSIAN_VOWELS_AND_SIGNS):
            pieces.append("ye")
        elif letter == "ё":
            pieces.append("e" if before and before in "жчшщ" else "yo")
        else:
            pieces.append(_RUSSIAN.get(letter, letter))
    return "".join(pieces)


@lru_cache(maxsize=50_000)
def skeleton(latin: str) -> str:
    """Return what is left of a Latin spelling when habits of spelling are taken away."""
    folded = unicodedata.normalize("NFKD", latin.lower())
    text = "".join(c for c in folded if c.isalpha() and not unicodedata.combining(c))
    for old, new in _SKELETON:
        text = text.replace(old, new)
    text = re.sub(r"^u(?=[aeio])", "v", text)  # "Уоррен" is Warren
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
