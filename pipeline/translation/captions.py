"""The skeleton of captions: what is said in each stretch of cues is a unit, times stay.

A sentence goes over several cues, and an engine is asked for it whole. Its translation is then
shared out over the same cues by their lengths, and laid on lines like those of the source.
"""

from __future__ import annotations

import html
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.place import Span
from pipeline.sources.captions.cues import Cue, read_cues, shown
from pipeline.sources.captions.telling import DASH, Told, told_once
from pipeline.translation.caption_tags import partnerless, without
from pipeline.translation.skeleton import Skeleton, Text, Unit

_LINE_CHARS = 42  # of a caption, as broadcasters have it
_LONGEST_CHARS = 300  # of a sentence, before it is cut at a cue
_SILENCE_S = 3.0
_TAG = r"(?:</?[A-Za-z][^<>\n]{0,200}>|<\d[\d:.]{0,20}>|</>|\{\\[^{}\n]{0,200}\})"
_LEAD = re.compile(rf"(?:{_TAG}|\s)*")
_PIECE = re.compile(rf"(?P<unsaid>{_TAG}|\s+)|[^\s<{{]+|.", re.DOTALL)
_ENDED = re.compile(r"[.!?…][\"'»”’)\]]*$")


def captions_skeleton(text: str, *, name: str) -> Skeleton:
    """Return the skeleton of a SubRip or WebVTT file."""
    marked = text.lstrip("\ufeff").startswith("WEBVTT")
    units: list[Unit] = []
    sounds = 0
    for stretch in _stretches(list(told_once(read_cues(text)))):
        if all(not told.spoken for told in stretch):
            sounds += sum(bool(told.lines) for told in stretch)
        elif len(stretch) == 1 and any(map(DASH.match, stretch[0].cue.shown)):
            units += _turns(stretch[0].cue, marked=marked)
        else:
            units.append(_unit(text, [told for told in stretch if told.cue.shown], marked=marked))
    remarks = (f"{sounds} captions of sounds are kept as they are",) if sounds else ()
    return Skeleton(name, text, tuple(units), remarks)


def _stretches(told: Sequence[Told]) -> Iterator[list[Told]]:
    """Yield cues that make up a sentence; cues that show nothing anew go with those before."""
    stretch: list[Told] = []
    for one in told:
        if stretch and one.lines and _parts(stretch, one):
            yield stretch
            stretch = []
        stretch.append(one)
    if stretch:
        yield stretch


def _parts(stretch: Sequence[Told], one: Told) -> bool:
    said = " ".join(told.text for told in stretch if told.lines)
    last = next((told for told in reversed(stretch) if told.lines), stretch[-1])
    return (
        _ENDED.search(said) is not None
        or len(said) >= _LONGEST_CHARS
        or one.spoken != last.spoken
        or one.cue.voice != last.cue.voice
        or one.cue.start_s - stretch[-1].cue.end_s > _SILENCE_S
        or any(DASH.match(line) for told in (last, one) for line in told.cue.shown)
    )


@dataclass(frozen=True, slots=True)
class _Place:
    """The text of a cue in the file, tags around it left out; `chars` are said in it anew.

    `whole` is the text with these tags.
    """

    whole: Span
    start: int
    end: int
    chars: int
    lines: int


def _place(told: Told) -> _Place:
    lines = [line for line in told.cue.lines if not line.blank]
    first, last = lines[0], lines[-1]
    lead = _LEAD.match(first.text)
    start = first.start + (lead.end() if lead else 0)
    end = last.start + _end_of_words(last.text)
    whole = Span(first.start, last.end)
    return _Place(whole, start, max(start, end), len(told.text), len(told.lines))


def _end_of_words(text: str, start: int = 0) -> int:
    """Return where the tags and spaces at the end of a line begin."""
    ends = [p.end() for p in _PIECE.finditer(text, start) if p["unsaid"] is None]
    return ends[-1] if ends else start


def _unit(text: str, stretch: Sequence[Told], *, marked: bool) -> Unit:
    places = [_place(told) for told in stretch]
    alone = list(
        partnerless(
            text,
            cues=(place.whole for place in places),
            said=(Span(place.start, place.end) for place in places),
        )
    )
    span = Span(places[0].whole.start, places[-1].whole.end)
    end_of_line = "\r\n" if "\r\n" in text else "\n"

    def framed(code: str) -> str:
        pieces = shared(code, [place.chars for place in places])
        written = []
        at = span.start
        for place, piece in zip(places, pieces, strict=True):
            written += [
                without(text, at, place.start, alone),
                end_of_line.join(laid(piece, place.lines)),
            ]
            at = place.end
        return "".join((*written, without(text, at, span.end, alone)))

    said = " ".join(told.text for told in stretch if told.lines)
    return Unit(span, (Text(said),), written=_escaped if marked else str, framed=framed)


def _turns(cue: Cue, *, marked: bool) -> Iterator[Unit]:
    """Yield a unit for each line of a cue in which several speak; its dash stays."""
    for line in cue.lines:
        lead = _LEAD.match(line.text)
        start = lead.end() if lead else 0
        dash = DASH.match(line.text, start)
        start = dash.end() if dash else start
        end = _end_of_words(line.text, start)
        if said := shown(line.text[start:end]):
            span = Span(line.start + start, line.start + end)
            yield Unit(span, (Text(said),), written=_escaped if marked else str)


def _escaped(text: str) -> str:
    return html.escape(text, quote=False)


def shared(text: str, weights: Sequence[int]) -> list[str]:
    """Return a text in as many pieces as there are weights, cut between words.

    1. Each piece should end where its share of the weights does.
    2. The nearest end of a word is taken; one behind a punctuation mark counts as nearer.
    3. A piece with a weight has a word, as long as there are words for the rest.
    """
    words = text.split()
    total = sum(weights) or 1
    pieces: list[str] = []
    at = 0
    for number, weight in enumerate(weights):
        waiting = sum(1 for other in weights[number + 1 :] if other)
        if not waiting:
            taken = len(words) - at if weight else 0
        elif not weight or at == len(words):
            taken = 0
        else:
            aim = len(text) * sum(weights[: number + 1]) / total
            most = max(1, len(words) - at - waiting)
            taken = min(range(1, most + 1), key=lambda n: _distance(words, at + n, aim))
        pieces.append(" ".join(words[at : at + taken]))
        at += taken
    return pieces


def _distance(words: Sequence[str], count: int, aim: float) -> float:
    end = sum(map(len, words[:count])) + count - 1
    return abs(end - aim) - (8 if words[count - 1][-1] in ",.;:!?…" else 0)


def laid(text: str, lines: int) -> list[str]:
    """Return a text on about as many lines as the source had, none of them much too long."""
    wanted = max(lines if len(text) > _LINE_CHARS / 2 else 1, math.ceil(len(text) / _LINE_CHARS))
    width = max(1, math.ceil(len(text) / wanted))
    pieces = shared(text, [width] * wanted) if wanted > 1 else [text]
    return [piece for piece in pieces if piece]
