"""Names that are adjectives, where a surname has the same stem: Садовая is no form of Садов."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pipeline.lang.data import by_language
from pipeline.lang.declension import base_forms
from pipeline.lang.romanise import romanise, skeleton
from pipeline.stages.naming.slavic import of_a_woman


def adjectives(base: str, seen: Iterable[str], language: str, *, spelt: str) -> frozenset[str]:
    """Return the adjectives that a name may be whose forms `seen` may be those of a surname.

    `base` is the surname, `spelt` the name as a translation has it. None are returned where it may
    well be the surname.

    1. The adjectives that have every form seen are left; one that the translation spells is it.
    2. A form that neither the surname nor that of a woman has, as Садовую, makes it an adjective.
    """
    found = by_language("names.adjectival").get(language)
    if found is None:
        return frozenset()
    tables = [frozenset(base_forms(form, language)) for form in seen]
    each = [frozenset(one for one in table if re.search(found, one)) for table in tables]
    left = frozenset[str].intersection(*each)
    surname = {base, of_a_woman(base)}
    nearest = min(_edits(romanise(one, language), spelt) for one in surname)
    said = frozenset(
        one
        for one in left
        if skeleton(latin := romanise(one, language)) == skeleton(spelt)
        and _edits(latin, spelt) < nearest
    )
    if len(said) == 1:
        return said
    sure = any(mine and surname.isdisjoint(table) for mine, table in zip(each, tables, strict=True))
    return (left or frozenset[str]().union(*each)) if sure else frozenset()


def _edits(one: str, other: str) -> int:
    from rapidfuzz.distance import Levenshtein

    return int(Levenshtein.distance(one.lower(), other.lower()))
