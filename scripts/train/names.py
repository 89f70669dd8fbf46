"""Names and their English forms, out of the training pairs: what the product knows of names.

    python scripts/train/names.py --data FOLDER --out pipeline/stages/naming

spelt.tsv: Russian and Ukrainian stems with the English word that sounds like them, as the product
pairs the two. Kept are stems that are no ordinary word of their language (seldom in lower case, nor
is the English form) and whose commonest form is clearly the commonest. Both languages share their
entries under one folded key.
translated.tsv: names that sound otherwise in English (Пекин is Beijing), for all three languages:
words that often stand on both sides of a pair, and seldom without each other.
english.txt: words that English writes with a capital, wherever they stand.
seen.txt: Russian and Ukrainian stems that stood with a capital anywhere: all others are names that
the translator was never shown.

Evaluation sentences are not in the pairs (data.py).
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from examples import load

from pipeline.lang.letters import cyrillic
from pipeline.lang.romanise import likeness, romanise
from pipeline.stages.naming.lexicon import folded
from pipeline.stages.naming.mentions import POSSESSIVE, Rendering, mentions_in
from pipeline.stages.naming.name_words import names_in, translated
from pipeline.stages.naming.slavic import stem

LEFT_OUT = frozenset({"python-docs", "debian-other", "debian-news"})
MIN_SHARE = 0.7  # of the commonest form among all forms of a stem
MIN_SPELT = 0.4  # of the occurrences of a stem: the Verkhovna Rada, but the Supreme Court
MIN_LIKENESS = 0.75  # of a name and its form
SHORT_KEY, SHORT_COUNT = 3, 3  # stems of so few letters must be seen more often
MAX_LOWER_SHARE = 0.25  # of a word's occurrences that begin with a small letter
MIN_ENGLISH = 2  # occurrences of an English name
MIN_TOGETHER = 3  # pairs in which a word and a name that translates it stand
MIN_TOGETHER_SHARE = 0.15  # of the pairs with the word
MIN_LIFT = 30.0  # how much likelier the name is beside the word
_WORD = re.compile(r"[^\W\d_][\w'’ʼ-]+")


class Cases:
    """How often each word was written with a small letter, and with a capital."""

    def __init__(self) -> None:
        self._lower: Counter[str] = Counter()
        self._upper: Counter[str] = Counter()

    def read(self, key: str, *, lower: bool) -> None:
        """Count one occurrence of a word under `key`."""
        (self._lower if lower else self._upper)[key] += 1

    def capitals(self, key: str) -> int:
        """Return how often a word was written with a capital."""
        return self._upper[key]

    def with_capital(self) -> list[str]:
        """Return the words that were ever written with a capital."""
        return list(self._upper)

    def is_ordinary(self, key: str) -> bool:
        """Tell whether a word is no name, or often is none."""
        lower = self._lower[key]
        return lower > MAX_LOWER_SHARE * (lower + self._upper[key])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    pairs = [
        pair
        for (_, domain), found in load(options.data / "pairs.tsv").items()
        if domain not in LEFT_OUT
        for pair in found
    ]
    own_words, english_words = Cases(), Cases()
    forms: dict[str, Counter[str]] = defaultdict(Counter)
    capitals: list[set[str]] = []  # of each pair: English names that sound like no source name
    for pair in pairs:
        for word in _WORD.findall(pair.target):
            english_words.read(word.lower(), lower=word[0].islower())
        for word in _WORD.findall(pair.source):
            own_words.read(_key(word, pair.language), lower=word[0].islower())
        (mentions,) = mentions_in([Rendering(pair.source, pair.target, pair.language)], target="en")
        for mention in mentions if pair.language in cyrillic() else ():
            own = mention.key.stem.partition(" ")[0]
            if likeness(romanise(own, pair.language), mention.form) >= MIN_LIKENESS:
                forms[folded(own)][mention.form] += 1
        capitals.append(_names(pair.target) - {mention.form for mention in mentions})
    english = Counter(name for pair in pairs for name in _names(pair.target))

    def is_name(word: str) -> bool:
        return english[word] >= MIN_ENGLISH and not english_words.is_ordinary(word.lower())

    spelt = [
        f"{key}\t{form}"
        for key, counts in forms.items()
        for form, count in counts.most_common(1)
        if count >= MIN_SHARE * counts.total()
        and count >= (SHORT_COUNT if len(key) <= SHORT_KEY else 1)
        and count >= MIN_SPELT * own_words.capitals(key)
        and not key.isascii()
        and not own_words.is_ordinary(key)
        and not english_words.is_ordinary(form.lower())
        and form not in translated()
        and form.count("-") == key.count("-")  # "R-Arizona" is not how Arizona is spelt
    ]
    apart = [{n for n in names if is_name(n) and n not in translated()} for names in capitals]
    texts = [
        {
            key
            for word in _WORD.findall(pair.source)
            if word[0].isupper() and not own_words.is_ordinary(key := _key(word, pair.language))
        }
        for pair in pairs
    ]
    translated = [f"{key}\t{name}" for key, name in _together(texts, apart)]
    for file, lines in (
        ("spelt.tsv", spelt), ("translated.tsv", translated),
        ("english.txt", [word for word in english if is_name(word)]),
        ("seen.txt", [key for key in own_words.with_capital() if not key.isascii()]),
    ):  # fmt: skip
        text = "".join(f"{line}\n" for line in sorted(set(lines)))
        (options.out / file).write_text(text, encoding="utf-8")
        print(f"{file}: {len(set(lines))} lines")


def _key(word: str, language: str) -> str:
    return folded(stem(word, language))


def _names(text: str) -> set[str]:
    return {POSSESSIVE.sub("", match.group()) for match in names_in(text)}


def _together(texts: list[set[str]], names: list[set[str]]) -> Iterable[tuple[str, str]]:
    """Yield words and names that stand in the same pairs much more often than by chance."""
    by_name = Counter(name for found in names for name in found)
    by_word: Counter[str] = Counter()
    both: Counter[tuple[str, str]] = Counter()
    for words, found in zip(texts, names, strict=True):
        by_word.update(words)
        both.update((word, name) for word in words for name in found)
    for (word, name), count in both.items():
        share, lift = count / by_word[word], count * len(texts) / by_word[word] / by_name[name]
        if count >= MIN_TOGETHER and share >= MIN_TOGETHER_SHARE and lift >= MIN_LIFT:
            yield word, name


if __name__ == "__main__":
    main()
