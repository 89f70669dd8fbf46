"""Numbers that a letter belongs to: house 21в, bus 6А, 7 bis.

Without its letter such a number names another house and another bus. A letter that may stand for a
unit is none: 5г, 10м.
"""

from __future__ import annotations

import re

_LETTERED = re.compile(
    r"(?<![\w.,/-])(\d{1,4})(?:[A-ZА-ЯІЇЄҐ]|[абв](?!\.)|\s?(bis|ter))(?![\w'’°²³-])"
)
_IN_LATIN = re.compile(r"(?<!\d)(\d{1,4})[\s“\"'(-]{0,2}(bis|ter|[A-Z][a-z]|[A-Za-z])\b")


def letters_lost(source: str, text: str) -> tuple[str, ...]:
    """Return the numbers of a source whose letter its translation has not, as the source has them.

    Which letter it is does not count: Ж may be Zh, and Г both G and H.
    """
    told = {(m[1], m[2] in ("bis", "ter") and m[2]) for m in _IN_LATIN.finditer(text)}
    return tuple(m.group() for m in _LETTERED.finditer(source) if (m[1], m[2] or False) not in told)
