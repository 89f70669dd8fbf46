"""A headline for a text that has none: the first sentence of its summary, cut at a clause."""

from __future__ import annotations

import re
from functools import cache

from pipeline.lang.data import alternatives
from pipeline.lang.function_words import any_function_word

MAX_CHARS = 90
_MIN_CHARS = 25  # of what is left of a sentence
_MARKS = " ,;:-–—"


def headline_of(sentence: str) -> str:
    """Return a sentence without its full stop and, where it is long, without parts of it.

    1. A sentence of at most `MAX_CHARS` is a headline as it is.
    2. What is inserted between commas goes, such as a clause with "which".
    3. Of what is still longer, the words before the last clause that fit are taken, else those
       before an apposition: "Renault has launched Ampere, a new entity to group its ..."
    4. Without such a place the words that fit are, and an ellipsis.
    """
    line = " ".join(sentence.split()).rstrip(".")
    if len(line) > MAX_CHARS:
        line = _inserted().sub("", line, count=1)
    if len(line) <= MAX_CHARS:
        return line
    for pattern in (_clause(), _apposition()):
        ends = [m.start() for m in pattern.finditer(line) if _MIN_CHARS <= m.start() <= MAX_CHARS]
        if ends:
            return line[: ends[-1]].rstrip(_MARKS)
    words = line[:MAX_CHARS].rpartition(" ")[0].split()
    while words and words[-1].lower().strip(_MARKS) in any_function_word():
        words.pop()
    return " ".join(words).rstrip(_MARKS) + "…"


@cache
def _inserted() -> re.Pattern[str]:
    return re.compile(rf",\s(?:{alternatives('grounding.inserted')})\s[^,]{{3,120}},(?=\s)")


@cache
def _apposition() -> re.Pattern[str]:
    return re.compile(rf",\s(?={alternatives('grounding.inserted')}\s)")


@cache
def _clause() -> re.Pattern[str]:
    """Return the pattern of the places where a sentence may end: between two clauses."""
    clause, aside = alternatives("grounding.clause"), alternatives("grounding.aside")
    return re.compile(rf";\s|\s[—–]\s|,\s(?={clause}\b)|\s(?={aside}\b)")
