"""Evidence of the languages that only a language file knows: how a text in them is recognised."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from models.engine import LanguageEvidence
from pipeline.errors import ConfigError
from pipeline.lang.data import by_language

_HINT = 'alphabet = "abc…" is required; function_words and endings are words with spaces between'


def evidence() -> Mapping[str, LanguageEvidence]:
    """Return the evidence in the `[langid]` sections of the language files, by tag.

    The languages that Nightdesk's identifier comes with need no such section. Raises ConfigError,
    with the file and the key, for a section without an alphabet or with a value that is no text.
    """
    return {tag: _evidence(tag, section) for tag, section in by_language("langid").items()}


def _evidence(tag: str, section: Mapping[str, Any]) -> LanguageEvidence:
    for key in ("alphabet", "function_words", "endings"):
        value = section.get(key, "" if key != "alphabet" else None)
        if not isinstance(value, str) or (key == "alphabet" and not value.strip()):
            raise ConfigError(f"{tag}.toml, [langid] {key}: {value!r} is no text", hint=_HINT)
    return LanguageEvidence(
        alphabet=frozenset("".join(section["alphabet"].lower().split())),
        function_words=frozenset(section.get("function_words", "").lower().split()),
        endings=frozenset(section.get("endings", "").lower().split()),
    )
