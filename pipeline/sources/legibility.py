"""Text that nobody can read any more: marks in place of letters, or letters of a wrong encoding."""

from __future__ import annotations

import re

from pipeline.errors import SourceError
from pipeline.sources.damage import looks_garbled

_LOST = 0.3  # of the characters: so many are marks, and the rest makes no sense
_HURT = 0.005
_FEW = 3  # marks that a text may have without a word about it
_QUESTION_MARKS = re.compile(r"(?<![^\s\"'(«“?])\?{2,}(?![^\s\"')»”.,:;?!])")
_ASKED = 0.4  # of the characters: so many words of question marks
_ENOUGH = 12  # characters without which nothing can be said
_WORD = re.compile(r"\S+")
_GARBLED_SHARE = 0.5  # of the letters beyond ASCII, in words that no language writes
_AGAIN = "get it again from where it came from, in UTF-8 if you can choose"


def legibility_notes(text: str) -> tuple[str, ...]:
    """Return what a reader should know of characters that were lost before the text came here.

    Raises SourceError where so much was lost that the text cannot be read.
    """
    marks = text.count("\ufffd")
    asked = sum(len(m.group()) for m in _QUESTION_MARKS.finditer(text)) if "??" in text else 0
    if not marks and not asked and (text.isascii() or not looks_garbled(text)):
        return ()  # as most texts
    letters = sum(map(str.isalpha, text))
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
    if not looks_garbled(text):
        return 0
    garbled = wide = 0
    for match in _WORD.finditer(text):
        word = match.group()
        if not word.isascii():
            wide += len(word)
            garbled += len(word) if looks_garbled(word) else 0
    return garbled if garbled > _GARBLED_SHARE * wide else 0
