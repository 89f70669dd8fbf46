"""The shape of language data: a user's file is compared with those that come with Nightdesk.

Sections, keys and types are learnt from the shipped files, so that no list of them has to be kept.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pipeline.errors import ConfigError

_TAG = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*|x(?:-[a-z0-9]{1,8})+")
# Keys are words, units, or tags of languages.
_FREE = frozenset(
    ["numbers.also", "numbers.scales", "units", "labels", "dictionary", "shortened",
     "grounding.countries", "grounding.outlets"]
)  # fmt: skip
_FREE_BELOW = ("labels.", "dictionary.")
# The shipped languages have theirs in models/langid.
_ALSO = {"langid": {"alphabet": "", "function_words": "", "endings": ""}}
_NAMES = {dict: "a table", list: "a list", str: "a string", int: "a whole number"}
_SENTENCES = "wording"  # elsewhere a list of words may stand for a string of them


def check_tag(tag: str, *, file: object) -> None:
    """Raise ConfigError for a file that is not named after a language."""
    if not _TAG.fullmatch(tag):
        raise ConfigError(
            f"{file}: {tag!r} is no language tag",
            hint="name the file like pl.toml: a code of BCP 47, the language in small letters",
        )


def check_shape(
    table: Mapping[str, Any], shipped: Iterable[Mapping[str, Any]], *, file: object
) -> None:
    """Raise ConfigError naming the first key of `table` that no shipped file has in this form."""
    _check(table, [*shipped, _ALSO], at="", file=file)


def _check(
    table: Mapping[str, Any], known: list[Mapping[str, Any]], *, at: str, file: object
) -> None:
    names = {key for other in known for key in other}
    for key, value in table.items():
        path = f"{at}.{key}" if at else key
        if at in _FREE or at.startswith(_FREE_BELOW):
            found = [v for other in known for v in other.values()]
        elif key in names:
            found = [other[key] for other in known if key in other]
        else:
            near = difflib.get_close_matches(key, names, n=1)
            raise ConfigError(
                f"{file}: {path}: no language has such a key",
                hint=f"did you mean {near[0]!r}?" if near else f"known: {', '.join(sorted(names))}",
            )
        kinds, kind = {type(v) for v in found}, type(value)
        if kind is list and str in kinds and path.partition(".")[0] != _SENTENCES:
            found = [*found, [""]]
            kinds.add(list)
        if kind not in kinds:
            wanted = " or ".join(sorted(_NAMES[k] for k in kinds if k in _NAMES))
            raise ConfigError(
                f"{file}: {path}: must be {wanted}, not {_NAMES.get(kind, kind.__name__)}",
                hint="compare it with the file of another language",
            )
        if isinstance(value, Mapping):
            _check(value, [v for v in found if isinstance(v, Mapping)], at=path, file=file)
        elif isinstance(value, list):
            _check_items(value, found, at=path, file=file)


def _check_items(value: list[Any], found: list[Any], *, at: str, file: object) -> None:
    kinds = set(_items(found))
    for item in value:
        if kinds and type(item) not in kinds:
            wanted = " or ".join(sorted(_NAMES.get(k, k.__name__) for k in kinds))
            raise ConfigError(
                f"{file}: {at}: holds {item!r:.40}; each item must be {wanted}",
                hint="compare it with the file of another language",
            )


def _items(found: Iterable[Any]) -> Iterator[type]:
    return (type(item) for v in found if isinstance(v, list) for item in v)
