"""Language data: one TOML file a language, in this folder and in folders of the user's own.

A file is named after its BCP-47 tag (`uk.toml`) and holds what one language writes: months,
number words, negations, function words, abbreviations, the cues of its site chrome. The code that
reads text asks for a section by its dotted name, and knows no language by itself.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from types import MappingProxyType
from typing import Any

from models.errors import plainly
from pipeline.errors import ConfigError
from pipeline.lang.shape import check_shape, check_tag

FOLDERS = "NIGHTDESK_LANGUAGES"  # folders with more languages, separated like those of PATH


@cache
def embedded_tags() -> tuple[str, ...]:
    """Return the tags of the languages that come with Nightdesk, sorted; no file is read."""
    ours = _files(resources.files("pipeline.lang"))
    return tuple(sorted(file.name.removesuffix(".toml") for file in ours))


@cache
def tags() -> tuple[str, ...]:
    """Return the tags of all languages that there is data for, sorted."""
    return tuple(sorted(_tables()))


@cache
def by_language(section: str) -> Mapping[str, Any]:
    """Return the value of a section, such as "dates.months", in each language, by tag.

    Languages without that section are left out.
    """
    found = {tag: _section(table, section) for tag, table in _tables().items()}
    return MappingProxyType({tag: value for tag, value in sorted(found.items()) if value})


@cache
def word_lists(section: str) -> Mapping[str, tuple[str, ...]]:
    """Return the words of each language in a section, by tag, in their order.

    A section is a list of strings, or one string with blanks between the words. Raises ConfigError
    naming a section that is neither.
    """
    return MappingProxyType(
        {tag: _listed(found, tag, section) for tag, found in by_language(section).items()}
    )


def words(section: str) -> frozenset[str]:
    """Return the words of all languages in a section."""
    return frozenset(word for found in word_lists(section).values() for word in found)


def letters(section: str, *, language: str | None = None) -> dict[str, str]:
    """Return pairs of letters such as "x=ks", of one language or of all; "x=" drops a letter."""
    return dict(
        _pair(pair)
        for tag, found in word_lists(section).items()
        if language in {None, tag}
        for pair in found
    )


def alternatives(section: str) -> str:
    """Return the words, or patterns, of all languages as one pattern, in the order of the tags.

    Without any the pattern matches nothing. Raises ConfigError naming an entry that is no regular
    expression.
    """
    for tag, found in word_lists(section).items():
        for pattern in found:
            try:
                re.compile(pattern)
            except re.error as error:
                raise ConfigError(
                    f"{tag}.toml: {section}: {pattern!r} is no regular expression: {error}",
                    hint="mend the pattern, or write it in single quotes",
                ) from error
    patterns = dict.fromkeys(word for words in word_lists(section).values() for word in words)
    return "(?:" + ("|".join(patterns) or "(?!)") + ")"


def _listed(found: Any, tag: str, section: str) -> tuple[str, ...]:
    words = found.split() if isinstance(found, str) else found
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise ConfigError(
            f"{tag}.toml: {section}: must be a list of words, or a text of them",
            hint="compare it with the file of another language",
        )
    return tuple(words)


def _pair(pair: str) -> tuple[str, str]:
    letter, _, other = pair.partition("=")
    return letter, other


@cache
def _tables() -> Mapping[str, Mapping[str, Any]]:
    """Return the table of each language; a file in a user's folder replaces ours of that name.

    Raises ConfigError naming a folder that cannot be read, or a file that is no TOML.
    """
    tables: dict[str, Mapping[str, Any]] = {}
    for file in _files(resources.files("pipeline.lang")):
        tables[file.name.removesuffix(".toml")] = _table(file)
    shipped = list(tables.values())
    own = [Path(folder) for folder in os.environ.get(FOLDERS, "").split(os.pathsep) if folder]
    for file in (file for folder in own for file in _files(folder)):
        tag, table = file.name.removesuffix(".toml"), _table(file)
        check_tag(tag, file=file)
        check_shape(table, shipped, file=file)
        tables[tag] = table
    return MappingProxyType(tables)


def _table(file: Traversable) -> Mapping[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        raise ConfigError(
            f"{file}: cannot be read as language data: {plainly(error)}",
            hint=f"mend the file, or take its folder out of {FOLDERS}",
        ) from error


def _files(folder: Traversable) -> list[Traversable]:
    try:
        found = sorted(folder.iterdir(), key=lambda entry: entry.name)
    except OSError as error:
        raise ConfigError(
            f"{folder}: cannot be read as a folder of languages: {plainly(error)}",
            hint=f"name folders that hold TOML files in {FOLDERS}",
        ) from error
    return [file for file in found if file.name.endswith(".toml")]


def _section(table: Mapping[str, Any], section: str) -> Any:
    value: Any = table
    for key in section.split("."):
        if not isinstance(value, Mapping) or key not in value:
            return None
        value = value[key]
    return value
