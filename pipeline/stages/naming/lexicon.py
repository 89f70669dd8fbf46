"""Known names, counted in the training pairs of our translator (scripts/train/names.py).

The sound of a name does not tell how it is written: "Uorren" is Warren, "Kavano" Kavanaugh; and
some are called otherwise in English: "Pekin" is Beijing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from importlib import resources

from pipeline.lang.data import letters


@cache
def _fold() -> dict[int, str]:
    return str.maketrans(letters("names.shared_letters"))


def folded(stem: str) -> str:
    """Return a stem in the letters that Russian and Ukrainian share: Elizabeth has one in both."""
    return stem.lower().translate(_fold())


def english_form(stem: str) -> str | None:
    """Return how English spells the name with this Russian or Ukrainian stem, if that is known."""
    return _spelt().get(folded(stem))


def translations(stem: str) -> frozenset[str]:
    """Return the English names that a source name with this stem is translated by."""
    return _translated().get(folded(stem), frozenset())


def is_english_name(word: str) -> bool:
    """Tell whether English is known to write this word with a capital wherever it stands."""
    return word in _english()


def is_ordinary(word: str, language: str) -> bool:
    """Tell whether French or English writes a word in small letters as well: Conseil, Ligue."""
    return (language, word.lower()) in _ordinary()


def is_seen(stem: str) -> bool:
    """Tell whether our translator was ever shown a Russian or Ukrainian name with this stem."""
    return folded(stem) in _seen()


@cache
def _ordinary() -> frozenset[tuple[str, str]]:
    pairs = (line.split("\t") for line in _lines("ordinary.tsv"))
    return frozenset((language, word) for language, word in pairs)


@cache
def _seen() -> frozenset[str]:
    return frozenset(_lines("seen.txt"))


@cache
def _spelt() -> Mapping[str, str]:
    return dict(line.split("\t") for line in _lines("spelt.tsv"))


@cache
def _translated() -> Mapping[str, frozenset[str]]:
    names: dict[str, set[str]] = defaultdict(set)
    for line in _lines("translated.tsv"):
        stem, name = line.split("\t")
        names[stem].add(name)
    return {stem: frozenset(found) for stem, found in names.items()}


@cache
def _english() -> frozenset[str]:
    return frozenset(_lines("english.txt"))


def _lines(name: str) -> list[str]:
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8").splitlines()
