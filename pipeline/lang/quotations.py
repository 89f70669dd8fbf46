"""The spaces inside quotation marks: French has them, and what is made from French keeps some."""

from __future__ import annotations

import re
from functools import cache

from pipeline.lang.data import by_language

_BLANKS = " \u00a0\u202f"
_INNER = rf"[{_BLANKS}]*([^\"\n]*?)[{_BLANKS}]*"
# A straight mark opens behind a space or a bracket and closes before no letter: 5" is five inches.
_STRAIGHT = re.compile(rf'(?<![^\s(\[{{—–-])"{_INNER}"(?!\w)')


def tight_quotations(text: str, *, language: str) -> str:
    """Return a text of a language without spaces right inside its quotation marks.

    Marks that the language itself sets with spaces (`letters.spaced_quotations`) keep them.
    Straight marks are left alone where one has no other.
    """
    if text.count('"') % 2 == 0:
        text = _STRAIGHT.sub(lambda m: f'"{m[1]}"' if m[1] else m[0], text)
    for pattern in _pairs(by_language("letters.spaced_quotations").get(language, "")):
        text = pattern.sub(lambda m: f"{m[1]}{m[2]}{m[3]}" if m[2] else m[0], text)
    return text


@cache
def _pairs(spaced: str) -> tuple[re.Pattern[str], ...]:
    """Return patterns of an opening mark, what it opens, and the closing one."""
    return tuple(
        re.compile(rf"({opening})[{_BLANKS}]*([^{opening}{closing}\n]*?)[{_BLANKS}]*({closing})")
        for opening, closing in ("«»", "“”", "„“", "„”")
        if opening not in spaced
    )
