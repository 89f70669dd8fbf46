"""Names that are adjectives, where a surname has the same stem: Садовая is no form of Садов."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from pipeline.lang.data import by_language
from pipeline.lang.declension import base_forms
from pipeline.lang.romanise import romanise, skeleton
from pipeline.stages.naming.lexicon import is_english_name
from pipeline.stages.naming.slavic import of_a_woman

_WORD = re.compile(r"[^\W\d_]+")
_MIN_CHARS = 4  # of a form: the stem of a shorter one is like too much


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


def cut_adjective(source: str, target: str, *, language: str) -> str | None:
    """Return the word of an English translation that is a name without its ending; None if none is.

    Удачного is of Udachny, and never of Udachn. A case that adjectives `alone` have lets any stem
    be judged but that of Томского, which may be of Tomsk; other cases a `stem` that no noun has.
    """
    found: Mapping[str, str] | None = by_language("names.declined_as_adjectives").get(language)
    if found is None:
        return None
    written: dict[str, str] = {
        word.lower(): word for word in _WORD.findall(target) if word[0].isupper()
    }
    for word in _WORD.findall(source):
        if not word[0].isupper() or len(word) < _MIN_CHARS:
            continue
        alone = re.search(found["alone"], word) is not None
        for one in base_forms(word, language):
            stem = re.sub(found["ending"], "", one)
            cut = written.get(romanise(stem, language).lower()) if stem != one else None
            if (
                cut is not None
                and re.search(found["alone_stem" if alone else "stem"], stem)
                and not is_english_name(cut)
            ):
                return cut
    return None


def _edits(one: str, other: str) -> int:
    from rapidfuzz.distance import Levenshtein

    return int(Levenshtein.distance(one.lower(), other.lower()))
