"""The marks that people type for the apostrophe within a Cyrillic word, and the edits to it."""

from __future__ import annotations

import re
from functools import cache

from pipeline.lang.data import alternatives, by_language
from pipeline.lang.edits import Edit

APOSTROPHE = "'"

_LETTER = "[\u0400-\u04ff]"
_LIKE = "`\u00b4\u02b9\u02bb\u02bd\u02ca\u02cb\u2018\u201b\u2032\u2035"  # accents, primes, quotes
_STANDING = '*"\u201c\u201d\u201f\u2033'  # typed in its place where the key is missing
_CANDIDATE = re.compile(f"[{_LIKE}{_STANDING}](?<={_LETTER}.)(?={_LETTER})")


def apostrophe_edits(text: str, *, language: str | None) -> list[Edit]:
    """Return the edits that write every apostrophe within a Cyrillic word of `text` alike.

    An accent behind a vowel marks the stress, and goes. A star or a quotation mark is an
    apostrophe only between two letters that one may stand between. In a language that has
    `letters.missing_apostrophe`, apostrophes that were not typed are put in.
    """
    if text.isascii():
        return []
    edits: list[Edit] = []
    for match in _CANDIDATE.finditer(text):
        before, after = text[match.start() - 1], text[match.end()]
        if before.lower() in _vowels():
            if match.group() in "\u00b4\u02ca\u02cb`":
                edits.append(Edit(*match.span(), ""))
        elif match.group() in _LIKE or (_parts()[0].match(before) and _parts()[1].match(after)):
            edits.append(Edit(*match.span(), APOSTROPHE))
    missing = _missing(language)
    if missing is not None:
        edits += [Edit(m.end(), m.end(), APOSTROPHE) for m in missing.finditer(text)]
    return sorted(edits, key=lambda e: e.start)


@cache
def _vowels() -> frozenset[str]:
    return frozenset("".join(by_language("letters.stressed").values()))


@cache
def _parts() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return patterns of the letters before and behind an apostrophe."""
    before, behind = (alternatives(f"letters.{side}_apostrophe") for side in ("before", "behind"))
    return re.compile(before, re.IGNORECASE), re.compile(behind, re.IGNORECASE)


@cache
def _missing(language: str | None) -> re.Pattern[str] | None:
    found = by_language("letters.missing_apostrophe").get(language or "")
    return re.compile(found, re.IGNORECASE | re.VERBOSE) if found else None
