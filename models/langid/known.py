"""The languages that come with Nightdesk's identifier, and the evidence of each (`known.toml`)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Literal

from models.engine import LanguageEvidence

Script = Literal["Cyrl", "Latn", "Zzzz"]  # ISO 15924; Zzzz: every other script

# Pairs that learnt weights tell apart: the weights know better than any rule how much a letter of
# one language says in a text of the other.
LEARNT: Mapping[str, str] = MappingProxyType({"ru": "uk", "uk": "ru"})


@dataclass(frozen=True, slots=True)
class Kin:
    """A profile of langdetect that a language is read with, and the spelling of its letters there.

    Letters that `letters` leaves out are spelt as they are.
    """

    profile: str
    letters: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Known:
    """A language that there is a letter model of: its script, its evidence, its profiles.

    The letter model of the language is the mean of those of `kin`.
    """

    script: Script
    evidence: LanguageEvidence
    kin: tuple[Kin, ...]


@cache
def known() -> Mapping[str, Known]:
    """Return the languages of `known.toml` by BCP-47 tag, in the order of the file."""
    text = (files("models.langid") / "known.toml").read_text(encoding="utf-8")
    return MappingProxyType(
        {
            tag: Known(
                script=table["script"],
                evidence=LanguageEvidence(
                    alphabet=frozenset(table["alphabet"]),
                    function_words=frozenset(table.get("function_words", "").split()),
                    endings=frozenset(table.get("endings", "").split()),
                ),
                kin=tuple(map(_kin, table.get("kin", ()))) or (Kin(tag, MappingProxyType({})),),
            )
            for tag, table in tomllib.loads(text).items()
        }
    )


@cache
def languages_of(script: Script) -> tuple[str, ...]:
    """Return the tags of the known languages that are written in `script`."""
    return tuple(tag for tag, language in known().items() if language.script == script)


def _kin(table: Mapping[str, str]) -> Kin:
    pairs = zip(table["source"].split(), table["target"].split(), strict=True)
    return Kin(table["profile"], MappingProxyType(dict(pairs)))
