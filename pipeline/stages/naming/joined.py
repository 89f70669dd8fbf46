"""Names that a conjunction or a comma joins: of two towns, each tells that the other is one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache

from pipeline.lang.data import by_language, word_lists
from pipeline.lang.declension import Form, base_forms, spelt_alike
from pipeline.lang.letters import cyrillic
from pipeline.stages.naming.bases import Sighting, sure_place
from pipeline.stages.naming.name_words import WORD, opens_sentence
from pipeline.stages.naming.places import place_at

PLACES = ("surely", "perhaps")
_JOINT = re.compile(r",?\s([^\W\d_]{1,3})\s|,\s")


def opening_places(text: str, language: str) -> Iterator[str]:
    """Yield, in lower case, towns that open a sentence and are joined to another town.

    Neither is called like an ordinary word, unless that stands in another case than a town would:
    "Ліс і Рахів" says nothing of the first, "Косів і Рахів" does.
    """
    if language not in cyrillic():
        return
    for one in WORD.finditer(text):
        if not one.group()[0].isupper() or not opens_sentence(text, one.start()):
            continue
        joint = _JOINT.match(text, one.end())
        other = WORD.match(text, joint.end()) if joint and _is_joint(joint, language) else None
        if other and all(_is_town(word, language) for word in (one.group(), other.group())):
            yield one.group().lower()


def with_joined(found: Sequence[Sighting], between: Sequence[str], language: str) -> list[Sighting]:
    """Return sightings of names in their order; joined to a place, a name stands as places do.

    `between` is the text behind each name and before the next.

    1. What a preposition says of a name it says of the one joined behind it.
    2. A name that is a town by the list tells it of those joined to it, on either side.
    """
    result = list(found)
    pairs = [
        (place, place + 1)
        for place, text in enumerate(between)
        if (joint := _JOINT.fullmatch(text)) and _is_joint(joint, language)
    ]
    for one, other in pairs:
        if result[one].of_place in PLACES and _says_nothing(result[other]):
            result[other] = replace(result[other], of_place="perhaps", cases=result[one].cases)
    for one, other in [*pairs, *((other, one) for one, other in reversed(pairs))]:
        if _says_nothing(result[other]) and (cases := _cases_of_town(result[one], language)):
            result[other] = Sighting(result[other].word, cases, of_person=False, of_place="surely")
    return result


def _is_joint(joint: re.Match[str], language: str) -> bool:
    return not joint[1] or joint[1] in _joining(language)


@cache
def _joining(language: str) -> frozenset[str]:
    return frozenset(word_lists("names.joining").get(language, ()))


def _is_town(word: str, language: str) -> bool:
    place = place_at(spelt_alike(word), language)
    no_base = by_language("names.of_many").get(language, "(?!)")
    return place is not None and (not place.like_word or bool(re.search(no_base, word)))


def _says_nothing(sighting: Sighting) -> bool:
    # An ending that a woman's surname has, too, tells nothing by itself: Чусовой.
    return sighting.of_place is None and (not sighting.of_person or sighting.cases is None)


def _cases_of_town(sighting: Sighting, language: str) -> frozenset[Form]:
    """Return the cases in which a word is the name of a town, none where it may be anything."""
    if sure_place({sighting}, language) is None:
        return frozenset()
    found = base_forms(sighting.word, language).items()
    return frozenset(case for base, cases in found if place_at(base, language) for case in cases)
