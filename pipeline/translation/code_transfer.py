"""Markup out of a source and into its translation.

A text is translated whole, without its markup: an engine that sees sentences writes better ones,
and small models do not keep placeholders. What was marked is then looked for in the translation:
code and addresses letter by letter, linked or emphasised words by what they say when they are
translated alone. Where something is not found, the text is cut there and its parts are
translated by themselves: a worse sentence, but every link and every code is where it belongs.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from pipeline.document import Span
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

# Gives the translation of a text, or None where it is not known yet.
Known = Callable[[str], str | None]

_MIN_RATIO = 66.0  # per cent of equal letters at which two wordings are taken for the same words
_WORD = re.compile(r"\S+")
_EDGE = "\"'«»“”„‘’()[]{}.,;:!?…—–-"
_ARTICLE = re.compile(r"(?:the|an?|les?|la|une?|des|du)\s+|l['’]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Ignorable:
    """Source code between two parts of a text that are translated apart."""

    code: Span
    tail: str = ""


@dataclass(frozen=True, slots=True)
class CodedSegment:
    """Nodes that are translated together."""

    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class PlacedCode:
    """Markup with its place in a translation."""

    start: int
    end: int
    node: Placeholder | PairedCode
    inside: tuple[PlacedCode, ...] = ()


@dataclass(frozen=True, slots=True)
class Wanting:
    """Texts whose translation must be known before markup can be placed."""

    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lost:
    """Which of the nodes could not be placed, by its index."""

    index: int


def parts(nodes: Nodes) -> list[CodedSegment | Ignorable]:
    """Return `nodes` cut at every break in them."""
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
    """Return `nodes` cut around the one at `index`, and at every break in them."""
    return [*parts(nodes[:index]), *_apart(nodes[index]), *parts(nodes[index + 1 :])]


def _apart(node: Node) -> list[CodedSegment | Ignorable]:
    if isinstance(node, PairedCode):
        return [Ignorable(node.opening), *parts(node.inside), Ignorable(node.closing, node.tail)]
    if isinstance(node, Text):
        raise ValueError("text is not cut")
    return [Ignorable(node.code)]


def place(nodes: Nodes, translation: str, known: Known) -> tuple[PlacedCode, ...] | Wanting | Lost:
    """Find where the markup of `nodes`, without breaks, belongs in `translation`.

    `known` has the translations of texts that this function has wanted before.
    """
    return _place(nodes, translation, 0, len(translation), known)


def unmoved(nodes: Nodes) -> tuple[PlacedCode, ...]:
    """Return where the markup of `nodes` stands in their own text."""
    return _unmoved(nodes, 0)


def render(
    text: str,
    placed: tuple[PlacedCode, ...],
    *,
    written: Callable[[str], str],
    source: Callable[[Span], str],
) -> str:
    """Return the code of `text` with markup in it; `source` gives the source code of a span."""

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
    """A stretch of a translation without the places that are taken already."""

    def __init__(self, text: str, start: int, end: int, taken: list[tuple[int, int]]) -> None:
        self._text = text
        self._start = start
        self._end = end
        self._taken = taken

    def exactly(self, wanted: str, *, near: float) -> tuple[int, int] | None:
        """Return where `wanted` stands as whole words, nearest to an offset."""
        pattern = rf"(?<!\w){re.escape(wanted)}(?!\w)"
        matches = re.compile(pattern).finditer(self._text, self._start, self._end)
        places = [m.span() for m in matches if self._is_free(*m.span())]
        return min(places, key=lambda place: abs(place[0] - near), default=None)

    def likely(self, wanted: str, *, near: float) -> tuple[int, int] | None:
        """Return the words that are most like `wanted`; none if they are not much like it."""
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
    """Return what of a wording counts when it is compared: no article, no edges, no case."""
    return _ARTICLE.sub("", text.strip().strip(_EDGE), count=1).casefold()
