"""Places by their Russian and Ukrainian names, from a gazetteer (scripts/train/places.py).

places.tsv is drawn from GeoNames (https://www.geonames.org), CC BY 4.0.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from importlib import resources

from pipeline.lang.declension import spelt_alike
from pipeline.lang.letters import cyrillic
from pipeline.lang.romanise import romanise

WORTH_KNOWING = 3  # thousands of people of a place that other languages have a name for
CLEARLY_LARGER = 5  # times as many people
WELL_KNOWN = 100  # thousands of people of a place that needs no other word to be known by


@dataclass(frozen=True, slots=True)
class Place:
    """A place: its English name, empty where that is not known for sure; its people."""

    english: str
    thousands: int


def place(name: str, language: str) -> Place | None:
    """Return the place that a base form names in a language, or None for no known one."""
    return _places().get((spelt_alike(name), language))


def places_alone(text: str, language: str) -> str | None:
    """Return the English of a text that is nothing but a place, or places parted by commas.

    Behind a comma a country counts, too. None for any other text, and for a small place by itself,
    which may be a person or a word.
    """
    parts = text.split(", ")
    found = [place(part, language) for part in parts]
    if any(not part[:1].isupper() for part in parts) or not found[0]:
        return None
    if len(parts) == 1 and found[0].thousands < WELL_KNOWN:
        return None
    countries = _countries(language) if None in found else {}
    names = [
        known.english if known else countries.get(part.lower(), "")
        for part, known in zip(parts, found, strict=True)
    ]
    english = ", ".join(names) if all(names) else None
    return english.upper() if english and text.isupper() else english


def only_place(names: Collection[str], language: str) -> str | None:
    """Return the one of some base forms that a known place has, of several by far the largest."""
    known = sorted(
        (found.thousands, name) for name in names if (found := place(name, language)) is not None
    )
    if len(known) > 1 and known[-1][0] < CLEARLY_LARGER * max(1, known[-2][0]):
        return None
    return known[-1][1] if known else None


@cache
def slavic_places() -> frozenset[str]:
    """Return the English names of all places that are called by a national standard."""
    return frozenset(
        found.english
        for (name, language), found in _places().items()
        if found.thousands >= WORTH_KNOWING
        if language in cyrillic() and found.english == _spelt(name, language)
    )


def _spelt(name: str, language: str) -> str:
    parts = (romanise(word, language) for word in name.split())
    return " ".join("-".join(p[:1].upper() + p[1:] for p in part.split("-")) for part in parts)


@cache
def _countries(language: str) -> dict[str, str]:
    """Return the countries by their names in a language in lower case, as CLDR has both."""
    from babel import Locale

    english = Locale("en").territories
    return {name.lower(): english[code] for code, name in Locale(language).territories.items()}


@cache
def _places() -> dict[tuple[str, str], Place]:
    text = resources.files(__package__).joinpath("places.tsv").read_text(encoding="utf-8")
    found = {}
    for line in text.splitlines():
        name, languages, english, thousands = line.split("\t")
        for language in languages.split():
            found[name, language] = Place(english, int(thousands))
    return found
