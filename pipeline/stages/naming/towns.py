"""Towns of France by their names, as a line in capitals has them: often without an accent.

The list is made of GeoNames' (https://www.geonames.org, CC BY 4.0) by scripts/train/places.py.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib import resources

from pipeline.stages.naming.places import Place, marked


def bare(word: str) -> str:
    """Return a word in lower case and without accents."""
    parts = unicodedata.normalize("NFD", word.lower())
    return "".join(part for part in parts if not unicodedata.combining(part))


def town_at(word: str, language: str) -> Place | None:
    """Return the town with a name, or None; accents say nothing."""
    mark = _towns().get((language, bare(word)))
    return None if mark is None else marked(word, mark)


@cache
def _towns() -> Mapping[tuple[str, str], str]:
    """Return the mark of each town, by its language and its bare name."""
    text = resources.files(__package__).joinpath("towns.tsv").read_text(encoding="utf-8")
    found = (line.split("\t") for line in text.splitlines())
    return {(language, name): "".join(mark) for language, name, *mark in found}
