"""Texts that a reader takes for the same become the same string.

Case, width, punctuation, whitespace, soft hyphens and look-alike letters are folded away; what
changes the meaning stays: digits with the marks between them, signs, per cent and currency signs,
superscripts, and whether the text ends in a question.
"""

from __future__ import annotations

import re
import string
import unicodedata
from functools import cache

from pipeline.lang.data import letters
from pipeline.lang.letters import to_cyrillic, to_latin

_STRESS = re.compile(r"(?<=[\u0400-\u04ff])[\u0300\u0301]")  # over a Cyrillic letter
_SUPERSCRIPT = re.compile("[⁰¹²³⁴-⁹]+")
_APOSTROPHES = dict.fromkeys(map(ord, "’ʼ‘`′´"), "'")
_MARK = re.compile(r"[.,:/+'-]")
_CLASH = re.compile("[A-Za-z][\u0400-\u04ff]|[\u0400-\u04ff][A-Za-z]")
_MIXED = re.compile(r"\b(?=\w*[A-Za-z])(?=\w*[\u0400-\u04ff])\w+\b")
_ALONE = re.compile(r"\b[A-Za-z]\b")
_LATIN = re.compile("[A-Za-z]")
_BEHIND_A_QUESTION = string.whitespace + "\u00a0\u202f\"'»”’)]!?…"


class _Fold(dict[int, str | None]):
    """The folded form of each character, filled in as characters turn up."""

    def __missing__(self, code: int) -> str | None:
        self[code] = found = _folded(chr(code))
        return found


def _folded(character: str) -> str | None:
    category = unicodedata.category(character)
    if category == "Cf" or character == "\u034f":
        return None  # soft hyphens, zero-width spaces and joiners, marks of direction
    if category == "Sc" or character == "%":
        return f" {character} "
    if character in "’ʼ‘`′'":
        return "'"
    if category == "Pd" or character == "−":
        return "-"
    if character in ".,:/+^":
        return character
    if category[0] in "PSZC":
        return " "
    return letters("letters.folded").get(character, character)


@cache
def _fold_table() -> _Fold:
    return _Fold()


def fold(text: str) -> str:
    """Return `text` with everything folded except case."""
    asks = "?" in text[len(text.rstrip(_BEHIND_A_QUESTION)) :]
    if not text.isascii():
        text = _SUPERSCRIPT.sub(lambda m: "^" + unicodedata.normalize("NFKC", m.group()), text)
        text = unicodedata.normalize("NFKC", text.replace("´", "'"))
        if "\u0301" in text or "\u0300" in text:
            text = _STRESS.sub("", text)
    text = _MARK.sub(_mark, text.translate(_fold_table()))
    if not text.isascii() and _CLASH.search(text):
        text = _MIXED.sub(_one_script, text)
        # Whoever writes so inside words writes words of one letter so as well.
        text = _ALONE.sub(lambda m: m.group().translate(to_cyrillic()), text)
    return " ".join(text.split()) + (" ?" if asks else "")


def plain_marks(text: str) -> str:
    """Return `text` without stress marks and soft hyphens, composed, with one apostrophe."""
    if text.isascii():
        return text
    text = unicodedata.normalize("NFC", _STRESS.sub("", text).replace("\u00ad", ""))
    return text.translate(_APOSTROPHES)


def normalise(text: str) -> str:
    """Return the string under which copies of `text` are found."""
    return fold(text).casefold()


def _mark(match: re.Match[str]) -> str:
    """Keep a mark between digits, a minus before one, and an apostrophe inside a word."""
    mark, at, text = match.group(), match.start(), match.string
    before = text[at - 1] if at else " "
    after = text[at + 1] if at + 1 < len(text) else " "
    if mark == "'":
        return mark if before.isalnum() and after.isalnum() else " "
    if after.isdigit() and (before.isdigit() or (mark == "-" and before.isspace())):
        return mark
    return " "


def _one_script(match: re.Match[str]) -> str:
    """Turn the look-alikes in a word of two scripts into the script that most of it has."""
    word = match.group()
    latin = len(_LATIN.findall(word))
    return word.translate(to_latin() if latin * 2 > sum(map(str.isalpha, word)) else to_cyrillic())
