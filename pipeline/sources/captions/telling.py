"""Captions as running text: what rolls over the screen is told once, and sentences are joined."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pipeline.sources.captions.cues import Cue

_TOUCHING_S = 0.25  # between two cues that follow each other on the screen
_SILENCE_S = 3.0  # after which something else is spoken of
_BREATH_S = 0.8  # after a sentence: a new paragraph
_FULL_CHARS = 300  # of a paragraph that ends with its sentence
_LONGEST_CHARS = 700  # of one whose sentences do not end, as machines write captions
_SENTENCE_END = re.compile(r"[.!?…][\"'»”’)\]]*$")
DASH = re.compile(r"(?:-|–|—)\s*(?=\S)")
_SOUND = re.compile(r"[\[(♪♫*][^\[\]()]*[\])♪♫*]")


@dataclass(frozen=True, slots=True)
class Told:
    """The lines of one cue that no cue before it has shown; `spoken` is not so for sounds."""

    cue: Cue
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        """The new lines as running text."""
        return " ".join(self.lines)

    @property
    def spoken(self) -> bool:
        """Whether somebody says this: not `[music]`, nor a line of notes."""
        return not all(_SOUND.fullmatch(line) or not _has_letters(line) for line in self.lines)


@dataclass(frozen=True, slots=True)
class Speech:
    """One paragraph of what is spoken, with the times at which it begins and ends."""

    start_s: float
    end_s: float
    text: str
    voice: str | None = None
    spoken: bool = True


def told_once(cues: Iterable[Cue]) -> Iterator[Told]:
    """Yield what each cue shows anew; nothing, where it repeats what was there before.

    Of two cues that touch, the second repeats the last lines of the first, whole, and goes on: by a
    line (captions that roll up) or in the same line (captions that are painted on).
    """
    before: Cue | None = None
    for cue in cues:
        lines = cue.shown
        if before is not None and _touch(before, cue):
            lines = _without(lines, before.shown)
        yield Told(cue, lines)
        if cue.shown:
            before = cue


def speeches(told: Iterable[Told]) -> Iterator[Speech]:
    """Yield paragraphs: sentences are joined across cues, and parted at pauses and speakers."""
    current: Speech | None = None
    for one in told:
        for line in _turns(one.lines):
            new = Speech(one.cue.start_s, one.cue.end_s, line, one.cue.voice, one.spoken)
            if current is not None and _goes_on(current, new):
                current = Speech(
                    current.start_s, new.end_s, f"{current.text} {line}", current.voice
                )
                continue
            if current is not None:
                yield current
            current = new
    if current is not None:
        yield current


def _touch(before: Cue, cue: Cue) -> bool:
    overlap = before.start_s <= cue.start_s < before.end_s
    return overlap or abs(cue.start_s - before.end_s) <= _TOUCHING_S


def _without(lines: tuple[str, ...], before: tuple[str, ...]) -> tuple[str, ...]:
    """Return lines without the words at their beginning that end the lines before."""
    words = " ".join(lines).split()
    for first in range(len(before)):
        repeated = " ".join(before[first:]).split()
        if words[: len(repeated)] == repeated:
            return _dropped(lines, len(repeated))
    return lines


def _dropped(lines: tuple[str, ...], count: int) -> tuple[str, ...]:
    kept = []
    for line in lines:
        words = line.split()
        if rest := words[count:]:
            kept.append(" ".join(rest))
        count = max(0, count - len(words))
    return tuple(kept)


def _turns(lines: tuple[str, ...]) -> Iterator[str]:
    """Yield what each speaker says in a cue: a dash at a line's beginning is another's turn."""
    if not any(DASH.match(line) for line in lines):
        if lines:
            yield " ".join(lines)
        return
    turn: list[str] = []
    for line in lines:
        if DASH.match(line) and turn:
            yield " ".join(turn)
            turn = []
        turn.append(line)
    yield " ".join(turn)


def _goes_on(current: Speech, new: Speech) -> bool:
    """Tell whether a text goes on with the paragraph before it."""
    pause = new.start_s - current.end_s
    if not (current.spoken and new.spoken) or new.voice != current.voice:
        return False
    if pause > _SILENCE_S or pause < -_SILENCE_S or len(current.text) >= _LONGEST_CHARS:
        return False
    if DASH.match(new.text):
        return False
    ended = _SENTENCE_END.search(current.text) is not None
    return not (ended and (pause > _BREATH_S or len(current.text) >= _FULL_CHARS))


def _has_letters(line: str) -> bool:
    return any(map(str.isalpha, line))
