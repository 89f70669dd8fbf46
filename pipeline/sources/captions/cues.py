"""The cues of SubRip and WebVTT files, with the places of their lines in the file.

Cues are read here, as a translation has to put each text back into its place, and libraries tell no
places. WebVTT is W3C's; SubRip has no standard, and is read as players read it.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.sources.block import SourceLine, split_lines

_LINE_END = re.compile(r"\r\n|\r|\n")
_CLOCK = r"(?:(\d{1,4}):)?(\d{1,2}):(\d{1,2})(?:[.,](\d{1,3}))?"
_TIMES = re.compile(rf"\s*{_CLOCK}\s*-{{1,2}}>\s*{_CLOCK}(?:\s.*)?$")
_NUMBER = re.compile(r"\s*\d{1,9}\s*$")
_NO_CUE = re.compile(r"(?:WEBVTT|NOTE|STYLE|REGION)(?:[\s:]|$)")
# Tags of either format, times inside a WebVTT cue, and the overrides of SSA that SubRip took over.
_TAG = re.compile(r"</?[A-Za-z][^<>\n]{0,200}>|</?\d[\d:.]{0,20}>|</>|\{\\[^{}\n]{0,200}\}")
_VOICE = re.compile(r"<v(?:\.[^\s>]*)?\s+([^>\n]{1,80})>")


@dataclass(frozen=True, slots=True)
class Cue:
    """One caption: its times in seconds, and its lines as they stand in the file."""

    start_s: float
    end_s: float
    lines: tuple[SourceLine, ...]

    @property
    def shown(self) -> tuple[str, ...]:
        """The lines as a viewer sees them; blank ones are left out."""
        return tuple(line for source in self.lines if (line := shown(source.text)))

    @property
    def voice(self) -> str | None:
        """The speaker that a WebVTT cue names."""
        found = _VOICE.search(self.lines[0].text) if self.lines else None
        return None if found is None else found[1].strip()


def shown(line: str) -> str:
    """Return a line without tags and character references."""
    return " ".join(html.unescape(_TAG.sub("", line)).split())


def read_cues(text: str) -> Iterator[Cue]:
    """Yield the cues of a file in their order.

    1. Blank lines part the file into blocks; comments and styles of WebVTT are passed over.
    2. A line of times begins a cue; a number or a name above it, in the same block, is its own.
    3. A block without times goes on with the text of the cue before it, as some writers leave
       blank lines in a text.
    """
    times: tuple[float, float] | None = None
    lines: list[SourceLine] = []
    blocks = list(_blocks(text))
    for block, following in zip(blocks, [*blocks[1:], None], strict=True):
        if _NO_CUE.match(block[0].text) and not _time_at(block):
            if times is not None:
                yield Cue(*times, tuple(lines))
            times, lines = None, []
            continue
        at = _time_at(block)
        starts = [n for n, line in enumerate(block) if _TIMES.match(line.text)]
        if not starts:
            numbers_next = following is not None and _TIMES.match(following[0].text)
            if times is not None and not (numbers_next and _is_number(block)):
                lines += block
            continue
        for number, start in enumerate(starts):
            if number == 0:
                above: Sequence[SourceLine] = () if at is not None else block[:start]
            else:
                above = block[starts[number - 1] + 1 : start]
                if above and _NUMBER.match(above[-1].text):
                    above = above[:-1]
            if times is not None:
                yield Cue(*times, (*lines, *above))
            times, lines = _times(block[start].text), []
        lines = list(block[starts[-1] + 1 :])
    if times is not None:
        yield Cue(*times, tuple(lines))


def clock(seconds: float) -> str:
    """Return a time as WebVTT writes it: `00:01:02.500`."""
    whole = round(seconds * 1000)
    minutes, milliseconds = divmod(whole, 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{milliseconds / 1000:06.3f}"


def has_times(line: str) -> bool:
    """Tell whether a line has the times of a cue."""
    return _TIMES.match(line) is not None


def _time_at(block: Sequence[SourceLine]) -> int | None:
    """Return the index of the line of times at the top of a block, below a name at most."""
    return next((n for n, line in enumerate(block[:2]) if _TIMES.match(line.text)), None)


def _is_number(block: Sequence[SourceLine]) -> bool:
    return len(block) == 1 and _NUMBER.match(block[0].text) is not None


def _blocks(text: str) -> Iterator[list[SourceLine]]:
    block: list[SourceLine] = []
    for line in split_lines(text, ends=_LINE_END):
        if not line.blank:
            block.append(line)
        elif block:
            yield block
            block = []
    if block:
        yield block


def _times(line: str) -> tuple[float, float]:
    found = _TIMES.match(line)
    if found is None:
        raise ValueError(f"no line of times: {line!r}")
    groups = found.groups()
    return _seconds(groups[:4]), _seconds(groups[4:])


def _seconds(parts: Sequence[str | None]) -> float:
    hours, minutes, seconds, fraction = (part or "0" for part in parts)
    milliseconds = int(fraction.ljust(3, "0"))
    return int(hours) * 3600 + int(minutes) * 60 + int(seconds) + milliseconds / 1000
