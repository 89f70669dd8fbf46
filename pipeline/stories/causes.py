"""The cause that a sentence gives for certain, by kind: weather, a fault, an attack, an error."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from pipeline.lang.data import by_language

_WORDS = 3  # between "because of" and the cause


def cause_in(text: str, *, language: str) -> tuple[str, str]:
    """Return the kind of the cause that a sentence gives, and its words.

    Both are empty where it gives none, or several kinds, or leaves it open: one word of doubt or
    denial anywhere in the sentence is enough.
    """
    if _words(language, "uncertain").search(text):
        return "", ""
    found = {
        kind: match
        for kind, pattern in _patterns(language).items()
        if (match := pattern.search(text))
    }
    if len(found) != 1:
        return "", ""
    [(kind, match)] = found.items()
    return kind, match["cause"]


@cache
def _words(language: str, key: str) -> re.Pattern[str]:
    pattern = by_language("stories.cause_words").get(language, {}).get(key, "(?!)")
    return re.compile(rf"(?<![^\W_]){pattern}(?![^\W_])", re.IGNORECASE)


@cache
def _patterns(language: str) -> Mapping[str, re.Pattern[str]]:
    found = by_language("stories.causes").get(language, {})
    words = by_language("stories.cause_words").get(language, {})
    marker, apart = words.get("marker", "(?!)"), words.get("apart", "(?!)")
    return {
        kind: re.compile(
            rf"(?<![^\W\d_]){marker}\s?(?:(?!{apart}\s)[^\s.,;:]+\s){{0,{_WORDS}}}?"
            rf"(?P<cause>{pattern})(?![^\W\d_])",
            re.IGNORECASE,
        )
        for kind, pattern in found.items()
    }
