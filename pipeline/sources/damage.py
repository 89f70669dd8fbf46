"""Signs that the letters of a text are those of a wrong encoding.

Every text is searched for them, and nearly every one has none. Each pattern begins with a set of
characters that are rare in sound texts: Python's engine passes over all others some twenty times
as fast as it tries alternatives. Lookbehinds then tell the rest.
"""

from __future__ import annotations

import re

CYRILLIC = "\u0400-\u045f\u0490\u0491"
ACCENTED = "\xc0-\xd6\xd8-\xf6\xf8-\xff\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192"

_LETTER = r"[^\W\d_]"
_CONTROLS = "\x80-\x9f"
_CAPITALS = "\u0400-\u042f"
_FOREIGN = "\u0402\u0403\u0405\u0408-\u040c\u040e\u040f\u0452\u0453\u0455\u0458-\u045c\u045e\u045f"
_RULED = "\u2500-\u25ff"
_SIGNS = f"\u2200-\u24ff{_RULED}\xa4\xa6\xa9\xac\xad\xae\xb1\xb6\xb7"
_BEHIND_LATIN = "\xc0-\xde\u0178\u017d\u0192\u02c6\u2020\u2021\u2030\u2039\u2122\u201a\u201e\u2026"
_RECODED = re.compile(
    f"[{_CAPITALS}{_FOREIGN}{ACCENTED}{_CONTROLS}{_SIGNS}{_BEHIND_LATIN}](?:"
    f"(?<=[\u0430-\u045f][{_CAPITALS}])"  # a capital inside a Cyrillic word
    f"|(?<=[{_FOREIGN}{_CONTROLS}])"
    f"|(?<=[{ACCENTED}]{{3}})"
    f"|(?<={_LETTER}[{_SIGNS}])|(?<=[{_RULED}])(?={_LETTER})"
    f"|(?<=[a-z][{_BEHIND_LATIN}])"
    ")"
)
_ANY_CYRILLIC = re.compile(f"[{CYRILLIC}]")
_ANY_LATIN = re.compile("[a-z]")
_TWO_ALPHABETS = re.compile(  # but not JSON's `\n` in front of a word
    rf"[a-z](?:(?=[{CYRILLIC}])(?<!\\.)|(?<=[{CYRILLIC}].))"
)
_CAPITALS_INSIDE = "\u0410-\u042f\u0402\u0403\u0409-\u040c\u040f"
_BETWEEN_LETTERS = f"{_RULED}\xa4\xa6\xa9\xac\xae\xb1\xb6\xb7\u2020\u2021\u2030"
_LATIN_WITH_ACCENTS = "\xc0-\u024f"
# Words that no language writes: a capital inside a Cyrillic word, control characters, signs and
# rulers between letters, four accented letters in a row, two alphabets in one word.
_GARBLED = re.compile(
    f"[{_CAPITALS_INSIDE}{_CONTROLS}{_BETWEEN_LETTERS}\xaa\xba{_LATIN_WITH_ACCENTS}\u2022](?:"
    f"(?<=[\u0430-\u045f][{_CAPITALS_INSIDE}])"
    f"|(?<=[{_CONTROLS}])"
    f"|(?<={_LETTER}[{_BETWEEN_LETTERS}])(?={_LETTER})"
    r"|(?<=[\xc0-\xd6\xd8-\xf6\xf8-\xff]{4})"
    f"|(?<=[\u0400-\u045f][\xaa\xba{_LATIN_WITH_ACCENTS}\u2020-\u2022])"
    f"|(?<=[\xaa{_LATIN_WITH_ACCENTS}])(?=[\u0400-\u045f])"
    ")"
)


def looks_recoded(text: str) -> bool:
    """Tell whether a text has a sign that it was read in another one-byte encoding than its own.

    The signs occur in sound texts, too: a text with one is worth a look.
    """
    return _RECODED.search(text) is not None or (
        _ANY_CYRILLIC.search(text) is not None
        and _ANY_LATIN.search(text) is not None
        and _TWO_ALPHABETS.search(text) is not None
    )


def looks_garbled(text: str) -> bool:
    """Tell whether a text has a word that no language writes."""
    return _GARBLED.search(text) is not None
