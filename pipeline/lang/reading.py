"""The reading form of a text: what engines and rules read in its place.

A text shows one thing and can hold another: letters in two parts, hyphens and spaces that nobody
sees, stress marks, letters of another alphabet that look the same, words broken at line ends. In
the reading form each visible letter is one character, in the alphabet of its word. Nothing that a
reader sees is lost, and every place in the reading form has its place in the text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from pipeline.lang.apostrophes import apostrophe_edits
from pipeline.lang.data import by_language
from pipeline.lang.edits import Edit
from pipeline.lang.line_ends import LINE_ENDS, line_end_edits
from pipeline.lang.look_alikes import look_alike_edits
from pipeline.place import Span

_MARKS = "\u0300-\u036f"
# Soft hyphens, joiners, marks of direction, byte order marks, letters of invisible tags.
_NEVER_SEEN = "\u00ad\u034f\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff"
_JOINERS = "\u200c\u200d"
_TAGS = "\U000e0020-\U000e007f"
_SELECTORS = "\ufe00-\ufe0f"
# Letters of other shapes: ligatures of print, letters of full width, letters of formulas.
_SHAPES = "\ufb00-\ufb06\uff01-\uff5e\U0001d400-\U0001d7ff"
_SINGLE = "\u0340\u0341\u037e\u0387\u0400\u040d\u0450\u045d\u2126\u212a\u212b"  # one for another
_NO_LETTER = re.compile(f"[{_NEVER_SEEN}{_JOINERS}{_SELECTORS}{_TAGS}{_SHAPES}]")
_UNSEEN_OR_SHAPED = re.compile(
    f"[{_NEVER_SEEN}]+"
    f"|(?<![\u0590-\u1fff\u203c-\U0010ffff])[{_JOINERS}]+"
    f"|(?<=[^\\W\\d_])[{_SELECTORS}]+"
    f"|(?<![\U0001f3f4{_TAGS}])[{_TAGS}]+"
    f"|(?P<shape>[{_SHAPES}])"
)
_MARK = re.compile(f"[{_MARKS}{_SINGLE}]")
# One of these is in every text that the first three passes change.
_ODD = re.compile(
    f"[{LINE_ENDS}{_NEVER_SEEN}{_JOINERS}{_SELECTORS}{_TAGS}{_SHAPES}{_MARKS}{_SINGLE}]"
)
_MARKED = re.compile(f"[^\\W_]?[{_MARKS}]+|[{_SINGLE}]")
_GRAVE_AND_ACUTE = re.compile("[\u0300\u0301]")
_STRUCK_OR_UNDERLINED = re.compile("[\u0332\u0333\u0335-\u0338]")
_ADDRESS = re.compile(r"://|@|\bwww\.")
_CODE = re.compile(r"(?<![^\W\d_])`[^`\n]+`")


@dataclass(frozen=True, slots=True)
class Reading:
    """A text as it is read.

    `origins`, where the reading form differs from the text, has for each position between two
    characters of `text` the position in the text as it is.
    """

    text: str
    origins: tuple[int, ...] | None = None

    def origin(self, position: int) -> int:
        """Return where a position in `text` is in the text as it is.

        Characters that the reading form lacks are before it. The first position is the first of
        both, the last one the last of both, so that stretches of the one make up the other.
        """
        return position if self.origins is None else self.origins[position]

    def span(self, span: Span) -> Span:
        """Return where the characters of `text` in `span` are in the text as it is."""
        return Span(self.origin(span.start), self.origin(span.end))

    def part(self, span: Span) -> Reading:
        """Return the stretch `span` of `text` as a reading of its own."""
        text = self.text[span.start : span.end]
        if self.origins is None:
            return Reading(text)
        first = self.origins[span.start]
        return Reading(text, tuple(o - first for o in self.origins[span.start : span.end + 1]))


def reading_form(text: str, *, language: str | None = None) -> str:
    """Return the text of `read`, for those that need no places."""
    return read(text, language=language).text


def read(text: str, *, language: str | None = None) -> Reading:
    """Return the reading form of a text; text that has nothing odd is its own.

    `language` is a BCP-47 tag; None leaves out what holds in one language only. Addresses and code
    stay as they are.

    1. Words that are broken at a line end are joined.
    2. Unseen characters are dropped; ligatures, and letters of full width or of formulas, become
       plain letters.
    3. Letters in several parts become one (NFC); stress marks, and lines through letters or below
       them, are dropped.
    4. Letters of another alphabet that look alike become letters of the alphabet of their word,
       and those in several parts one.
    5. The apostrophes of Ukrainian become one, and one that is missing is put in.
    """
    found = Reading(text)
    odd = _ODD.search(text) is not None
    if not odd and text.isascii():
        return found
    passes: tuple[Callable[[str], Iterable[Edit]], ...] = (
        *((line_end_edits, _shape_edits, _mark_edits) if odd else ()),
        look_alike_edits,
        *((_mark_edits,) if odd else ()),  # a letter of the other alphabet may take the mark
        lambda now: apostrophe_edits(now, language=language),
    )
    for edits_of in passes:
        if edits := _outside_addresses(found.text, edits_of(found.text)):
            found = _edited(found, edits)
    return found


def _edited(before: Reading, edits: Sequence[Edit]) -> Reading:
    """Return a reading with `edits`, in order and without overlap, made in it."""
    pieces: list[str] = []
    origins: list[int] = []
    at = 0
    for edit in edits:
        pieces += [before.text[at : edit.start], edit.text]
        origins += map(before.origin, range(at, edit.start))
        origins += [before.origin(edit.start)] * len(edit.text)
        at = edit.end
    pieces.append(before.text[at:])
    origins += map(before.origin, range(at, len(before.text) + 1))
    origins[0] = 0
    return Reading("".join(pieces), tuple(origins))


def _outside_addresses(text: str, found: Iterable[Edit]) -> list[Edit]:
    """Return the edits that change no address, handle or code."""
    edits = list(found)
    if not edits or not (_ADDRESS.search(text) or "`" in text):
        return edits
    kept = [m.span() for m in _CODE.finditer(text)]
    kept += [m.span() for m in re.finditer(r"\S+", text) if _ADDRESS.search(m.group())]
    inside = bytearray(len(text) + 1)
    for start, end in kept:
        inside[start:end] = b"\x01" * (end - start)
    return [e for e in edits if not any(inside[e.start : max(e.end, e.start + 1)])]


def _shape_edits(text: str) -> Iterable[Edit]:
    """Yield the edits that drop unseen characters, and write plain letters for those of shapes."""
    if not _NO_LETTER.search(text):
        return
    for match in _UNSEEN_OR_SHAPED.finditer(text):
        shape = match["shape"]
        yield Edit(*match.span(), unicodedata.normalize("NFKC", shape) if shape else "")


def _mark_edits(text: str) -> Iterable[Edit]:
    """Yield the edits that make one character of each letter and its marks."""
    if not _MARK.search(text):
        return
    for match in _MARKED.finditer(text):
        parts = unicodedata.normalize("NFD", match.group())
        letter, kept = parts[0], parts[1:]
        if letter in _stressed():
            kept = _GRAVE_AND_ACUTE.sub("", kept)
        if letter.isalpha():
            kept = _STRUCK_OR_UNDERLINED.sub("", kept)
        shown = unicodedata.normalize("NFC", letter + kept)
        if shown != match.group():
            yield Edit(*match.span(), shown)


@cache
def _stressed() -> frozenset[str]:
    """Return the letters, in both cases, over which an acute or a grave only marks the stress."""
    small = "".join(by_language("letters.stressed").values())
    return frozenset(small + small.upper())
