"""Cyrillic languages that are typed in Latin letters: "Segodnya prezident podpisal ukaz"."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files

from models.langid.profiles import letter_models

MIN_LETTERS = 30
CLEARLY = 0.1  # nats per letter by which the Cyrillic reading must be the likelier one


def cyrillic_reading(words: Sequence[str]) -> str | None:
    """Return Latin `words`, in lower case, in the Cyrillic letters they stand for, or None.

    The words are read letter by letter in all languages of both scripts. None where one in Latin
    script is as likely as any in Cyrillic script, letter for letter, or where there are too few
    letters to tell.
    """
    latin = " ".join(words)
    if len(latin) < MIN_LETTERS:
        return None
    table = _table()
    cyrillic = _pattern().sub(lambda match: table[match.group()], latin)
    own = max(letter_models("Latn").score(latin)) / len(latin)
    other = max(letter_models("Cyrl").score(cyrillic)) / len(cyrillic)
    return cyrillic if other > own + CLEARLY else None


@cache
def _table() -> Mapping[str, str]:
    text = (files("models.langid") / "romanised.tsv").read_text(encoding="utf-8")
    lines = (line for line in text.splitlines() if not line.startswith("#"))
    return dict(line.split("\t") for line in lines)


@cache
def _pattern() -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, _table())))
