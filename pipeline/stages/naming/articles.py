"""Places with an article in their name: the race of Le Mans, in French "la course du Mans".

A model takes the article for one of the sentence, and translates or drops it. The places, and the
forms of their articles, stand in the TOML of the language (`names.with_article`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from itertools import pairwise

from pipeline.lang.data import by_language

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


def with_articles(source: str, text: str, *, language: str) -> str:
    """Return a translation with the articles that places have in their names.

    1. A place counts where its article, or a word that is one with it, stands before it: "du Mans".
    2. Where the translation has the name without its article, or with another one, it gets its own.
    """
    words = [match.group() for match in _WORD.finditer(source)]
    for before, word in pairwise(words):
        article = _articles(language).get(word, {}).get(before.lower())
        if article is not None and f"{article} {word}" not in text:
            name = re.escape(word)
            bare = rf"(?<![\w'’-])(?:[Tt]he {name}|{article.lower()} {name}|{name})(?![\w-])"
            text = re.sub(bare, f"{article} {word}", text)
    return text


@cache
def _articles(language: str) -> Mapping[str, Mapping[str, str]]:
    """Return the article of each place, by the place and by the words that it may stand in."""
    found: dict[str, dict[str, str]] = {}
    for article, places in by_language("names.with_article").get(language, {}).items():
        forms = by_language("names.articles").get(language, {}).get(article, "").split()
        for place in places.split():
            found.setdefault(place, {}).update(dict.fromkeys(forms, article))
    return found
