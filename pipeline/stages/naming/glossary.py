"""The user's glossary: words never to be translated, and the forms of names and terms.

do_not_translate = ["Nightdesk", "Le Monde"]

[en]                       # preferred forms in English, whatever the source language
"Kiev" = "Kyiv"
"Lvov" = "Lviv"
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from models.errors import plainly
from pipeline.errors import ConfigError
from pipeline.lang.data import tags
from pipeline.lang.meant import meant_language

_SYNTAX = "compare it with configs/glossary.toml"


@dataclass(frozen=True, slots=True)
class Glossary:
    """`forms` maps a target language to the forms that source words have in it."""

    do_not_translate: tuple[str, ...] = ()
    forms: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def load_glossary(path: Path) -> Glossary:
    """Read a glossary; raises ConfigError naming the file and the key that is wrong."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"{path}: the glossary cannot be read: {plainly(error)}",
            hint="check translate.glossary in the configuration",
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: not valid TOML: {error}", hint=_SYNTAX) from error
    kept = table.pop("do_not_translate", [])
    if not isinstance(kept, list) or not all(isinstance(term, str) and term for term in kept):
        raise ConfigError(f"{path}: do_not_translate: expected a list of words", hint=_SYNTAX)
    for language, forms in table.items():
        if language not in tags():
            raise ConfigError(
                f"{path}: unknown key {language!r}",
                hint=(f"did you mean {meant}? " if (meant := meant_language(language)) else "")
                + f"known: do_not_translate and the tables {', '.join(tags())}",
            )
        if not isinstance(forms, dict) or not all(isinstance(v, str) for v in forms.values()):
            raise ConfigError(
                f"{path}: {language}: expected a table of words and their forms", hint=_SYNTAX
            )
    return Glossary(tuple(kept), table)
