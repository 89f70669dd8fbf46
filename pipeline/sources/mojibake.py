"""Mojibake, UTF-8 bytes that were once read in a one-byte encoding, read as UTF-8 again.

ftfy repairs UTF-8 that was read as Latin text (Ã©, â€™). UTF-8 that was read as Cyrillic text
(cp1251, KOI8-R, cp866) or on old Macs (–ü—Ä–∏) is repaired here: UTF-8 has a shape, a leading
byte and continuing bytes, that honest text hardly ever takes on through these encodings. Lines
without that shape stay as they are; text that was in a one-byte encoding is for `recoded`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from pipeline.sources import recoded

MAX_ROUNDS = 3  # text that was damaged again and again

_LATIN_SIGNS = re.compile(  # begins with a set of characters: see `damage`
    r"[ÂÃÄÅÐÑâ√¬‚\x80-\x84\x86-\x9f]"
    r"(?:(?<=[\x80-\x84\x86-\x9f])|(?=[\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ ]))"
)
_SURE = 3  # so many sequences in one line are no accident
_STRAY = 0.25  # other characters above 127 in such a line, for every sequence
_LONGEST = 4  # characters of a sequence


@dataclass(frozen=True, slots=True)
class _Misreading:
    """UTF-8 as seen through a one-byte encoding: its sequences, and the byte of each character.

    `glance` matches where `sequence` does, far sooner where nothing does; a sequence begins with
    one of `leads`.
    """

    sequence: re.Pattern[str]
    glance: re.Pattern[str]
    leads: str
    to_byte: dict[int, int]


def repair(text: str) -> str:
    """Return `text` with mojibake undone; the very same object where there is none."""
    for _ in range(MAX_ROUNDS):
        repaired = _repair_shape(_repair_latin(recoded.repair(text)))
        if repaired == text:
            return text
        text = repaired
    return text


def _repair_latin(text: str) -> str:
    if not _LATIN_SIGNS.search(text):
        return text
    from ftfy import TextFixerConfig, fix_encoding
    from ftfy.badness import badness

    config = TextFixerConfig(explain=False)
    lines = text.split("\n")
    for number, line in enumerate(lines):
        if _LATIN_SIGNS.search(line):
            fixed = fix_encoding(line, config)
            if fixed != line and badness(fixed) < badness(line):
                lines[number] = fixed
    return "\n".join(lines)


def _repair_shape(text: str) -> str:
    for encoding in ("cp1251", "koi8-r", "cp866", "mac-roman"):
        seen_as = _misreading(encoding)
        if seen_as.glance.search(text):
            text = _undo(text, seen_as)
    return text


def _undo(text: str, seen_as: _Misreading) -> str:
    """Return `text` with the lines read again that are UTF-8 seen through an encoding.

    1. A line with enough sequences and few other characters is surely damaged.
    2. Where damaged lines outweigh the sound ones, lines with fewer sequences count as damaged too.
    """
    lines = text.split("\n")
    if not any(_may_be_sure(line, seen_as) for line in lines):
        return text
    counts = [_sequences(line, seen_as) for line in lines]
    sure = [n >= _SURE and stray <= _STRAY * n for n, stray in counts]
    if not any(sure):
        return text
    damaged = sum(n for (n, _), yes in zip(counts, sure, strict=True) if yes)
    sound = sum(stray for (_, stray), yes in zip(counts, sure, strict=True) if not yes)
    mostly = damaged > 4 * sound
    for number, (n, stray) in enumerate(counts):
        if sure[number] or (mostly and n and not stray):
            lines[number] = _read_again(lines[number], seen_as)
    return "\n".join(lines)


def _may_be_sure(line: str, seen_as: _Misreading) -> bool:
    """Tell whether a line has leading bytes enough to be surely damaged; most are dismissed so."""
    leads = sum(map(line.count, seen_as.leads))
    most = (_LONGEST + _STRAY) * leads
    # In UTF-8 a character above 127 takes one to three bytes more than another one.
    return (
        leads >= _SURE
        and len(line.encode("utf-8", "replace")) - len(line) <= 3 * most
        and _high(line) <= most
    )


def _sequences(line: str, seen_as: _Misreading) -> tuple[int, int]:
    """Return the number of UTF-8 sequences in a line, and of other characters above 127."""
    if line.isascii():
        return 0, 0
    found = covered = 0
    for match in seen_as.sequence.finditer(line):
        found += 1
        covered += _high(match.group())
    return found, _high(line) - covered


def _high(text: str) -> int:
    """Return the number of characters above 127."""
    return len(text) - len(text.encode("ascii", "ignore"))


def _read_again(line: str, seen_as: _Misreading) -> str:
    def decoded(match: re.Match[str]) -> str:
        octets = bytes(seen_as.to_byte[ord(c)] for c in match.group())
        try:
            return octets.decode("utf-8")
        except UnicodeDecodeError:  # the shape of UTF-8, but not a character: not ours to change
            return match.group()

    return seen_as.sequence.sub(decoded, line)


@lru_cache(maxsize=8)
def _misreading(encoding: str) -> _Misreading:
    seen = {byte: _character(byte, encoding) for byte in range(0x80, 0x100)}
    to_byte = {ord(character): byte for byte, character in seen.items()}

    def some(*octets: int) -> str:
        return "[" + "".join(re.escape(seen[octet]) for octet in octets) + "]"

    tails = range(0x80, 0xC0)
    tail = some(*tails)
    pair = some(0xC2, 0xC3, 0xD0, 0xD2)  # « » and no-break space; Cyrillic
    more = some(0xD1)  # Cyrillic; behind it are the letters of today, then those of old Slavonic
    today = some(*range(0x80, 0xA0))
    triple = some(0xE2)  # quotation marks, dashes, the number sign
    quadruple = some(0xF0)  # pictures
    patterns = [
        f"{pair}{tail}|{more}{today}",
        f"{triple}{tail}{tail}|{quadruple}{tail}{tail}{tail}",
    ]
    glances = [
        f"(?<={pair}{tail})|(?<={more}{today})",
        f"(?<={triple}{tail})(?={tail})",
        f"(?<={quadruple}{tail})(?={tail}{tail})",
    ]
    lost = ""
    if encoding == "cp1251":
        # Of the bytes behind 0xD0, the no-break space and the unassigned 0x98 (of two capital
        # letters in UTF-8) are often lost on the way.
        to_byte[ord(" ")], to_byte[ord("\ufffd")], to_byte[ord("?")] = 0xA0, 0x98, 0x98
        patterns.append(f"{seen[0xD0]} (?=[{seen[0xD0]}{seen[0xD1]}]{tail})")
        patterns.append(f"{seen[0xD0]}[?\ufffd]")
        glances.append(f"(?<={seen[0xD0]}[?\ufffd])")
        lost = "?\ufffd"
    return _Misreading(
        re.compile("|".join(patterns)),
        re.compile(f"{tail[:-1]}{lost}](?:{'|'.join(glances)})"),
        "".join(seen[octet] for octet in (0xC2, 0xC3, 0xD0, 0xD1, 0xD2, 0xE2, 0xF0)),
        to_byte,
    )


def _character(byte: int, encoding: str) -> str:
    try:
        return bytes([byte]).decode(encoding)
    except UnicodeDecodeError:
        return chr(byte)  # unassigned: most programs pass the byte through
