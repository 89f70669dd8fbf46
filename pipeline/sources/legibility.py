"""Text that nobody can read any more: marks in place of letters, or letters of a wrong encoding."""

from __future__ import annotations

import re

from pipeline.errors import SourceError

_LOST = 0.3  # of the characters: so many are marks, and the rest makes no sense
_HURT = 0.005
_FEW = 3  # marks that a text may have without a word about it
_QUESTION_MARKS = re.compile(r"(?<![^\s\"'(«“?])\?{2,}(?![^\s\"')»”.,:;?!])")
_ASKED = 0.4  # of the characters: so many words of question marks
_ENOUGH = 12  # characters without which nothing can be said
_WORD = re.compile(r"\S+")
# Words that no language writes: a capital inside a Cyrillic word, control characters, signs and
# rulers between letters, three accented letters in a row.
_GARBLED = re.compile(
    "[\u0430-\u045f][\u0410-\u042f\u0402\u0403\u0409-\u040c\u040f]|[\x80-\x9f]"
    "|[^\\W\\d_][\u2500-\u25ff\xa4\xa6\xa9\xac\xae\xb1\xb6\xb7\u2020\u2021\u2030][^\\W\\d_]"
    "|[\xc0-\xd6\xd8-\xf6\xf8-\xff]{4}"
    "|[\u0400-\u045f][\xaa\xba\xc0-\u024f\u2020-\u2022]|[\xaa\xc0-\u024f][\u0400-\u045f]"
)
_GARBLED_SHARE = 0.5  # of the letters beyond ASCII, in such words
_AGAIN = "get it again from where it came from, in UTF-8 if you can choose"


def legibility_notes(text: str) -> tuple[str, ...]:
    """Return what a reader should know of characters that were lost before the text came here.

    Raises SourceError where so much was lost that the text cannot be read.
    """
    marks = text.count("\ufffd")
    letters = sum(map(str.isalpha, text))
    asked = sum(len(m.group()) for m in _QUESTION_MARKS.finditer(text)) if "??" in text else 0
    if marks + letters + asked < _ENOUGH:
        return ()
    if marks > _LOST * (marks + letters):
        raise SourceError(
            f"cannot be read: {marks} of {marks + letters} letters are lost", hint=_AGAIN
        )
    if asked > _ASKED * (asked + letters):
        raise SourceError(
            "cannot be read: question marks stand in place of its letters", hint=_AGAIN
        )
    if not text.isascii() and _garbled(text) >= _ENOUGH:
        raise SourceError(
            "cannot be read: its letters are those of a wrong encoding, and which is right"
            " cannot be told",
            hint=_AGAIN,
        )
    notes = []
    if marks > _FEW and marks > _HURT * (marks + letters):
        notes.append(f"{marks} characters are lost: \ufffd stands in their place")
    if asked >= _ENOUGH:
        notes.append(f"{asked} letters are lost: question marks stand in their place")
    return tuple(notes)


def _garbled(text: str) -> int:
    """Return the number of letters in garbled words, where most words beyond ASCII are so."""
    if not _GARBLED.search(text):  # as in most texts
        return 0
    garbled = wide = 0
    for match in _WORD.finditer(text):
        word = match.group()
        if not word.isascii():
            wide += len(word)
            garbled += len(word) if _GARBLED.search(word) else 0
    return garbled if garbled > _GARBLED_SHARE * wide else 0
