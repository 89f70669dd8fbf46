"""The base form of a Cyrillic name, from the forms and the places in which a run has the name.

A name in the genitive alone may be of several others: "из Мирного" of Мирный or of Мирное. The
preposition before a form tells its case, the base form must have all the forms that were seen, and
the language's list of adjectives knows some; where several base forms are left, which one is meant
is a guess.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Literal

from pipeline.lang.data import by_language, word_lists
from pipeline.lang.declension import Form, base_forms, case_forms, governed_by, spelt_alike
from pipeline.lang.romanise import romanise
from pipeline.stages.naming.gender import Gender, cases_beside
from pipeline.stages.naming.name_words import ordinary
from pipeline.stages.naming.places import place_at
from pipeline.stages.naming.slavic import looks_slavic, stem

_BEFORE = re.compile(r"(?:^|[^\w-])([^\W\d_]+(?:-[^\W\d_]+)?)(\.?)\s+$")
_ANYWHERE: frozenset[Form] = frozenset(
    ("nominative", "genitive", "dative", "accusative", "instrumental")
)
OfPlace = Literal["surely", "perhaps", "hardly"]
MIN_PLACE = 4  # letters of a place that nothing but the list makes one
_FAR = 24  # characters before a name in which its preposition stands


@dataclass(frozen=True, slots=True)
class Sighting:
    """A name as it stands in one place: its word, and the cases that are possible there.

    `cases` is None where neither a preposition nor a given name stands before the word; `of_person`
    tells that a given name does. `of_place` is "surely" behind "town" or its like, "perhaps" behind
    a preposition of places, and "hardly" behind another name or a street.
    """

    word: str
    cases: frozenset[Form] | None
    of_person: bool
    of_place: OfPlace | None = None


def sighted(text: str, start: int, word: str, *, language: str, gender: Gender | None) -> Sighting:
    """Return the sighting of a name that stands at `start` of a text."""
    before = _BEFORE.search(text, max(0, start - _FAR), start)
    if before is None:
        return Sighting(word, None, gender is not None)
    low = before[1].lower()
    of_place = _of_place(before[1], short=bool(before[2]), language=language)
    if of_place in ("surely", "perhaps"):
        return Sighting(word, governed_by(low, language), of_person=False, of_place=of_place)
    if before[2]:
        return Sighting(word, None, gender is not None, of_place)
    if before[1][0].isupper() and (cases := cases_beside(before[1], language)):
        if "nominative" in cases:  # whoever lives has another accusative: Степан Бандера
            cases = frozenset({"nominative"})
        return Sighting(word, cases, of_person=True)
    return Sighting(word, governed_by(low, language), gender is not None, of_place)


def _of_place(before: str, *, short: bool, language: str) -> OfPlace | None:
    """Tell what the word before a name says of it; `short` tells that a full stop ends the word."""
    low = before.lower()
    if short:
        return "surely" if low in _listed("places_shortened", language) else "hardly"
    if low in _nouns_of_places(language):
        return "surely"
    if low in _listed("towards_places", language):
        return "perhaps"
    return "hardly" if before[0].isupper() and low not in ordinary() else None


def _listed(section: str, language: str) -> tuple[str, ...]:
    return word_lists(f"names.{section}").get(language, ())


@cache
def _nouns_of_places(language: str) -> frozenset[str]:
    """Return the words, in all their forms, behind which the name of a place stands."""
    words = _listed("nouns_of_places", language)
    return frozenset(form for word in words for form in case_forms(word, language))


def sure_base(sightings: Collection[Sighting], language: str) -> str | None:
    """Return the base form of a name with the capitals it was seen with, None where it is a guess.

    1. The base forms that have every form seen, in a case that its place allows, are left.
    2. One that was seen itself, where no preposition stands, is it.
    3. One on the list of adjectives is it; a person is called by no neuter.
    4. Else all must be written alike in Latin letters, or the language says that a guess at nouns
       is better than what our translator makes of them.
    """
    left = _possible(sightings, language)
    written = {romanise(base, language): base for base in left}
    if len(written) == 1:
        (base,) = written.values()
        return _capitals_of(sightings, base)
    guessed = by_language("names.guessed_unless").get(language)
    if guessed and left and not any(re.search(guessed, base) for base in left):
        return likeliest_base(sightings, language)
    return None


def given_base(sightings: Collection[Sighting], language: str) -> str | None:
    """Return the base form of a given name on the lists, or None where it is none of them."""
    found = bases_of(sightings, language) & given_names(language)
    return _capitals_of(sightings, found.pop()) if len(found) == 1 else None


def sure_place(sightings: Collection[Sighting], language: str) -> str | None:
    """Return the English name of the place that a name is; None where it is none, or may be two.

    1. The places are looked up whose name has every form seen, in a case that its place allows.
       Of many towns in the plural the genitive has no ending: Кобеляк.
    2. All of them must be called alike in English, and no given name may stand before one.
    3. Behind "town" or its like that is enough; behind a preposition of places for what is no
       ordinary word; elsewhere for what is no name of people, either.
    """
    shown = {s.of_place for s in sightings}
    # A form that a woman's surname has, too, tells nothing by itself: Чусовой.
    of_person = any(s.of_person and s.cases is not None for s in sightings)
    if of_person or ("hardly" in shown and "surely" not in shown):
        return None
    bases = bases_of(sightings, language)
    if shown != {None} and len(words := {spelt_alike(s.word) for s in sightings}) == 1:
        bases |= {word + end for word in words for end in _listed("plural_ends", language)}
        bases |= _of_both_parts(words.pop(), language)
    found = {base: place for base in bases if (place := place_at(base, language))}
    if len({place.english for place in found.values()}) != 1:
        return None
    if "surely" not in shown:
        found = {base: place for base, place in found.items() if not place.common}
    if shown == {None}:
        found = {base: p for base, p in found.items() if not _may_be_of_people(base, language)}
    return next((place.english for place in found.values()), None)


def _of_both_parts(word: str, language: str) -> set[str]:
    """Return the base forms of a compound of two declined parts: Кам'янця-Подільського."""
    one, hyphen, other = word.partition("-")
    if not hyphen or "-" in other:
        return set()
    return {f"{a}-{b}" for a in base_forms(one, language) for b in base_forms(other, language)}


