"""The spaces inside quotation marks: French has them, and what is made from French keeps some."""

from __future__ import annotations

import re
from functools import cache

from pipeline.lang.data import by_language

_BLANKS = " \u00a0\u202f"
# A straight mark opens behind a space or a bracket and closes before no letter: 5" is five inches.
_STRAIGHT = re.compile(r'(?<![^\s(\[{—–-])(")([^"\n]+)(")(?!\w)')


def tight_quotations(text: str, *, language: str) -> str:
    """Return a text of a language without spaces right inside its quotation marks.

    Marks that the language itself sets with spaces (`letters.spaced_quotations`) keep them.
    Straight marks are left alone where one has no other.
    """
    if text.count('"') % 2 == 0:
        text = _STRAIGHT.sub(_tight, text)
    for pattern in _pairs(by_language("letters.spaced_quotations").get(language, "")):
        text = pattern.sub(_tight, text)
    return text


def _tight(found: re.Match[str]) -> str:
    """Return a quotation without spaces at its ends; one of nothing else stays."""
    inner = found[2].strip(_BLANKS)
    return f"{found[1]}{inner}{found[3]}" if inner else found[0]


@cache
def _pairs(spaced: str) -> tuple[re.Pattern[str], ...]:
    """Return patterns of an opening mark, what it opens, and the closing one."""
    return tuple(
        re.compile(f"({opening})([^{opening}{closing}\n]+)({closing})")
        for opening, closing in ("«»", "“”", "„“", "„”")
        if opening not in spaced
    )
