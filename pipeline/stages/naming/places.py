"""Places by their Russian and Ukrainian names: towns and villages, and what English calls them.

The list is made of GeoNames' (https://www.geonames.org, CC BY 4.0) by scripts/train/places.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from pipeline.lang.romanise import romanise


@dataclass(frozen=True, slots=True)
class Place:
    """A place's English name; `common` tells that its own name is an ordinary word, too."""

    english: str
    common: bool


def place_pair(first: Iterable[str], second: Iterable[str], language: str) -> str | None:
    """Return the English name of a place of two words, each in its possible base forms."""
    seconds = list(second)
    found = {
        place.english for a in first for b in seconds if (place := place_at(f"{a} {b}", language))
    }
    return found.pop() if len(found) == 1 else None


def place_at(name: str, language: str) -> Place | None:
    """Return the place with a name, as `spelt_alike` writes it, or None."""
    found = _places().get((language, name))
    if found is None:
        return None
    english, common = (*found.split("\t"), "", "")[:2]
    return Place(english or by_standard(name, language), common == "*")


@cache
def _places() -> Mapping[tuple[str, str], str]:
    """Return what the list says of each place, by its language and name as `spelt_alike` has it."""
    text = resources.files(__package__).joinpath("places.tsv").read_text(encoding="utf-8")
    lines = (line.split("\t", 2) for line in text.splitlines())
    return {(language, name): "".join(rest) for language, name, *rest in lines}


def by_standard(name: str, language: str) -> str:
    """Return the name of a place, in lower case, as the standard of its language writes it."""
    return " ".join(romanise(_titled(part), language) for part in name.split())


def _titled(name: str) -> str:
    """Return a name with a capital in each part that is no small word: Ростов-на-Дону."""
    parts = name.split("-")
    return "-".join(
        part if 0 < place < len(parts) - 1 else part[:1].upper() + part[1:]
        for place, part in enumerate(parts)
    )
