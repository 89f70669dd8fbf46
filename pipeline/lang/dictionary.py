"""Words and labels that small translators know badly, each with its translation.

A dictionary helps where a word has one translation whatever stands around it: months, seasons,
offices, and the labels of a newspaper ("To be continued"). It stands in the language file of the
source, in a table for each target: `[dictionary.en]` and `[labels.en]`. Keys are translations,
values are regular expressions of a whole word or label, in small letters and capitals. The table
`[shortened]` has words of the language itself, and what they are cut short to ("вул.").
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from pipeline.errors import ConfigError
from pipeline.lang.data import by_language

_EDGES = " \t\n.!…:"


def label(text: str, *, source: str, target: str) -> str | None:
    """Return the translation of a text that is a label as a whole; None for any other text."""
    inside = text.strip(_EDGES)
    for pattern, translation in _labels(source, target):
        if pattern.fullmatch(inside):
            marks = text.strip().removeprefix(inside).strip()  # French has a space before them
            return _like(inside, translation) + marks
    return None


def with_known_words(text: str, *, source: str, target: str) -> str:
    """Return a text with the words that the dictionary has replaced by their translations.

    A word with a capital gets a translation with one.
    """
    for pattern, translation in _words(source, target):
        text = pattern.sub(lambda m, new=translation: _like(m.group(), new), text)  # type: ignore[misc]
    return text


def spelt_out(text: str, *, language: str) -> str:
    """Return a text with the words that are cut short written in full: "гл. врач", "5, корп. 2".

    The full words stand in their base form: what a small model needs is their meaning.
    """
    for pattern, word in _shortened(language):
        text = pattern.sub(lambda m, new=word: _like(m.group().rstrip("."), new), text)  # type: ignore[misc]
    return text


def _like(source: str, translation: str) -> str:
    """Return a translation with the capitals of its source: none, the first, or all."""
    if len(source) > 1 and source.isupper():
        return translation.upper()
    return translation[:1].upper() + translation[1:] if source[:1].isupper() else translation


@cache
def _words(source: str, target: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    return _patterns(f"dictionary.{target}", source, r"(?<![\w'’ʼ-])(?:{})(?![\w'’ʼ-])")


@cache
def _labels(source: str, target: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    return _patterns(f"labels.{target}", source, "(?:{})")


@cache
def _shortened(language: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    return _patterns("shortened", language, r"(?<![\w'’ʼ.-])(?:{})")


def _patterns(section: str, source: str, frame: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    """Return the compiled entries; raises ConfigError for one that is no regular expression."""
    entries: Mapping[str, str] = by_language(section).get(source, {})
    found = []
    for translation, pattern in entries.items():
        try:
            compiled = re.compile(frame.format(pattern), re.IGNORECASE)
        except (re.error, TypeError) as error:
            raise ConfigError(
                f"{source}.toml: [{section}] {translation}: {pattern!r} is no regular"
                f" expression: {error}",
                hint="mend the pattern, or write it in single quotes",
            ) from error
        found.append((compiled, translation))
    return tuple(found)
