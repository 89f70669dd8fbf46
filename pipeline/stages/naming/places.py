"""Places by their Russian and Ukrainian names: towns and villages, and what English calls them.

The list is made of GeoNames' (https://www.geonames.org, CC BY 4.0) by scripts/train/places.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from pipeline.lang.declension import spelt_alike
from pipeline.lang.romanise import romanise

_SENTENCE_ENDS = (".", "!", "?", "…", ":", ";")


@dataclass(frozen=True, slots=True)
class Place:
    """A place's English name; `common` tells that its own name is an ordinary word, too.

    `like_word` tells that a form of it is one of an ordinary word, however rare, and `small` that
    few people live there.
    """

    english: str
    common: bool
    like_word: bool = False
    small: bool = False


def place_pair(first: Iterable[str], second: Iterable[str], language: str) -> str | None:
    """Return the English name of a place of two words, each in its possible base forms."""
    seconds = list(second)
    found = {
        place.english for a in first for b in seconds if (place := place_at(f"{a} {b}", language))
    }
    return found.pop() if len(found) == 1 else None


def places_alone(text: str, language: str) -> str | None:
    """Return the English of a text that is nothing but a place, or places parted by commas.

    Behind a comma a country counts, too. None for any other text, and for a place by itself that is
    called like a word.
    """
    parts = text.split(", ")
    # No name ends as a sentence does; without that, each run would load the names of CLDR.
    if text.endswith(_SENTENCE_ENDS) or any(not part[:1].isupper() for part in parts):
        return None
    found = [place_at(spelt_alike(part), language) for part in parts]
    if len(parts) == 1 and found[0] and found[0].common:
        return None
    cities = _cities(language) if None in found else {}
    known = {**cities, **(_countries(language) if None in found[1:] else {})}
    names = [
        place.english if place else known.get(part.lower(), "")
        for part, place in zip(parts, found, strict=True)
    ]
    english = ", ".join(names) if all(names) else None
    return english.upper() if english and text.isupper() else english


@cache
def slavic_places() -> frozenset[str]:
    """Return the English names of all places that are called by the standard of their language."""
    return frozenset(
        by_standard(name, language)
        for (language, name), rest in _places().items()
        if not rest.rstrip("\t?-")
    )


@cache
def _countries(language: str) -> Mapping[str, str]:
    """Return the countries by their names in a language in lower case, as CLDR has both."""
    from babel import Locale

    english = Locale("en").territories
    return {name.lower(): english[code] for code, name in Locale(language).territories.items()}


@cache
def _cities(language: str) -> Mapping[str, str]:
    """Return the cities that time zones are called after, as CLDR has them: Відень is Vienna."""
    from babel import Locale

    english, own = Locale("en").time_zones, Locale(language).time_zones
    return {
        zone["city"].lower(): english.get(name, {}).get("city")
        or name.rpartition("/")[2].replace("_", " ")
        for name, zone in own.items()
        if "city" in zone
    }


def place_at(name: str, language: str) -> Place | None:
    """Return the place with a name, as `spelt_alike` writes it, or None."""
    found = _places().get((language, name))
    if found is None:
        return None
    english, mark = (*found.split("\t"), "", "")[:2]
    return marked(english or by_standard(name, language), mark)


def marked(english: str, mark: str) -> Place:
    """Return a place by its mark in a list, which scripts/train/places.py gives it."""
    return Place(english, common=mark == "*", like_word=mark in ("*", "?"), small=mark == "-")


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
