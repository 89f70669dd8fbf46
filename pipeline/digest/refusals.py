"""The reasons for which inputs are not used, and what to do about it, in the language of a digest.

They are written in English where they arise. `[refusals]` of a language file has those that a
reader meets most, as "English => its words"; "{}" stands for what differs, "{0}" for it behind the
arrow. Others stay in English, and are marked as English.
"""

from __future__ import annotations

import re
from functools import cache

from pipeline.errors import ConfigError
from pipeline.lang.data import by_language

_ENGLISH = "en"
_HOLE = r"\{\}"


def refusal_in(text: str, *, language: str) -> tuple[str, str]:
    """Return a reason or a hint in a language where it has words, and the tag of what it is in."""
    for pattern, words in _known(language):
        if (found := pattern.fullmatch(text)) is not None:
            return words.format(*found.groups()), language
    return text, _ENGLISH


@cache
def _known(language: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    """Return a pattern for each known English text, and the words of the language.

    Raises ConfigError for an entry without an arrow, or with another number of holes behind it.
    """
    found = []
    for entry in by_language("refusals").get(language, {}).get("said", ()):
        english, arrow, words = entry.partition(" => ")
        pattern = re.escape(english).replace(_HOLE, "(.+)")
        holes = english.count("{}")
        if not arrow or any(f"{{{n}}}" not in words for n in range(holes)):
            raise ConfigError(
                f"{language}.toml, [refusals] said: {entry!r} is no pair",
                hint='write "is {}, not text => its words for {0}", with a hole for each hole',
            )
        found.append((re.compile(pattern, re.DOTALL), words))
    return tuple(found)
