"""The words of a text by script, spelt the way the language models know them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*'?")
_ADDRESS = re.compile(
    r"(?:https?://|www\.)\S+|\S+@\S+|@\w+"
    r"|\b[\w-]+(?:\.[\w-]+)*\.(?:com|org|net|info|eu|fr|io|ru|ua|uk)\b(?:/\S*)?",
    re.IGNORECASE,
)
_MAYBE_ADDRESS = re.compile(r"@|\.[a-zA-Z]|//")
_MARKS = re.compile("[\u0300-\u036f\u00ad\u200b-\u200f\u2060\ufeff]")
_APOSTROPHES = "’ʼ‘`"
_ROMANIAN = str.maketrans("șț", "şţ")  # the profiles know the older letters

# Letters that look alike in print; typists of Ukrainian reach for the Latin i above all.
_LOOKS_LATIN, _LOOKS_CYRILLIC = "aceiopxyjsïë", "асеіорхујѕїё"
_TO_CYRILLIC = str.maketrans(_LOOKS_LATIN, _LOOKS_CYRILLIC)
_TO_LATIN = str.maketrans(_LOOKS_CYRILLIC, _LOOKS_LATIN)
_CYRILLIC = re.compile("[Ѐ-ԯ]")
_LATIN = re.compile("[a-zª-ɏḀ-ỿ]")
_NEITHER = re.compile("[^\\W\\d_a-zª-ɏḀ-ỿЀ-ԯ]")


@dataclass(frozen=True, slots=True)
class Words:
    """Lower-case words of a text by script; `foreign` counts the letters of all other scripts."""

    cyrillic: Sequence[str] = ()
    latin: Sequence[str] = ()
    foreign: int = 0


def read(text: str) -> Words:
    """Return the words of `text`; addresses and handles are no words of any language."""
    if _MAYBE_ADDRESS.search(text):
        text = _ADDRESS.sub(" ", text)
    text = text.lower()
    if text.isascii():
        return Words(latin=_WORD.findall(text.replace("`", "'")))
    text = _MARKS.sub("", unicodedata.normalize("NFC", text))
    if "ș" in text or "ț" in text:
        text = text.translate(_ROMANIAN)
    for apostrophe in _APOSTROPHES:
        text = text.replace(apostrophe, "'")
    words = _WORD.findall(text)
    if not _NEITHER.search(text):
        if not _CYRILLIC.search(text):
            return Words(latin=words)
        if not _LATIN.search(text):
            return Words(cyrillic=words)
    return _sorted(words)


def _sorted(words: Sequence[str]) -> Words:
    """Sort words of several scripts by script."""
    cyrillic: list[str] = []
    latin: list[str] = []
    foreign = 0
    for word in words:
        first = len(_CYRILLIC.findall(word))
        second = len(_LATIN.findall(word))
        if not first and not second:
            foreign += len(word)
        elif first >= second:
            cyrillic.append(word.translate(_TO_CYRILLIC) if second else word)
        else:
            latin.append(word.translate(_TO_LATIN) if first else word)
    return Words(cyrillic, latin, foreign)
