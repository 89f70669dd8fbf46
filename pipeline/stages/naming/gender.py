"""Whose name it is: a man's or a woman's, as the words before a surname and its own ending tell.

Russian and Ukrainian surnames in -ov and -in have another form for women, whose nominative is the
genitive of the men's. Lists of given names, and the endings, stand in the TOML of the languages.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Literal

from pipeline.lang.data import by_language, word_lists
from pipeline.lang.declension import Form, base_forms, case_forms, spelt_alike
from pipeline.lang.romanise import romanise
from pipeline.stages.naming.lexicon import english_form
from pipeline.stages.naming.slavic import stem

Gender = Literal["man", "woman"]

_OF_A_WOMAN = re.compile(r"(?<=[oe]v|[iy]n)a$")
_OF_A_MAN = re.compile(r"(?:[oe]v|[iy]n)$")


@lru_cache(maxsize=50_000)
def gender_of(word: str, before: str | None, language: str) -> Gender | None:
    """Return whose name a word is, None where nothing tells.

    `before` is the name that stands at once before the word, if any.
    """
    own = spelt_alike(word)
    for gender, pattern in _surnames(language).items():
        if pattern.search(own):
            found = _by_given_name(before, language)
            # "Олег Славин" and "Олегом Славиным" say it twice; a bare ending says it once.
            return gender if found is None or gender == found else None
    found = _by_given_name(before, language)
    if found == "man" and before is not None and not _of_a_man(own, before, language):
        return None  # Олег Щербина: a name in -a that a man bears as his wife does
    return found


def _of_a_man(word: str, before: str, language: str) -> bool:
    """Tell whether a surname with two forms, if it is one, is a man's in the case it stands in."""
    pattern = _pattern("in_gender", language)
    if pattern is None or not pattern.search(word):
        return True
    cases = cases_beside(before, language)
    if cases is None:  # a patronymic
        base = min(base_forms(before, language), key=len)
        cases = case_forms(base, language).get(spelt_alike(before), frozenset())
    if "nominative" in cases:
        cases = frozenset({"nominative"})  # whoever lives has another accusative
    return any(
        _OF_A_MAN.search(romanise(base, language)) and found & cases
        for base, found in base_forms(word, language).items()
    )


def follows_given_name(before: str, language: str) -> bool:
    """Tell whether a word is a given name or a patronymic, behind which a surname stands."""
    own = spelt_alike(before)
    return before[:1].isupper() and (
        own in _given(language) or any(p.search(own) for p in _patronymics(language).values())
    )


def in_gender(form: str, gender: Gender | None, *, word: str, language: str) -> str:
    """Return a surname in Latin letters as a man or a woman bears it.

    `word` is the name in the source: only Slavic surnames have two forms.
    """
    pattern = _pattern("in_gender", language)
    if gender is None or pattern is None or not pattern.search(spelt_alike(word)):
        return form
    if gender == "man":
        return _OF_A_WOMAN.sub("", form)
    return form + "a" if _OF_A_MAN.search(form) else form


def _by_given_name(before: str | None, language: str) -> Gender | None:
    if before is None:
        return None
    own = spelt_alike(before)
    for gender, pattern in _patronymics(language).items():
        if pattern.search(own):
            return gender
    return "man" if _of_known_man(before, language) else _given(language).get(own)


@lru_cache(maxsize=20_000)
def cases_beside(before: str, language: str) -> frozenset[Form] | None:
    """Return the cases of a given name, which are those of its surname; None for no given name."""
    own = spelt_alike(before)
    if known := _of_known_man(before, language):
        return known
    bases = [
        base
        for section in ("given_men", "given_women")
        for base in word_lists(f"names.{section}").get(language, ())
        if own in case_forms(base, language)
    ]
    cases = frozenset[Form]().union(*(case_forms(base, language)[own] for base in bases))
    return cases - {"plural"} or None


@lru_cache(maxsize=20_000)
def _of_known_man(before: str, language: str) -> frozenset[Form] | None:
    """Return the cases of a foreign given name that declines as a man's does, if it is one.

    Its English form ends in a consonant, and it does not: "Джека" is Jack's, in the genitive. A
    woman's name that ends in a consonant is not declined.
    """
    own = stem(before, language)
    form = english_form(own)
    if form is None or form[-1] in "aeiouy" or spelt_alike(before) in {own, *_given(language)}:
        return None
    cases = case_forms(own, language).get(spelt_alike(before), frozenset()) - {"nominative"}
    return cases - {"plural"} or None


@cache
def _given(language: str) -> Mapping[str, Gender | None]:
    """Return the forms of given names, each with its gender; None for one that both have."""
    found: dict[str, Gender | None] = {}
    lists: tuple[tuple[Gender, str], ...] = (("man", "given_men"), ("woman", "given_women"))
    for gender, section in lists:
        for base in word_lists(f"names.{section}").get(language, ()):
            for form, cases in case_forms(base, language).items():
                if cases - {"plural"}:
                    found[form] = gender if found.get(form, gender) == gender else None
    return found


@cache
def _patronymics(language: str) -> Mapping[Gender, re.Pattern[str]]:
    return _patterns("patronymic", language)


@cache
def _surnames(language: str) -> Mapping[Gender, re.Pattern[str]]:
    return _patterns("surname", language)


def _patterns(what: str, language: str) -> Mapping[Gender, re.Pattern[str]]:
    genders: tuple[Gender, ...] = ("man", "woman")
    patterns = {gender: _pattern(f"{what}_of_{gender}", language) for gender in genders}
    return {gender: found for gender, found in patterns.items() if found is not None}


@cache
def _pattern(section: str, language: str) -> re.Pattern[str] | None:
    found = by_language(f"names.{section}").get(language)
    return re.compile(found) if found else None
