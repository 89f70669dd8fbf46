"""Letters of another alphabet that look alike, and the edits that give each word one alphabet.

A word of two alphabets is one that somebody typed, or disguised, with letters that look the same.
It belongs to the alphabet of the letters that have no look-alike; a word that has such letters of
both, as "SMS" with a Russian ending, is rightly in two.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cache

from pipeline.lang.data import letters
from pipeline.lang.edits import Edit
from pipeline.lang.letters import capital, small

_LATIN = "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f"
_CYRILLIC = "\u0400-\u04ff"
_LATIN_LETTER = re.compile(f"[{_LATIN}]")
_CYRILLIC_LETTER = re.compile(f"[{_CYRILLIC}]")
_CLASH = re.compile(f"[{_LATIN}](?:(?=[{_CYRILLIC}])|(?<=[{_CYRILLIC}].))")
_WORD = re.compile(r"(?<!\\)\b[^\W_]+")  # what follows a backslash is no word
_ROMAN = re.compile(r"[IVXLCDM]+")
_WITH_ENDING = re.compile(f"[A-Z]{{2,}}([{_CYRILLIC}]+)")  # an abbreviation and its case ending
_SENTENCE_END = re.compile(r"(?:[.!?…:]\s|\n|[«“„\"(]|[—–-]\s)$")
_STRESSES = re.compile("[\u0300\u0301]")


def look_alike_edits(text: str) -> list[Edit]:
    """Return the edits that write each word of `text` in one alphabet.

    1. A word of two alphabets becomes one of the alphabet that owns a letter without a look-alike.
       If neither does, a Roman numeral is Latin, and any other word belongs to the alphabet of
       most of the text.
    2. Where words of `text` were changed so, words that have nothing but look-alikes of the wrong
       alphabet (a, o, c) are changed, too: in lower case, or with a capital that opens a sentence.
    """
    if text.isascii() or not _clashes(text):
        return []
    cyrillic = _is_cyrillic(text)
    words = list(_WORD.finditer(text))
    found = [Edit(*m.span(), _in_one_alphabet(m.group(), cyrillic=cyrillic)) for m in words]
    edits = [e for e, m in zip(found, words, strict=True) if e.text != m.group()]
    own, other = (
        (_CYRILLIC_LETTER, _LATIN_LETTER) if cyrillic else (_LATIN_LETTER, _CYRILLIC_LETTER)
    )
    if any(own.match(e.text) for e in edits):
        edits += [
            Edit(*m.span(), written)
            for m in words
            if all(map(other.match, m.group()))
            and (m.group().islower() or (not m.group()[1:].isupper() and _opens(text, m.start())))
            and (written := _written(m.group(), cyrillic=cyrillic)) is not None
        ]
    return sorted(edits, key=lambda e: e.start)


def _clashes(text: str) -> bool:
    """Tell whether letters of two alphabets are neighbours; in most texts one has no letter."""
    return (
        _CYRILLIC_LETTER.search(text) is not None
        and _LATIN_LETTER.search(text) is not None
        and _CLASH.search(text) is not None
    )


def _is_cyrillic(text: str) -> bool:
    """Tell which alphabet a text is in, by the letters that have no look-alike."""
    own = sum(c not in _to_latin() for c in _CYRILLIC_LETTER.findall(text))
    other = sum(c not in _to_cyrillic() for c in _LATIN_LETTER.findall(text))
    return own > other


def _in_one_alphabet(word: str, *, cyrillic: bool) -> str:
    """Return a word in one alphabet; `cyrillic` tells which one decides where nothing else does."""
    if not _LATIN_LETTER.search(word) or not _CYRILLIC_LETTER.search(word):
        return word
    ending = _WITH_ENDING.fullmatch(word)
    if ending is not None and ending[1].islower():
        return word
    as_latin, as_cyrillic = _written(word, cyrillic=False), _written(word, cyrillic=True)
    if as_latin is None or as_cyrillic is None:
        return as_latin or as_cyrillic or word
    if _ROMAN.fullmatch(as_latin):
        return as_latin
    return as_cyrillic if cyrillic else as_latin


def _written(word: str, *, cyrillic: bool) -> str | None:
    """Return a word in one alphabet, or None if a letter has no look-alike there."""
    own, table = (_CYRILLIC_LETTER, _to_cyrillic()) if cyrillic else (_LATIN_LETTER, _to_latin())
    shown = []
    for character in word:
        if own.match(character) or not character.isalpha():
            shown.append(character)
            continue
        parts = unicodedata.normalize("NFD", character)
        letter, marks = parts[0], parts[1:]
        if letter not in table:
            return None
        kept = _STRESSES.sub("", marks) if cyrillic else marks
        written = unicodedata.normalize("NFC", table[letter] + kept)
        if len(written) > 1:
            return None
        shown.append(written)
    return "".join(shown)


def _opens(text: str, at: int) -> bool:
    return at == 0 or _SENTENCE_END.search(text[max(0, at - 2) : at]) is not None


@cache
def _to_latin() -> Mapping[str, str]:
    return letters("letters.look_alikes") | letters("letters.rare_look_alikes")


@cache
def _to_cyrillic() -> Mapping[str, str]:
    """Return the Cyrillic letter for each Latin one, if a language here has it."""
    alphabet = re.compile(f"[{small()}{capital()}]")
    return {latin: own for own, latin in _to_latin().items() if alphabet.match(own)}