def _may_be_of_people(base: str, language: str) -> bool:
    return (
        len(base) < MIN_PLACE
        or looks_slavic(stem(base, language), language)
        or bool(re.search(by_language("names.in_gender").get(language, "(?!)"), base))
        or base in given_names(language)
    )


@cache
def given_names(language: str) -> frozenset[str]:
    """Return the given names of a language, in lower case."""
    sections = ("given_men", "given_women", "given_words")
    return frozenset(word.lower() for s in sections for word in _listed(s, language))


def likeliest_base(sightings: Collection[Sighting], language: str) -> str | None:
    """Return the base form of a name or, of several that are left, that of a man; None for none."""
    left = sorted(_possible(sightings, language), key=lambda base: _rank(base, language))
    return _capitals_of(sightings, left[0]) if left else None


def bases_of(sightings: Collection[Sighting], language: str) -> set[str]:
    """Return the base forms that have every form seen, in a case that its place allows."""
    every = [_bases(sighting, language) for sighting in sightings]
    return set.intersection(*every) if every else set()


def _possible(sightings: Collection[Sighting], language: str) -> set[str]:
    left = bases_of(sightings, language)
    if any(s.of_place == "surely" for s in sightings):
        left = {base for base in left if place_at(base, language)} or left
    left = _matching(left, "likely_bases", language, match=True) or left
    left = _matching(left, "hardly_bases", language, match=False) or left
    own = {
        spelt_alike(s.word)
        for s in sightings
        if s.cases is None and _is_plain(spelt_alike(s.word), language)
    }
    if len(left) > 1 and len(left & own) == 1:
        return left & own
    if len(left) > 1 and len(listed := left & _adjectives(language)) == 1:
        return listed
    if any(s.of_person for s in sightings):
        left = _matching(left, "neuter", language, match=False) or left
    else:
        left = {base for base in left if not _of_a_woman(base, language) & left}
    return _matching(left, "masculine", language, match=True) or left


def _bases(sighting: Sighting, language: str) -> set[str]:
    """Return the base forms that a word may have in its place.

    The prepositional case without its preposition is the rarest of all.
    """
    found = base_forms(sighting.word, language)
    allowed = sighting.cases or _ANYWHERE
    return {base for base, cases in found.items() if cases & allowed} or set(found)


def _is_plain(word: str, language: str) -> bool:
    """Tell whether a word ends as hardly a form does but the base form."""
    return bool(re.search(by_language("names.plain").get(language, "(?!)"), word))


def _of_a_woman(base: str, language: str) -> set[str]:
    """Return the forms of a base form that a country has rather than a man: Квинтавия, no -ий."""
    vocal = by_language("names.signs").get(language, "  ")[0]
    return {base[:-1] + "я"} if base.endswith(vocal) else set()


@cache
def _adjectives(language: str) -> frozenset[str]:
    listed = word_lists("names.adjectives").get(language, ())
    return frozenset(map(spelt_alike, listed))


def _matching(bases: Iterable[str], section: str, language: str, *, match: bool) -> set[str]:
    """Return the base forms that match a pattern of a language, or those that do not."""
    pattern = by_language(f"names.{section}").get(language, "(?!)")
    return {base for base in bases if bool(re.search(pattern, base)) == match}


def _rank(base: str, language: str) -> tuple[bool, bool, int, str]:
    listed = base in _adjectives(language) or place_at(base, language) is not None
    return not listed, not _is_plain(base, language), len(base), base


def _capitals_of(sightings: Iterable[Sighting], base: str) -> str:
    """Return a base form with a capital at each part that has one in the shortest form seen."""
    shown = min((s.word for s in sightings), key=lambda w: (len(w), w)).split("-")
    parts = base.split("-")
    if len(parts) != len(shown):
        return base.capitalize()
    return "-".join(_cased(part, one) for part, one in zip(parts, shown, strict=True))


def _cased(part: str, shown: str) -> str:
    if len(shown) > 1 and shown.isupper():
        return part.upper()
    return part[:1].upper() + part[1:] if shown[:1].isupper() else part
