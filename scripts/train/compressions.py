"""Sentences as summaries have them: shortened or joined and true, or spliced and false.

Summarisers that copy go wrong where they join the beginning of one sentence to the end of another
(FRANK, Pagnoni et al. 2021, calls it a discourse or an entity error): every word is in the article.
"""

from __future__ import annotations

import re
from random import Random

_ASIDE = re.compile(r", [^,]{3,60},(?= )| \([^)]{2,60}\)")
_OPENING = re.compile(r"^[^,]{3,50}, (?=[a-z]|[A-Z])")
_CLOSING = re.compile(r", [^,]{8,}(?=[.!?]?$)")
_SAYING = re.compile(r",? (?:\w+ ){0,3}(?:said|says|added|told \w+)(?: \w+){0,3}(?=[.!?]?$)")
_WITH = re.compile(
    r" (?:with|after|before|because|while|when|where|which|who|as|despite) .{8,}(?=[.!?]?$)"
)
_VERB = re.compile(
    r" (?=(?:is|are|was|were|will|has|have|had|can|could|would|should|did|said|says|told|made|took"
    r"|won|lost|went|came|gave|found|began|became|left|led|met|put|ran|saw|set|\w{3,}ed) )"
)
_LEAST_WORDS = 5


def compressed(text: str, *, seed: str) -> str | None:
    """Return the sentence without one or two of its clauses, or None where it has none to spare."""
    dice = Random(f"{seed} compressed")
    patterns = [_ASIDE, _OPENING, _CLOSING, _SAYING, _WITH]
    dice.shuffle(patterns)
    short = text
    for pattern in patterns[: dice.choice((2, 3, 4))]:
        if not (matches := [*pattern.finditer(short)]):
            continue
        match = dice.choice(matches)
        rest = short[: match.start()] + short[match.end() :]
        if len(rest.split()) >= _LEAST_WORDS:
            short = rest[:1].upper() + rest[1:]
    return short if short != text else None


def spliced(one: str, other: str, *, seed: str) -> str | None:
    """Return the beginning of one sentence with the end of another, cut before a verb of each."""
    dice = Random(f"{seed} spliced")
    heads = [m.start() for m in _VERB.finditer(one) if m.start() > 3]
    tails = [m.start() for m in _VERB.finditer(other) if len(other) - m.end() > 15]
    if not heads or not tails:
        return None
    text = one[: dice.choice(heads)] + other[dice.choice(tails) :]
    return text if len(text.split()) >= _LEAST_WORDS else None


def joined(one: str, other: str, *, seed: str) -> str:
    """Return two neighbours as one sentence, each shortened where it can be."""
    first = compressed(one, seed=f"{seed} 1") or one
    second = compressed(other, seed=f"{seed} 2") or other
    mark = Random(f"{seed} joined").choice((" and ", ", while ", "; ", ". "))
    return first.rstrip(".!?") + mark + second
