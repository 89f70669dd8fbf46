"""The meanings of flags and of reasons in the language of a digest.

English has them where they are named (`pipeline/flag.py`, `pipeline/reason.py`); the other
languages in the section `[meanings]` of their files.
"""

from __future__ import annotations

from pipeline.explained import Explained
from pipeline.flag import Flag
from pipeline.lang.data import by_language


def meaning_of(value: Explained, *, language: str) -> str:
    """Return the meaning of a flag or a reason, in English where the language has no words."""
    found = by_language("meanings").get(language, {}).get(str(value), value.meaning)
    return str(found)


def doubt_in(doubt: str, *, language: str) -> str:
    """Return the doubt about a quotation in a language.

    A `Quotation` has the meanings of its flags in English, one after the other; whatever else
    stands there is left as it is.
    """
    for flag in Flag:
        doubt = doubt.replace(flag.meaning, meaning_of(flag, language=language))
    return doubt
