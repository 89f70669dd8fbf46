"""The forms of names that stand in a source before a model reads it, as far as no text has them.

A small model copies a name in Latin letters; of a name that it was never shown, or of a town in
another case, it makes what it knows.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise

from pipeline.lang.data import by_language, word_lists
from pipeline.lang.declension import base_forms, spelt_alike
from pipeline.lang.dictionary import with_known_words
from pipeline.lang.letters import cyrillic
from pipeline.lang.romanise import romanise, skeleton
from pipeline.stages.naming.bases import Sighting, given_base, sure_base, sure_place
from pipeline.stages.naming.lexicon import english_form, is_english_name, is_seen
from pipeline.stages.naming.mentions import Key, Name
from pipeline.stages.naming.places import place_pair
from pipeline.stages.naming.slavic import has_one_form, looks_slavic, stem
from pipeline.stages.naming.spelling import Entity, by_lexicon

MIN_UNSEEN = 4  # letters of the stem of a name that is handed over in Latin letters


def form_unread(
    key: Key, entity: Entity, *, beside: Collection[Sighting], spells_unseen: bool
) -> str | None:
    """Return the form of a name by lists and by its standard, before a model has spelt it.

    `beside` are the sightings of words in the run with the same stem, which may be the same name:
    "Удайці" and "в Удайцях". With `spells_unseen`, a name that our translator was never shown has
    the form of the standard, where its base form is sure.
    """
    if _in_dictionary(key, entity):
        return None
    every = {*entity.sightings, *beside}
    if place := place_of(key, every) or place_of(key, entity.sightings):
        return place
    own = key.own
    slavic = looks_slavic(own, key.language)
    if not slavic and (form := by_lexicon(key)):
        return form
    unseen = len(own) >= MIN_UNSEEN and not own.isascii() and not is_seen(own)
    if spells_unseen and unseen and entity.inside:
        base = sure_base(every, key.language) or sure_base(entity.sightings, key.language)
        # The standard of most Slavic names needs the model's spelling, which tells a woman's.
        if base and (not slavic or has_one_form(base, own, key.language)):
            return romanise(base, key.language)
    return None


def _in_dictionary(key: Key, entity: Entity) -> bool:
    """Tell whether a name is a word that our translator is given a translation of, as Turkey is."""
    return any(
        with_known_words(word, source=key.language, target=key.target) != word
        for word in entity.written
    )


def form_out_of_case(
    key: Key, sightings: Collection[Sighting], written: Collection[str]
) -> str | None:
    """Return the form of a given name that a translation has in its case: Maratu is Marat.

    `written` are its spellings there. None where it is on no list, or where a spelling is right.
    """
    language = key.language
    base = given_base(sightings, language)
    if base is None or key.target != "en":
        return None
    others = {spelt_alike(s.word) for s in sightings} - {spelt_alike(base)}
    cased = {skeleton(romanise(word, language)) for word in others}
    cased -= {skeleton(romanise(base, language))}
    kept = all(skeleton(form) in cased and not is_english_name(form) for form in written)
    return romanise(base, language) if written and kept else None


def is_foreign(key: Key, entity: Entity, form: str) -> bool:
    """Tell whether a form is the standard's of a name that the standard is not made for."""
    own = key.own
    if english_form(own) == form or looks_slavic(own, key.language) or is_seen(own):
        return False
    base = sure_base(entity.sightings, key.language)
    at_home = by_language("names.at_home").get(key.language)
    if base is None or at_home is None or place_of(key, entity.sightings):
        return False
    return romanise(base, key.language) == form and not re.search(at_home, base.lower())


def place_of(key: Key, sightings: Collection[Sighting]) -> str | None:
    """Return the English name of the place that a name is, if it is sure to be one."""
    if key.target != "en" or key.language not in cyrillic():
        return None
    if english_form(key.own) and not any(s.of_place for s in sightings):
        return None
    return sure_place(sightings, key.language)


def _with_ends(section: str, word: str, language: str) -> set[str]:
    return {word + end for end in word_lists(f"names.{section}").get(language, ())}


def forms_of_pairs(text: str, names: Sequence[Name], target: str) -> Mapping[Name, str]:
    """Return the forms of names that are together a place: "под Верхним Уфалеем"."""
    found: dict[Name, str] = {}
    for one, other in pairwise(names) if target == "en" else ():
        language = one.key.language
        if one.term or other.term or text[one.end : other.start] != " ":
            continue
        first = _with_ends("adjective_ends", stem(one.word, language), language)
        second = _with_ends("plural_ends", spelt_alike(other.word), language)
        place = place_pair(
            first | base_forms(one.word, language).keys(),
            second | base_forms(other.word, language).keys(),
            language,
        )
        if place is not None and place.count(" ") == 1:
            found[one], found[other] = place.split(" ")
    return found
