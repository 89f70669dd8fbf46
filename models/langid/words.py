"""The words of a text by script, spelt as the letter models know them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from models.langid.known import Script

_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*'?")
_ADDRESS = re.compile(
    r"(?:https?://|www\.)\S+|(?<!\S)[^\s@]++@\S+|@\w+"
    r"|\b[\w-]{1,63}(?:\.[\w-]{1,63}){0,8}\.(?:com|org|net|info|eu|fr|io|ru|ua|uk)\b(?:/\S*)?",
    re.IGNORECASE,
)
_MAYBE_ADDRESS = re.compile(r"@|\.[a-zA-Z]|//")
_NO_WORD = re.compile("[a-zª-ɏḀ-ỿ\u0400-\u052f]{61,}")  # longer than any word of these scripts
_MARKS = re.compile("[\u0300-\u036f\u00ad\u200b-\u200f\u2060\ufeff]")
_APOSTROPHES = "’ʼ‘`"
_ROMANIAN = str.maketrans("șț", "şţ")  # the profiles know the older letters

_CYRILLIC = re.compile("[\u0400-\u052f]")
_LATIN = re.compile("[a-zª-ɏḀ-ỿ]")
_NEITHER = re.compile("[^\\W\\d_a-zª-ɏḀ-ỿ\u0400-\u052f]")


@dataclass(frozen=True, slots=True)
class Words:
    """The lower-case words of a text by script; `foreign` are those of every third script."""

    cyrillic: Sequence[str] = ()
    latin: Sequence[str] = ()
    foreign: Sequence[str] = ()


def read(text: str) -> Words:
    """Return the words of `text`; addresses, handles and runs of letters are none."""
    if _MAYBE_ADDRESS.search(text):
        text = _ADDRESS.sub(" ", text)
    text = _NO_WORD.sub(" ", text.lower())
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


def script_of(letters: Iterable[str]) -> Script:
    """Return the script that most of `letters` belong to."""
    found = list(letters)
    cyrillic = sum(map(bool, map(_CYRILLIC.match, found)))
    latin = sum(map(bool, map(_LATIN.match, found)))
    if max(cyrillic, latin) * 2 <= len(found):
        return "Zzzz"
    return "Cyrl" if cyrillic > latin else "Latn"


@cache
def _lookalikes() -> tuple[dict[int, str], dict[int, str]]:
    """Return the letters of `lookalikes.tsv`, Latin to Cyrillic and Cyrillic to Latin."""
    text = (files("models.langid") / "lookalikes.tsv").read_text(encoding="utf-8")
    pairs = [line.split("\t") for line in text.splitlines() if not line.startswith("#")]
    to_cyrillic = {ord(latin): cyrillic for latin, cyrillic in pairs}
    return to_cyrillic, {ord(cyrillic): latin for latin, cyrillic in pairs}


def _sorted(words: Sequence[str]) -> Words:
    """Return words of several scripts by script; a word of mixed letters is spelt in one."""
    to_cyrillic, to_latin = _lookalikes()
    cyrillic: list[str] = []
    latin: list[str] = []
    foreign: list[str] = []
    for word in words:
        first = len(_CYRILLIC.findall(word))
        second = len(_LATIN.findall(word))
        if not first and not second:
            foreign.append(word)
        elif first >= second:
            cyrillic.append(word.translate(to_cyrillic) if second else word)
        else:
            latin.append(word.translate(to_latin) if first else word)
    return Words(cyrillic, latin, foreign)
