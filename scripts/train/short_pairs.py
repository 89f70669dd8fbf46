"""Short pairs: names, ALL CAPS, questions, orders, control tokens as text.

    python scripts/train/short_pairs.py --collected FOLDER/all.tsv --out FOLDER/short.tsv

A translator that was trained on sentences alone guesses at a name and answers a question. The pairs
are taken from what collect.py found, from Unicode's names of countries, languages and cities (in
babel), from the names that the product knows, and from short-pairs.toml. Lines as in all.tsv:
language, kind, package, licence, source, English; the same every time. Give data.py this table
first, for of copies it keeps the first.
"""

from __future__ import annotations

import argparse
import itertools
import re
import sys
import tomllib
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from importlib import resources
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from messages import words

from pipeline.lang.romanise import likeness, romanise

HERE = Path(__file__).resolve().parent
LANGUAGES = ("ru", "uk", "fr")
UNICODE, OWN = "Unicode-3.0", "ours"
CAPITALS_SHARE, TOKENS_SHARE = 1 / 12, 1 / 60
MAX_QUESTION_WORDS, MAX_ORDER_WORDS = 14, 12
PERSONS = 400  # of a language
MIN_LIKENESS = 0.85  # of a known name's stem and its form: then the stem is the name
Line = tuple[str, str, str, str, str, str]


def chosen(text: str, share: float) -> bool:
    """Tell whether a text is among a share of all texts, the same ones every time."""
    return zlib.crc32(text.encode()) / 2**32 < share


def unicode_names() -> Iterator[Line]:
    """Yield names of countries, languages and cities, as CLDR has them in each language."""
    from babel import Locale

    english = Locale("en")
    for language in LANGUAGES:
        locale = Locale(language)
        tables = [(locale.territories, english.territories), (locale.languages, english.languages)]
        pairs = [(own[key], other[key]) for own, other in tables for key in own if key in other]
        for zone, known in locale.time_zones.items():
            if city := known.get("city"):
                place = english.time_zones.get(zone, {}).get("city")
                pairs.append((city, place or zone.rpartition("/")[2].replace("_", " ")))
        for source, target in pairs:
            if source != target and not set("[(,;:/&+") & {*source, *target}:
                yield language, "names", "cldr", UNICODE, source, target


def known_names() -> Iterator[Line]:
    """Yield the names of the product's lexicon whose stems are the names themselves."""
    text = resources.files("pipeline.stages.naming").joinpath("spelt.tsv").read_text("utf-8")
    for line in text.splitlines():
        stem, form = line.split("\t")
        ends_alike = stem[-1:] not in "аеиоуыэюяй" and form[-1:].lower() not in "aeiouy"
        folded = re.search(r"[аеоуыэюяи]и", stem)  # Азербаиджан, which nobody writes
        if ends_alike and not folded and likeness(romanise(stem, "ru"), form) >= MIN_LIKENESS:
            # The lexicon's letters are those that both languages share.
            name = "-".join(part.capitalize() for part in stem.split("-"))
            yield "ru", "names", "lexicon", OWN, name, form


def persons(table: Any) -> Iterator[Line]:
    """Yield persons whose names are romanised by the rules of their country."""
    for language, parts in table.items():
        pairs = itertools.product(parts["given"].split(), parts["family"].split())
        ordered = sorted(pairs, key=lambda pair: zlib.crc32(" ".join(pair).encode()))
        for given, family in ordered[:PERSONS]:
            is_woman = language == "ru" and given.endswith(("а", "я", "ь"))
            name = [given, f"{family}а" if is_woman and family[-1] in "вн" else family]
            english = " ".join(romanise(word, language) for word in name)
            yield language, "names", "persons", OWN, " ".join(name), english


def is_order(line: Line, table: Any) -> bool:
    """Tell whether a pair tells somebody to do something, on both sides."""
    language, _, _, _, source, target = line
    first = source.split(maxsplit=1)[0].rstrip(",:")
    return (
        2 <= words(target) <= MAX_ORDER_WORDS
        and target.split(maxsplit=1)[0] in table["verbs"].split()
        and first.endswith(tuple(table["endings"][language].split()))
    )


def of_collected(lines: Sequence[Line], tokens: Sequence[str], orders: Any) -> Iterator[Line]:
    """Yield questions, orders, and some pairs in capitals or with control tokens around them."""
    for line in lines:
        language, kind, package, licence, source, target = line
        if source.endswith("?") and target.endswith("?") and words(target) <= MAX_QUESTION_WORDS:
            yield language, "questions", package, licence, source, target
        elif is_order(line, orders):
            yield language, "orders", package, licence, source, target
        if kind in ("labels", "headings", "names") and chosen(source, CAPITALS_SHARE):
            yield language, "capitals", package, licence, source.upper(), target.upper()
        if kind in ("stories", "prose", "labels") and chosen(f"{source} token", TOKENS_SHARE):
            drawn = zlib.crc32(source.encode())
            first, second = (tokens[(drawn + n) % len(tokens)] for n in (0, 1))
            form = ("{0} {2}", "{2} {0}", "{0} {2} {1}", "{2}{0}")[drawn // 7 % 4]
            around = [form.format(first, second, text) for text in (source, target)]
            yield language, "tokens", package, licence, around[0], around[1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--collected", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    table = tomllib.loads((HERE / "short-pairs.toml").read_text(encoding="utf-8"))
    given = options.collected.read_text(encoding="utf-8").splitlines()
    collected: list[Any] = [tuple(line.split("\t")) for line in given]
    tokens = table["tokens"]["some"].split()
    own: Iterator[Line] = (
        (language, "orders", "own", OWN, order[language], order["en"])
        for order in table["order"]
        for language in LANGUAGES
    )
    found = itertools.chain(
        unicode_names(), known_names(), persons(table["persons"]), own,
        of_collected(collected, tokens, table["orders"]),
    )  # fmt: skip
    lines = list(dict.fromkeys("\t".join(line) for line in found))
    options.out.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    counts = Counter(tuple(line.split("\t")[:2]) for line in lines)
    for (language, kind), count in sorted(counts.items()):
        print(kind, language, count, sep="\t")


if __name__ == "__main__":
    main()
