"""Sentences that tell of something, told from sentences in which a site speaks to its reader.

A notice asks ("subscribe"), describes the site now ("this site uses cookies") or claims a right
("all rights reserved"). News says that somebody said or did something. The words are those of
`[boilerplate.telling]` in `pipeline/lang/*.toml`.
"""

from __future__ import annotations

import re
from functools import cache

from pipeline.stages.boilerplate import cues

_SPEECH = re.compile(r"^[—–-]\s.*[,!?.…]\s*[—–-]\s|^[«“„\"].*[»”“\"]\s*,?\s*[—–-]?\s*\w")


def reports(lower: str) -> bool:
    """Tell whether somebody says, in the third person, what the line in lower case holds."""
    return bool(_said().search(lower) or _SPEECH.search(lower))


def narrates(lower: str) -> int:
    """Return the number of verbs in a past tense; those of a purpose ("чтобы ...") do not count."""
    return sum(1 for _ in _past().finditer(_purpose().sub(" ", lower)))


def happens(lower: str) -> bool:
    """Tell whether there is a verb in the third person, in any tense, in a label's value."""
    return bool(_present().search(lower)) or reports(lower) or narrates(lower) > 0


@cache
def _said() -> re.Pattern[str]:
    return re.compile(rf"\b{cues.pattern('telling.said').pattern}\b")


@cache
def _past() -> re.Pattern[str]:
    return re.compile(
        rf"\b(?!{cues.pattern('telling.no_past').pattern}\b)"
        rf"{cues.pattern('telling.past').pattern}\b"
    )


@cache
def _present() -> re.Pattern[str]:
    return re.compile(
        rf"\b(?!{cues.pattern('telling.no_present').pattern}\b)"
        rf"{cues.pattern('telling.present').pattern}\b"
    )


@cache
def _purpose() -> re.Pattern[str]:
    return re.compile(rf"\b{cues.pattern('telling.purpose').pattern}\b[^,.!?;:]*")
