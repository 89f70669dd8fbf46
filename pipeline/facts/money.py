"""Money that a translation makes up: an amount where its source has none of any currency."""

from __future__ import annotations

import re
from functools import cache

from pipeline.facts.units import counts, currencies, measures
from pipeline.lang.data import by_language

_COMPOUND = re.compile(r"(?<![^\W\d_])[^\W\d_]++-[^\W\d_]++")  # Euro-Asian is of no euro
_SIGN = re.compile("[$¢£¤¥\u20a0-\u20cf]")


def invented_money(
    source: str, target: str, *, source_language: str, target_language: str
) -> list[str]:
    """Return the money of `target`, as written or by its code, whose source names no money at all.

    1. Any sign and any certain word of a currency in `source` vouches for all of it; which one is
       meant, `unit_problems` compares.
    2. So does a word that goes with money without being a currency's: cents, the euro zone.
    3. A word that may be a currency's or another unit's, as livres, vouches for that currency only,
       and neither where the text weighs something nor for what counts things: "£300 books".
    """
    if _SIGN.search(source) or currencies(source):
        return []
    beside = _pattern("units_apart.beside_money", source_language)
    if beside is not None and beside.search(source):
        return []
    weighs = _pattern("units_apart.weighing", source_language)
    weighed = weighs is not None and weighs.search(source)
    doubtful = frozenset() if weighed else currencies(source, in_doubt=True)
    amounts = [m for m in measures(target, language=target_language) if m.dimension == "money"]
    found = [
        target[min(m.start, m.figure.start) : max(m.end, m.figure.end)]
        for m in amounts
        if m.unit not in doubtful or (m.start < m.figure.start and counts(target, m.figure.end))
    ]
    return found or sorted(currencies(_COMPOUND.sub("", target)) - doubtful)


@cache
def _pattern(section: str, language: str) -> re.Pattern[str] | None:
    """Return a pattern of a language, from the start of a word, or None."""
    found = by_language(section).get(language)
    return re.compile(rf"(?<![^\W\d_])(?:{found})", re.IGNORECASE) if found else None
