"""Data that is UTF-8 in part: lines in other encodings among it, as where files were glued."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from pipeline.sources import eightbit

_BROKEN_SHARE = 0.05  # of the characters above 127: so few broken ones, and all of it is UTF-8
_OWN = 4  # characters of our languages that UTF-8 must explain, for the data to be UTF-8 in part
_CLEAR = 8  # bytes above 127 from which a piece tells its encoding by itself
_STRAY = 3  # good characters for each broken one, in a line that is called UTF-8 all the same
_KEPT_SHARE = 0.5  # of UTF-8, with which the other lines need not be readable


@dataclass(frozen=True, slots=True)
class MixedText:
    """A text put together, the number of its broken characters, and its other encodings.

    `others` counts, for each encoding, the lines that it was found in.
    """

    text: str
    broken: int
    others: Counter[str]


@dataclass(frozen=True, slots=True)
class _Piece:
    """A line or a word: its bytes, its reading as UTF-8, and the characters above 127 in that.

    `good` are sound, `known` are those of them that our languages use, `wrong` are broken.
    """

    data: bytes
    text: str
    good: int
    known: int
    wrong: int

    @property
    def is_utf8(self) -> bool:
        return self.good >= _STRAY * self.wrong

    @property
    def is_mixture(self) -> bool:
        return not self.is_utf8 and self.known >= _OWN


def read_mixed(data: bytes, *, expected: Callable[[str], bool]) -> MixedText | None:
    """Return data whose lines are UTF-8 or in a one-byte encoding; None where none is UTF-8.

    `expected` tells whether our languages use a character. A line of both kinds is read word by
    word. Bytes that are broken UTF-8, or in no encoding that can be told, become U+FFFD.
    """
    lines = [_piece(line, expected) for line in data.split(b"\n")]
    if not _is_partly_utf8(lines):
        return None
    foreign = b"\n".join(line.data for line in lines if not line.is_utf8 and not line.is_mixture)
    joint = eightbit.rank(foreign)[0]
    if foreign and joint.score < eightbit.PLAUSIBLE:
        good = sum(line.good for line in lines)
        if good < _KEPT_SHARE * (good + sum(byte > 127 for byte in foreign)):
            return None
    others: Counter[str] = Counter()
    texts = []
    broken = 0
    for line in lines:
        if line.is_utf8:
            texts.append(line.text)
            broken += line.wrong
            continue
        if line.is_mixture:
            texts.append(_by_word(line.data, expected, others))
        else:
            texts.append(_foreign(line.data, joint, others))
        broken += texts[-1].count("\ufffd")
    return MixedText("\n".join(texts), broken, others)


def _is_partly_utf8(lines: Iterable[_Piece]) -> bool:
    good = known = wrong = 0
    for line in lines:
        good += line.good
        wrong += line.wrong
        known += line.known if line.is_utf8 or line.is_mixture else 0
    return known >= _OWN or wrong <= _BROKEN_SHARE * (good + wrong)


def _piece(data: bytes, expected: Callable[[str], bool]) -> _Piece:
    text = data.decode("utf-8", "replace")
    if text.isascii():
        return _Piece(data, text, 0, 0, 0)
    wrong = text.count("\ufffd") - data.count(b"\xef\xbf\xbd")
    good = sum(c > "\x7f" for c in text) - wrong
    return _Piece(data, text, good, sum(c > "\x7f" and expected(c) for c in text), wrong)


def _foreign(data: bytes, joint: eightbit.Reading, others: Counter[str]) -> str:
    """Return a piece in its own encoding where it tells that, else in the joint one."""
    clear = sum(byte > 127 for byte in data) >= _CLEAR
    reading = eightbit.rank(data)[0] if clear else joint
    if reading.score < eightbit.PLAUSIBLE:
        return data.decode("utf-8", "replace")
    others[eightbit.name_variant(reading.encoding, data)] += 1
    return data.decode(reading.encoding, "replace")


def _by_word(data: bytes, expected: Callable[[str], bool], others: Counter[str]) -> str:
    """Return a line of both kinds: words that are no UTF-8 are read together, run by run."""
    texts = []
    run: list[bytes] = []
    for word in data.split(b" "):
        piece = _piece(word, expected)
        if piece.wrong and not piece.is_utf8:
            run.append(word)
            continue
        texts += _read_run(run, others)
        run = []
        texts.append(piece.text)
    return " ".join([*texts, *_read_run(run, others)])


def _read_run(run: Sequence[bytes], others: Counter[str]) -> list[str]:
    if not run:
        return []
    data = b" ".join(run)
    return [_foreign(data, eightbit.rank(data)[0], others)]
