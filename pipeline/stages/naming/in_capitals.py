"""Names in a line of capitals, which no capital tells: places and people, by lists and context."""

from __future__ import annotations

import re
from functools import cache

from pipeline.lang.data import by_language, word_lists
from pipeline.lang.declension import base_forms, spelt_alike
from pipeline.stages.naming.bases import MIN_PLACE, bases_of, given_names, sighted
from pipeline.stages.naming.places import Place, place_at
from pipeline.stages.naming.slavic import is_surname, looks_slavic, stem
from pipeline.stages.naming.towns import town_at

_FAR = 40  # characters before a word that tell what it is
_INITIAL = re.compile(r"(?<!\w)[^\W\d_]\.\s?$")
_WORD = re.compile(r"(?<![^\W\d_])([^\W\d_]+)\s$")


def is_name_in_capitals(text: str, start: int, word: str, language: str) -> bool:
    """Tell whether a word that stands at `start` of a text in capitals is surely a name."""
    before = text[max(0, start - _FAR) : start].lower()
    low = spelt_alike(word)
    return (
        _is_place(before, low, language)
        or _is_water(before, low, language)
        or _is_given(low, language)
        or (_stands_for_a_surname(before, language) and _is_like_a_surname(low, language))
    )


def _is_place(before: str, low: str, language: str) -> bool:
    """Tell whether a word is a place.

    1. The places are looked up that have the word as a form, in a case that its place allows.
    2. Behind "town" or its like any of them will do, behind a preposition of places one of which no
       form is a form of an ordinary word, elsewhere a town of which none is.
    """
    joint = by_language("names.joint").get(language)
    if joint:  # "la ville de Sens"
        before = re.sub(joint, "", before)
    sighting = sighted(before + low, len(before), low, language=language, gender=None)
    bases = bases_of({sighting}, language)
    found = [place for base in bases if (place := _place(base, language))]
    if sighting.of_place == "surely" or _stands_behind("of_a_place", before, language):
        return bool(found)
    if sighting.of_place == "perhaps":
        return any(not place.like_word for place in found)
    sure = any(not place.like_word and not place.small for place in found)
    return sure and len(low) >= MIN_PLACE


def _is_water(before: str, low: str, language: str) -> bool:
    """Tell whether a word is a river or a lake; behind "river" one called like a word will do."""
    bases = base_forms(low, language).keys()
    if bases & _lowered("waters", language):
        return True
    if not _stands_behind("a_water", before, language):
        return False
    return bool(bases & _lowered("waters_like_words", language)) or any(
        _place(base, language) for base in bases
    )


def _stands_behind(section: str, before: str, language: str) -> bool:
    """Tell whether a form of a word in a section of the language stands at once before a word."""
    word = _WORD.search(before)
    return word is not None and not _lowered(section, language).isdisjoint(
        base_forms(word[1], language)
    )


def _place(base: str, language: str) -> Place | None:
    return place_at(base, language) or town_at(base, language)


def _is_given(low: str, language: str) -> bool:
    """Tell whether a word is a given name in some case, and no ordinary word."""
    if low in _lowered("like_given", language):
        return False
    names = given_names(language) - _lowered("given_words", language)
    return bool(base_forms(low, language).keys() & names)


@cache
def _lowered(section: str, language: str) -> frozenset[str]:
    return frozenset(map(spelt_alike, word_lists(f"names.{section}").get(language, ())))


def _stands_for_a_surname(before: str, language: str) -> bool:
    """Tell whether an initial or a given name stands before a word."""
    given = ("given_men", "given_women", "given_words")
    return bool(_INITIAL.search(before)) or any(
        _stands_behind(section, before, language) for section in given
    )


def _is_like_a_surname(low: str, language: str) -> bool:
    own = stem(low, language)
    pattern = by_language("names.in_gender").get(language, "(?!)")
    return looks_slavic(own, language) or is_surname(own, language) or bool(re.search(pattern, low))
