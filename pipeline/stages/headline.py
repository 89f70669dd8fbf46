"""A headline for a text that has none: the first sentence of its summary, cut at a clause."""

from __future__ import annotations

import re
from functools import cache

from pipeline.lang.data import alternatives

MAX_CHARS = 90
_MIN_CHARS = 25  # of what is left of a sentence
_MARKS = " ,;:-–—"


def headline_of(sentence: str) -> str:
    """Return a sentence without its full stop and, where it is long, without its last clauses.

    1. A sentence of at most `MAX_CHARS` is a headline as it is.
    2. Of a longer one the words before the last clause that fit are taken.
    3. Without such a clause the words that fit are, and an ellipsis.
    """
    line = " ".join(sentence.split()).rstrip(".")
    if len(line) <= MAX_CHARS:
        return line
    ends = [m.start() for m in _clause().finditer(line) if _MIN_CHARS <= m.start() <= MAX_CHARS]
    if ends:
        return line[: ends[-1]].rstrip(_MARKS)
    return line[:MAX_CHARS].rpartition(" ")[0].rstrip(_MARKS) + "…"


@cache
def _clause() -> re.Pattern[str]:
    """Return the pattern of the places where a sentence may end: between two clauses."""
    behind_a_comma = alternatives("grounding.clause")
    return re.compile(
        rf";\s|\s[—–]\s|,\s(?={behind_a_comma}\b)|\s(?={alternatives('grounding.aside')}\b)"
    )
