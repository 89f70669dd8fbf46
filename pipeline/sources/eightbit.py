"""One-byte encodings, ranked by how well a text reads in each.

All one-byte encodings give every byte a meaning, so none can be ruled out: they are ranked by how
much each reading looks like a language that has statistics in its language file (`[encoding]`).
Letter frequencies say most, the shape of words (capitals inside of words, alphabets mixed in one
word, isolated letters) says the rest. Both are enough for single words, where general detectors
guess.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from pipeline.lang.data import by_language

# Of equally good readings the first wins, so the more usual encodings stand first.
CANDIDATES = (
    "cp1252",
    "cp1251",
    "koi8-u",
    "cp866",
    "iso8859-5",
    "iso8859-15",
    "mac-cyrillic",
    "mac-roman",
)
_USUAL = frozenset({"cp1252", "cp1251", "koi8-u"})
_RARE = 0.6  # points that the others must have more, to be believed

PLAUSIBLE = -0.5  # mean points per high byte; below it, none of these languages in none of these
HOPELESS = -2.0

_SAMPLE_BYTES = 65_536
_CONTEXT_BYTES = 24
_HIGH = re.compile(rb"[\x80-\xff]+(?:[^\x80-\xff]{1,8}[\x80-\xff]+)*")
_KOI8_UKRAINIAN = re.compile(
    rb"[\xc0-\xff][\xa4\xa6\xa7\xad\xb4\xb6\xb7\xbd]|[\xa4\xa6\xa7\xad\xb4\xb6\xb7\xbd][\xc0-\xff]"
)

_OTHER_CYRILLIC = -3.0  # Serbian, Macedonian and historic letters
_FOREIGN_LATIN = "öäóáíñúãåøß"  # of names, in French print
_OTHER_LATIN = -1.0
_PUNCTUATION = frozenset("«»—–“”„‘’…№\xa0•€°§")
_SYMBOL = -1.5
_BOX = -3.0
_CONTROL = -6.0


@dataclass(frozen=True, slots=True)
class _Print:
    """Statistics of written languages, taken together: `[encoding]` in the language files.

    `points` of a letter say how often it is written; `pairs` are the most common pairs of letters.
    A letter in `alone` is a word by itself. `signs` never follow a vowel or one another, and a
    letter in `never_first` begins no word.
    """

    points: Mapping[str, float]
    vowels: frozenset[str]
    alone: frozenset[str]
    signs: frozenset[str]
    never_first: frozenset[str]
    pairs: frozenset[str]


@cache
def _print() -> _Print:
    languages = by_language("encoding").values()
    points = dict.fromkeys(_FOREIGN_LATIN, 0.0)
    for language in languages:
        for worth, letters in language.get("letters", ()):
            for letter in letters:
                points[letter] = max(worth, points.get(letter, worth))

    def letters_of(key: str) -> frozenset[str]:
        return frozenset("".join(language.get(key, "") for language in languages))

    return _Print(
        points=points,
        vowels=letters_of("vowels"),
        alone=letters_of("alone"),
        signs=letters_of("signs"),
        never_first=letters_of("never_first"),
        pairs=frozenset(
            pair for language in languages for pair in language.get("pairs", "").split()
        ),
    )


@dataclass(frozen=True, slots=True)
class Reading:
    """An encoding, and how plausible the text is in it: mean points per high byte."""

    encoding: str
    score: float


def rank(data: bytes) -> list[Reading]:
    """Return a reading of `data` for every candidate, the most plausible first.

    Only a sample of the data is looked at: the first 64 kB around bytes above 127.
    """
    sample = _sample(data)
    high = sum(byte > 127 for byte in sample) or 1
    readings = []
    for encoding in CANDIDATES:
        won = points(sample.decode(encoding, "replace"))
        won -= 0.0 if encoding in _USUAL else _RARE
        readings.append(Reading(encoding, won / high))
    readings.sort(key=lambda r: -r.score)  # stable: ties stay in the order of CANDIDATES
    return readings


def name_variant(encoding: str, data: bytes) -> str:
    """Return the exact member of a family of encodings that `data` is in.

    KOI8-U is KOI8-R but for the Ukrainian letters; Latin-1 is cp1252 without 0x80 to 0x9F.
    """
    if encoding == "koi8-u":
        return "koi8-u" if _KOI8_UKRAINIAN.search(data) else "koi8-r"
    if encoding == "cp1252":
        return "cp1252" if re.search(rb"[\x80-\x9f]", data) else "latin-1"
    return encoding


def _sample(data: bytes) -> bytes:
    if len(data) <= _SAMPLE_BYTES:
        return data
    pieces: list[bytes] = []
    size = end = 0
    for match in _HIGH.finditer(data):
        start = max(match.start() - _CONTEXT_BYTES, end)
        end = match.end() + _CONTEXT_BYTES
        pieces.append(data[start:end])
        size += end - start
        if size >= _SAMPLE_BYTES:
            break
    return b" ".join(pieces)[:_SAMPLE_BYTES]


def points(text: str) -> float:
    """Return how plausible `text` is: points of all characters above 127 among their neighbours."""
    return sum(map(_word_points, text.split(" ")))


@lru_cache(maxsize=16_384)
def _word_points(word: str) -> float:
    """Return the points of a word between blanks: most words of a text come again."""
    if word.isascii():
        return 0.0
    padded = f" {word} "
    return sum(
        _triple(before, character, after)
        for before, character, after in zip(padded, word, padded[2:], strict=False)
        if character > "\x7f"
    )


@lru_cache(maxsize=65_536)
def _triple(before: str, character: str, after: str) -> float:
    """Return the points of `character` between its neighbours."""
    script = _script(character)
    if script == "":
        return _sign(before, character, after)
    lower = character.lower()
    points = _print().points.get(lower, _OTHER_CYRILLIC if script == "cyrillic" else _OTHER_LATIN)
    sides = (_script(before), _script(after))
    if not any(sides):
        return _lonely(script, lower, by_digit=before.isdigit() or after.isdigit())
    if (sides[0] and before.islower() and character.isupper()) or (
        sides[1] and character.islower() and after.isupper()
    ):
        points -= 4.0
    for other in (before, after):
        other_script = _script(other)
        if other_script and other_script != script:
            points -= 4.0
        elif script == "latin" and other_script and other > "\x7f" and other != character:
            points -= 3.0  # French hardly ever puts two different accented letters side by side
    if script == "cyrillic":
        points += _cyrillic_pair(before.lower(), lower, starts=not sides[0])
        if before.isupper() and character.isupper():
            points -= 0.3
    return points


def _cyrillic_pair(before: str, letter: str, *, starts: bool) -> float:
    written = _print()
    if starts:
        return -4.0 if letter in written.never_first else 0.0
    if before + letter in written.pairs:
        return 1.0
    if letter in written.signs and before in written.vowels | written.signs:
        return -4.0
    if letter in written.vowels and before in written.vowels:
        return -0.5
    return 0.0


def _lonely(script: str, lower: str, *, by_digit: bool) -> float:
    """Return the points for a letter that is a word by itself."""
    if by_digit:
        return -2.0
    if script == "latin":
        return 2.0 if lower in _print().alone else -2.0
    return 0.5 if lower in _print().alone else -3.0


def _sign(before: str, character: str, after: str) -> float:
    """Return the points for a character that is no letter of either alphabet."""
    if character in _PUNCTUATION:
        left, right = bool(_script(before)), bool(_script(after))
        inside = character not in "’—–…" and left and right
        misplaced = (character in "”’" and right and not left) or (character in "€" and left)
        return -3.0 if inside or misplaced else 0.2
    if character < "\xa0" or character == "\ufffd":
        return _CONTROL
    if "\u2500" <= character <= "\u25ff":
        return _BOX
    return _SYMBOL


@lru_cache(maxsize=4096)
def _script(character: str) -> str:
    if "\u0400" <= character <= "\u052f":
        return "cyrillic"
    if character.isalpha() and character not in "ªº" and character < "\u0250":
        return "latin"
    return ""
