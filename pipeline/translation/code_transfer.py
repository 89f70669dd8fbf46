"""Inline codes out of a source and into its translation.

A segment is translated whole, without its codes: an engine that sees sentences writes better ones,
and small models lose tags. The place of each code is then found in the translation:

1. A placeholder (code, an address) is searched letter by letter.
2. For paired code (a link, emphasis) the text inside is translated alone, and the words most like
   that translation are the place.
3. Where no place is found, the segment is cut at the code and its parts are translated apart: a
   worse sentence, but every link and every code is where it belongs.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from pipeline.place import Span
from pipeline.translation.skeleton import (
    Break,
    Node,
    Nodes,
    PairedCode,
    Placeholder,
    Text,
    has_words,
    shown,
)

# The translation of a text, or None where it is not known yet.
Known = Callable[[str], str | None]

_MIN_RATIO = 66.0  # per cent of equal letters at which two wordings are taken for the same words
_WORD = re.compile(r"\S+")
_EDGE = "\"'«»“”„‘’()[]{}.,;:!?…—–-"
_ARTICLE = re.compile(r"(?:the|an?|les?|la|une?|des|du)\s+|l['’]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Ignorable:
    """Source code between two segments (XLIFF `<ignorable>`), never translated."""

    code: Span
    tail: str = ""


@dataclass(frozen=True, slots=True)
class CodedSegment:
    """A segment with its inline codes: nodes that are translated together."""

    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class PlacedCode:
    """An inline code with its place in a translation: characters `[start, end)`."""

    start: int
    end: int
    node: Placeholder | PairedCode
    inside: tuple[PlacedCode, ...] = ()


@dataclass(frozen=True, slots=True)
class Wanting:
    """Texts whose translation must be known before inline codes can be placed."""

    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lost:
    """The index of a node that has no place in the translation."""

    index: int


def parts(nodes: Nodes) -> list[CodedSegment | Ignorable]:
    """Return `nodes` as segments, cut at every break."""
    found: list[CodedSegment | Ignorable] = []
    start = 0
    for index, node in enumerate(nodes):
        if isinstance(node, Break) or (isinstance(node, PairedCode) and _has_break(node.inside)):
            if start < index:
                found.append(CodedSegment(tuple(nodes[start:index])))
            found += _apart(node)
            start = index + 1
    if start < len(nodes):
        found.append(CodedSegment(tuple(nodes[start:])))
    return found


def cut(nodes: Nodes, index: int) -> list[CodedSegment | Ignorable]:
    """Return `nodes` as segments, cut around the node at `index` and at every break."""
    return [*parts(nodes[:index]), *_apart(nodes[index]), *parts(nodes[index + 1 :])]


def _apart(node: Node) -> list[CodedSegment | Ignorable]:
    if isinstance(node, PairedCode):
        return [Ignorable(node.opening), *parts(node.inside), Ignorable(node.closing, node.tail)]
    if isinstance(node, Text):
        raise ValueError("text is not cut")
    return [Ignorable(node.code)]


def place(nodes: Nodes, translation: str, known: Known) -> tuple[PlacedCode, ...] | Wanting | Lost:
    """Find the places in `translation` of the inline codes of `nodes`, which hold no break.

    `known` gives the translations of texts that an earlier call has wanted.
    """
    return _place(nodes, translation, 0, len(translation), known)


def unmoved(nodes: Nodes) -> tuple[PlacedCode, ...]:
    """Return the places of the inline codes of `nodes` in their own text."""
    return _unmoved(nodes, 0)


def render(
    text: str,
    placed: tuple[PlacedCode, ...],
    *,
    written: Callable[[str], str],
    source: Callable[[Span], str],
) -> str:
    """Return `text` as source code with inline codes; `source` gives the code of a span."""

    def stretch(start: int, end: int, marks: tuple[PlacedCode, ...]) -> str:
        pieces = []
        for mark in marks:
            pieces.append(written(text[start : mark.start]))
            if isinstance(mark.node, Placeholder):
                pieces.append(source(mark.node.code))
            else:
                pieces.append(source(mark.node.opening))
                pieces.append(stretch(mark.start, mark.end, mark.inside))
                pieces.append(source(mark.node.closing) + mark.node.tail)
            start = mark.end
        return "".join(pieces) + written(text[start:end])

    return stretch(0, len(text), placed)


def _has_break(nodes: Nodes) -> bool:
    return any(
        isinstance(node, Break) or (isinstance(node, PairedCode) and _has_break(node.inside))
        for node in nodes
    )


def _unmoved(nodes: Nodes, at: int) -> tuple[PlacedCode, ...]:
    placed = []
    for node in nodes:
        length = len(shown([node]))
        if isinstance(node, PairedCode):
            placed.append(PlacedCode(at, at + length, node, _unmoved(node.inside, at)))
        elif isinstance(node, Placeholder):
            placed.append(PlacedCode(at, at + length, node))
        at += length
    return tuple(placed)


def _place(
    nodes: Nodes, translation: str, start: int, end: int, known: Known
) -> tuple[PlacedCode, ...] | Wanting | Lost:
    whole = shown(nodes)
    placed: list[PlacedCode] = []
    wanted: list[str] = []
    at = 0  # where the node begins in the source text
    for index, node in enumerate(nodes):
        text = shown([node])
        if isinstance(node, Placeholder | PairedCode):
            free = _Free(translation, start, end, [(p.start, p.end) for p in placed])
            expected = start + (end - start) * at / max(1, len(whole))
            if isinstance(node, Placeholder):
                found = free.exactly(text, near=expected)
                if found is None or translation.count(text, start, end) != whole.count(text):
                    return Lost(index)
                placed.append(PlacedCode(*found, node))
            else:
                asked = " ".join(text.split())
                if text.strip() == whole.strip():
                    found = (start, end)
                else:
                    found = free.exactly(asked, near=expected)
                    if found is None:
                        meaning = known(asked) if has_words(node.inside) else asked
                        if meaning is None:
                            wanted.append(asked)
                            at += len(text)
                            continue
                        found = free.likely(meaning, near=expected)
                if found is None:
                    return Lost(index)
                inside = _place(node.inside, translation, *found, known)
                if isinstance(inside, Lost):
                    return Lost(index)
                if isinstance(inside, Wanting):
                    wanted += inside.texts
                    inside = ()
                placed.append(PlacedCode(*found, node, inside))
        at += len(text)
    if wanted:
        return Wanting(tuple(wanted))
    return tuple(sorted(placed, key=lambda p: p.start))


class _Free:
    """The characters `[start, end)` of a translation, without places that are taken already."""

    def __init__(self, text: str, start: int, end: int, taken: list[tuple[int, int]]) -> None:
        self._text = text
        self._start = start
        self._end = end
        self._taken = taken

    def exactly(self, wanted: str, *, near: float) -> tuple[int, int] | None:
        """Return the place of `wanted` as whole words, the nearest to offset `near`."""
        pattern = rf"(?<!\w){re.escape(wanted)}(?!\w)"
        matches = re.compile(pattern).finditer(self._text, self._start, self._end)
        places = [m.span() for m in matches if self._is_free(*m.span())]
        return min(places, key=lambda place: abs(place[0] - near), default=None)

    def likely(self, wanted: str, *, near: float) -> tuple[int, int] | None:
        """Return the place of the words most like `wanted`, or None below `_MIN_RATIO`."""
        from rapidfuzz import fuzz

        aim = _bare(wanted)
        words = [m.span() for m in _WORD.finditer(self._text, self._start, self._end)]
        count = len(aim.split())
        best: tuple[float, float, float, tuple[int, int]] | None = None
        for length in range(max(1, count - 2), count + 3):
            for first in range(len(words) - length + 1):
                place = self._inner(words[first][0], words[first + length - 1][1])
                if not self._is_free(*place):
                    continue
                words_there = self._text[place[0] : place[1]]
                ratio = fuzz.ratio(aim, _bare(words_there))
                rank = (ratio, fuzz.ratio(wanted, words_there), -abs(place[0] - near), place)
                if ratio >= _MIN_RATIO and (best is None or rank > best):
                    best = rank
        return None if best is None else best[-1]

    def _inner(self, start: int, end: int) -> tuple[int, int]:
        """Return a stretch without the punctuation around it."""
        text = self._text
        while start < end and text[start] in _EDGE:
            start += 1
        while end > start and text[end - 1] in _EDGE:
            end -= 1
        return start, end

    def _is_free(self, start: int, end: int) -> bool:
        return start < end and all(end <= a or start >= b for a, b in self._taken)


def _bare(text: str) -> str:
    """Return a wording as it is compared: without article, edges and case."""
    return _ARTICLE.sub("", text.strip().strip(_EDGE), count=1).casefold()
