"""A "not" that got lost: negations of the source against anything negative in the target.

The check is one-sided on purpose: the source plainly denies something, and the target has no trace
of a denial. A "not" may be rendered by a contrast ("but", "only", "rather"); a denial that leaves
nothing over, as "no longer" and "nobody", asks for a firm word.
Where a denial is idiom ("not only", "ne ... que") nothing is asked for. On the
1,997 human translations of NTREX the suspicion is raised for 1.5 % (ru, uk) and 0.9 % (fr).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from pipeline.lang.data import by_language


@cache
def _patterns(section: str) -> Mapping[str, re.Pattern[str]]:
    """Return a verbose pattern for each language: blanks count for nothing, "_" is a space."""
    return {
        tag: re.compile(pattern.replace("_", r"\s"), re.VERBOSE)
        for tag, pattern in by_language(f"negation.{section}").items()
    }


def negation_lost(source: str, target: str, *, source_language: str, target_language: str) -> bool:
    """Tell whether `source` denies something and nothing in `target` does."""
    if target_language not in _patterns("negative") or not denies(source, source_language):
        return False
    if not negative(target, target_language):
        return True
    firm = _patterns("firm").get(target_language)
    return (
        firm is not None
        and _denies_in_full(source, source_language)
        and firm.search(target.lower()) is None
    )


def _denies_in_full(text: str, language: str) -> bool:
    """Tell whether a text has a denial that no contrast can render, idioms left aside."""
    full = _patterns("full").get(language)
    return full is not None and full.search(_plain(text, language)) is not None


def _plain(text: str, language: str) -> str:
    """Return a text in small letters, with a space for each of its denials that assert."""
    idioms = _patterns("idioms").get(language)
    return text.lower() if idioms is None else idioms.sub(" ", text.lower())


def negative(text: str, language: str) -> bool:
    """Tell whether anything in a text is negative; never in a language without such words."""
    pattern = _patterns("negative").get(language)
    return pattern is not None and pattern.search(text.lower()) is not None


def denies(text: str, language: str) -> bool:
    """Tell whether a text plainly denies something; never in a language without denials."""
    return has_denial(_plain(text, language), language)


def without_idioms(text: str, language: str) -> str:
    """Return a text with a dot for each letter of its denials that assert: "not only"."""
    idioms = _patterns("idioms").get(language)
    return text if idioms is None else _dotted(idioms, text)


def _dotted(idioms: re.Pattern[str], text: str) -> str:
    plain = text.lower()
    if len(plain) != len(text):  # some capitals are longer in small letters
        return text
    for match in idioms.finditer(plain):
        text = text[: match.start()] + "." * len(match.group()) + text[match.end() :]
    return text


def has_denial(text: str, language: str) -> bool:
    """Tell whether a text has a word of denial, be it in an idiom that a translation may drop."""
    denials = _patterns("denials").get(language)
    return denials is not None and denials.search(text.lower()) is not None
