"""Causes that a claim gives: the original must give one, too."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache

from pipeline.lang.data import by_language
from pipeline.stages.grounding.original import Original
from pipeline.stages.grounding.wording import content_words

_CAUSAL = ("stated", "supported_by")


def unstated_cause(claim: str, original: Original) -> str:
    """Return the words by which a claim states a cause that the original does not give.

    Empty where there is no cause, or a sentence of the original that shares words with the claim
    has one.
    """
    said = _found(claim, original.language, ("stated",))
    if not said:
        return ""
    least = min(2, len(list(content_words(claim, original.language))))
    for i, text in enumerate(original.readable):
        near = original.wording.shared(claim, i) >= least
        if near and _found(text, original.language, _CAUSAL):
            return ""
    return said


def _found(text: str, language: str, kinds: Iterable[str]) -> str:
    plain = " ".join(text.lower().replace("’", "'").replace("ʼ", "'").split())
    for kind in kinds:
        pattern = _causes(kind).get(language)
        if pattern is not None and (match := pattern.search(plain)):
            return match.group().strip()
    return ""


@cache
def _causes(kind: str) -> Mapping[str, re.Pattern[str]]:
    """Return a verbose pattern for each language: blanks count for nothing, "_" is a space."""
    return {
        tag: re.compile(pattern.replace("_", r"\s"), re.VERBOSE)
        for tag, pattern in by_language(f"causes.{kind}").items()
    }
