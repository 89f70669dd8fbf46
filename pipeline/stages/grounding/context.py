"""Sentences outside their text: what they open with, and whether they can do without it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from itertools import islice

from pipeline.facts.numbers import figures
from pipeline.lang.data import by_language, word_lists
from pipeline.stages.grounding.wording import content_words
from pipeline.stages.naming.name_words import names_in

_QUOTES = "«“„\"'(—– "
_AROUND = _QUOTES + "»”,"
_ABBREVIATION = re.compile(r"(?<![^\W_])[A-ZА-ЯЁІЇЄҐ]{2,6}(?![^\W_])")
_FEWEST_WORDS = 4  # that are no grammar: fewer, without a name or a figure, are half a thought
_SHORTEST = 25  # characters that a sentence has without its connective


def without_connective(text: str, *, language: str) -> str:
    """Return a sentence without "However," before it, or between its commas.

    What is left begins with a capital. A sentence that would be a scrap is left as it is.
    """
    if (inside := _patterns(language).get("inside")) is not None:
        text = inside.sub("", text, count=1)
    opening = _patterns(language).get("connectives")
    found = opening.match(text) if opening is not None else None
    if found is None or len(text) - found.end() < _SHORTEST:
        return text
    rest = text[found.end() :]
    return rest[:1].upper() + rest[1:]


def leans(text: str, *, language: str) -> bool:
    """Tell whether a sentence is only understood behind the one before it.

    Its subject points back ("He", "This decision", "The project"), or it has no name, no figure and
    hardly any words. A connective, which can be taken off, is passed over.
    """
    bare = without_connective(text, language=language).lstrip(_QUOTES)
    patterns = _patterns(language)
    if (impersonal := patterns.get("impersonal")) is not None and impersonal.match(bare):
        return False
    if (pointing := patterns.get("pointing")) is not None and pointing.match(bare):
        return True
    first, second, *_ = (
        *(word.strip(_QUOTES + "»”,") for word in bare.lower().split()[:2]),
        "",
        "",
    )
    words = word_lists("stories.leaning").get(language, ())
    if first in words or f"{first}_{second}" in words:
        return True
    return (
        len(list(islice(content_words(bare, language), _FEWEST_WORDS))) < _FEWEST_WORDS
        and not names_in(bare)
        and _ABBREVIATION.search(bare) is None
        and not figures(bare, language=language)
    )


def stands_alone(text: str, *, language: str) -> bool:
    """Tell whether a sentence, as it stands, is understood without the one before it."""
    opening, inside = (_patterns(language).get(key) for key in ("connectives", "inside"))
    follows = opening is not None and opening.match(text) is not None
    connected = inside is not None and inside.search(text) is not None
    return not (follows or connected or leans(text, language=language))


@cache
def _patterns(language: str) -> Mapping[str, re.Pattern[str]]:
    """Return the patterns of `stories.context` in a language's data, by key."""
    found = by_language("stories.context").get(language, {})
    return {
        key: re.compile("(?:" + "|".join(listed) + ")", re.IGNORECASE)
        for key, listed in found.items()
    }
