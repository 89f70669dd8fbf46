"""Words that texts write with a capital wherever they stand, counted by scripts/train/cased.py.

A line in capitals does not tell which of its words are names and which are abbreviations.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from importlib import resources

from pipeline.lang.data import word_lists
from pipeline.lang.letters import cyrillic
from pipeline.stages.naming.lexicon import folded
from pipeline.stages.naming.slavic import stem


def is_cased_name(word: str, language: str) -> bool:
    """Tell whether texts in a language write this word with a capital inside sentences, too."""
    return _name(word, language) in _cased().get(_script(language), frozenset())


def is_abbreviation(word: str) -> bool:
    """Tell whether texts in some language write this word in capitals wherever it stands."""
    return any(word in found for found in _cased().values())


def _script(language: str) -> str:
    """Return the key of a language in the list: Russian and Ukrainian share their names."""
    return "cyrillic" if language in cyrillic() else language


def _name(word: str, language: str) -> str:
    return folded(stem(word, language)).capitalize()


@cache
def _cased() -> Mapping[str, frozenset[str]]:
    """Return the stems of names, with a capital, and the abbreviations of each script."""
    found: dict[str, set[str]] = defaultdict(set)
    lines = resources.files(__package__).joinpath("cased.tsv").read_text(encoding="utf-8")
    for line in lines.splitlines():
        script, word = line.split("\t")
        found[script].add(word)
    for language, places in word_lists("names.places").items():
        found[_script(language)] |= {_name(place, language) for place in places}
    for language, words in word_lists("names.abbreviations").items():
        found[_script(language)] |= set(words)
    return {script: frozenset(words) for script, words in found.items()}
