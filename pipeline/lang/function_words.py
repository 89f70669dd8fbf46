"""Words that carry grammar rather than news, in every language that there is data for.

jusText's observation: running text is full of function words, site chrome has hardly any.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from pipeline.lang.data import word_lists

_WORDS = re.compile(r"[^\W\d_]+(?:['’ʼ][^\W\d_]+)*")


@cache
def function_words() -> Mapping[str, frozenset[str]]:
    """Return the function words of each language, in lower case, by tag."""
    lists = word_lists("grammar.function_words")
    return MappingProxyType({tag: frozenset(found) for tag, found in lists.items()})


@cache
def any_function_word() -> frozenset[str]:
    """Return the function words of all languages together."""
    return frozenset().union(*function_words().values())


def words(text: str) -> list[str]:
    """Return the words of `text` in lower case, with one kind of apostrophe."""
    return _WORDS.findall(text.lower().replace("’", "'").replace("ʼ", "'"))


def function_word_density(text: str) -> float:
    """Return the share of words, between 0 and 1, that are function words in some language."""
    found = words(text)
    if not found:
        return 0.0
    known = any_function_word()
    hits = sum(1 for w in found if w in known)
    # French elision glues a function word to its noun: "l'usine" counts as half of one.
    elided = sum(0.5 for w in found if "'" in w and w not in known)
    return (hits + elided) / len(found)
