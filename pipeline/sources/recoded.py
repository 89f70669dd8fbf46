"""Text in one one-byte encoding that was read in another, read again in its own.

A Russian word in cp1251 comes out as accented Latin letters where a program took it for cp1252,
and as capitals and small letters the wrong way round where it took it for KOI8. Every character
stands for one byte still, so that the bytes can be found, and `eightbit` tells in which encoding
they read best. Text that is right must stay: a reading has to be far better than the text itself,
and other lines of a text are only read as a line was that leaves no doubt.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise

from pipeline.lang.function_words import function_words, words
from pipeline.lang.letters import latin, to_latin
from pipeline.sources import eightbit
from pipeline.sources.damage import looks_recoded

# The encodings that a text is taken for. Where two differ in a few bytes, characters of both count.
_TAKEN_FOR = (
    ("cp1252", "latin-1"),
    ("cp1251",),
    ("koi8-u", "koi8-r"),
    ("cp866",),
    ("mac-cyrillic",),
    ("mac-roman",),
    ("iso8859-5",),
)
_LATIN_ENCODINGS = frozenset({"cp1252", "iso8859-15", "mac-roman"})

_SAMPLE_CHARS = 16_384  # of lines with a sign, from which the encodings are told
_GLANCE_CHARS = 4096  # of the text, whose letters are counted where no line has a sign
_STRANGE = 0.0  # mean points below which such a text is looked into

_SURE_POINTS = 24.0  # by which a line must read better to be sure, all together
_SURE_MEAN = 0.7  # mean points that the new reading has at least
# And for each character that changes: more where but few letters change, or a ruled line is a text.
_SURE_GAIN, _MANY_LETTERS = 1.0, 8
_FEW_GAIN, _FEW_LETTERS = 3.0, 2
_SIGN_SHARE = 2.0  # letters for each sign that comes out: text has fewer signs
_ONE_GAIN, _ONE_SHARE = 4.5, 0.3
_LETTER_SHARE = 0.03  # of the characters above 127, before
_FOLLOWING_GAIN = 0.8  # the same for other lines of such a text
_FOLLOWING_MEAN = 0.3
_LATIN_MEAN = -0.7  # points of a line at most that is to become one in Latin letters
_LATIN_WORDS = 3  # different function words that such a line has at least,
_BROKEN_MEAN, _BROKEN_WORDS = -2.0, 2  # and fewer where it makes no sense as it is


@dataclass(frozen=True, slots=True)
class _Misreading:
    """The encoding that a text was taken for, and the one that it is in."""

    taken_for: int  # index in _TAKEN_FOR
    encoding: str

    @property
    def is_cyrillic(self) -> bool:
        return self.encoding not in _LATIN_ENCODINGS


@dataclass(frozen=True, slots=True)
class _Table:
    """The byte of each character of an encoding, and the runs of text that consist of such."""

    to_byte: dict[int, int]
    runs: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class _Gain:
    """How much better a stretch reads otherwise.

    `changed` are the letters that change, as they read then; `signs` counts characters that become
    no letter. `points` are won by all of them together; `high` is the number of characters above
    127, and `worth` their points after the change.
    """

    changed: str
    signs: int
    points: float
    worth: float
    high: int

    @property
    def mean(self) -> float:
        return self.worth / max(1, self.high)

    def __add__(self, other: _Gain) -> _Gain:
        return _Gain(
            self.changed + other.changed,
            self.signs + other.signs,
            self.points + other.points,
            self.worth + other.worth,
            self.high + other.high,
        )


_NOTHING = _Gain("", 0, 0.0, 0.0, 0)


def repair(text: str) -> str:
    """Return `text` with stretches read again that are in another encoding than they were read in.

    Text without such stretches comes back as the very same object.

    1. Lines with a sign of damage are read in every other way; a way that makes one of them far
       better is a misreading that this text has suffered.
    2. Every line is read in the ways found, and keeps the best one if it is better.
    """
    if text.isascii() or not (looks_recoded(text) or _is_strange(text)):
        return text
    lines = text.split("\n")
    found = _misreadings(lines)
    if not found:
        return text
    repaired = "\n".join(line if line.isascii() else _read_again(line, found) for line in lines)
    return text if repaired == text else repaired


def _is_strange(text: str) -> bool:
    glance = text[:_GLANCE_CHARS]
    high = len(glance) - len(glance.encode("ascii", "ignore"))
    return bool(high) and eightbit.points(glance) < _STRANGE * high


def _misreadings(lines: Sequence[str]) -> list[_Misreading]:
    """Return the misreadings that surely befell a line, or all lines together; the worst first."""
    won: dict[_Misreading, float] = {}
    together: dict[_Misreading, _Gain] = {}
    size = 0
    for line in [line for line in lines if looks_recoded(line)] or lines:
        best: tuple[float, _Misreading] | None = None
        for misreading, before, after in _readings(line):
            gain = _gain(before, after)
            if _is_sure(gain, before, after, misreading) and gain.points > (best or (0.0,))[0]:
                best = (gain.points, misreading)
            together[misreading] = gain + together.get(misreading, _NOTHING)
        if best is not None:
            won[best[1]] = won.get(best[1], 0.0) + best[0]
        size += len(line)
        if size > _SAMPLE_CHARS:
            break
    if not won:
        won = {m: g.points for m, g in together.items() if m.is_cyrillic and _is_clear(g)}
        won = dict(sorted(won.items(), key=lambda item: -item[1])[:1])
    return sorted(won, key=lambda misreading: -won[misreading])


def _readings(line: str) -> Iterator[tuple[_Misreading, str, str]]:
    """Yield the stretches of a line that a misreading can have made, as they are and otherwise."""
    for taken_for in range(len(_TAKEN_FOR)):
        for match in _table(taken_for).runs.finditer(line):
            data = _bytes(match.group(), taken_for)
            for encoding in _encodings(taken_for) if data else ():
                after = data.decode(encoding, "replace")
                yield _Misreading(taken_for, encoding), match.group(), after


@cache
def _encodings(taken_for: int) -> tuple[str, ...]:
    names = _TAKEN_FOR[taken_for]
    return tuple(e for e in eightbit.CANDIDATES if e != names[0] or len(names) > 1)


def _bytes(stretch: str, taken_for: int) -> bytes:
    """Return the bytes of a stretch; none where it is ASCII, or UTF-8 that was read wrongly."""
    if stretch.isascii():
        return b""
    data = stretch.translate(_table(taken_for).to_byte).encode("latin-1")
    return b"" if _is_utf8(data) else data


def _is_utf8(data: bytes) -> bool:
    text = data.decode("utf-8", "replace")
    wide = sum(c > "\x7f" for c in text)
    return text.count("\ufffd") <= 0.3 * wide


def _read_again(line: str, misreadings: Sequence[_Misreading]) -> str:
    for misreading in misreadings:

        def better(match: re.Match[str], misreading: _Misreading = misreading) -> str:
            before = match.group()
            data = _bytes(before, misreading.taken_for)
            after = data.decode(misreading.encoding, "replace")
            return after if data and _follows(before, after, misreading) else before

        line = _table(misreading.taken_for).runs.sub(better, line)
    return line


def _gain(before: str, after: str) -> _Gain:
    new = [b for a, b in zip(before, after, strict=True) if a != b]
    changed = "".join(filter(str.isalpha, new))
    worth = eightbit.points(after)
    return _Gain(
        changed,
        len(new) - len(changed),
        worth - _worth(before),
        worth,
        sum(c > "\x7f" for c in after),
    )


@lru_cache(maxsize=16)  # a stretch is compared with many readings of it
def _worth(before: str) -> float:
    return eightbit.points(before)


def _is_sure(gain: _Gain, before: str, after: str, misreading: _Misreading) -> bool:
    """Tell whether a stretch was surely misread, by itself."""
    if misreading.is_cyrillic:
        return _is_clear(gain) and not _is_drawn(gain, before)
    return _is_surely_latin(gain, before, after)


def _is_drawn(gain: _Gain, before: str) -> bool:
    """Tell whether a stretch is drawn lines and boxes: no letters, and few kinds of signs."""
    high = [c for c in before if c > "\x7f"]
    return len(set(gain.changed)) < _MANY_LETTERS and sum(
        map(str.isalpha, high)
    ) < _LETTER_SHARE * len(high)


def _is_clear(gain: _Gain) -> bool:
    if gain.points < _SURE_POINTS or gain.mean < _SURE_MEAN:
        return False
    if len(gain.changed) <= _SIGN_SHARE * gain.signs:
        return False
    letters = len(set(gain.changed))
    each = gain.points / len(gain.changed)
    if letters >= _MANY_LETTERS:
        return each >= _SURE_GAIN
    if letters >= _FEW_LETTERS:
        return each >= _FEW_GAIN
    return each >= _ONE_GAIN and len(gain.changed) < _ONE_SHARE * gain.high


def _is_surely_latin(gain: _Gain, before: str, after: str) -> bool:
    """Tell whether a stretch was surely misread that becomes Latin text with a few accents.

    Words in two scripts may be look-alikes, and few accents say little: the language has to be
    seen as well.
    """
    high = sum(c > "\x7f" for c in before)
    twins = sum(
        ord(c) in to_latin() and not (c.isupper() and last.islower())
        for last, c in pairwise(f" {before}")
    )
    return (
        len(gain.changed) >= 2
        and twins < 0.5 * high
        and gain.mean >= _SURE_MEAN
        and _worth(before) <= _LATIN_MEAN * high
        and _latin_words(after)
        >= (_BROKEN_WORDS if _worth(before) <= _BROKEN_MEAN * high else _LATIN_WORDS)
    )


def _latin_words(text: str) -> int:
    """Return the number of different function words of one language in Latin script."""
    found = frozenset(words(text))
    return max((len(found & function_words()[tag]) for tag in latin()), default=0)


def _follows(before: str, after: str, misreading: _Misreading) -> bool:
    """Tell whether a stretch was misread, in a text where another one surely was."""
    gain = _gain(before, after)
    if not gain.changed or gain.mean < _FOLLOWING_MEAN or _is_drawn(gain, before):
        return False
    if not misreading.is_cyrillic and eightbit.points(before) > 0:
        return False
    return gain.points >= _FOLLOWING_GAIN * len(gain.changed)


@lru_cache(maxsize=16)
def _table(taken_for: int) -> _Table:
    to_byte: dict[int, int] = {}
    for name in reversed(_TAKEN_FOR[taken_for]):
        for byte in range(0x80, 0x100):
            try:
                to_byte[ord(bytes([byte]).decode(name))] = byte
            except UnicodeDecodeError:
                to_byte[byte] = byte  # unassigned: most programs pass the byte through
    characters = "".join(re.escape(chr(code)) for code in sorted(to_byte))
    return _Table(to_byte, re.compile(f"[\\x00-\\x7f{characters}]+"))
