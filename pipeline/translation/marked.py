"""Text with markup in it, the same for Markdown and HTML: a small tree over the source code.

A unit is what an engine is asked for as a whole: a paragraph, a cell, the text of an attribute.
Markup inside it is kept as spans of the source, never rewritten, so that what no engine touches
comes out byte for byte.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from pipeline.document import Kind, Span
from pipeline.facts.protected import protected

_SPACES = re.compile(r"[ \t\r\n\f]+")  # what both formats show as one space; no-break spaces stay
_MAX_DEPTH = 50


@dataclass(frozen=True, slots=True)
class Text:
    """Characters as a reader sees them."""

    shown: str


@dataclass(frozen=True, slots=True)
class Atom:
    """What stands in a sentence and must come out as it went in: code, an address.

    `shown` is how the engine sees it; `code` is where it stands in the source.
    """

    shown: str
    code: Span


@dataclass(frozen=True, slots=True)
class Break:
    """Where the text is cut whatever stands around it: an image, a line break."""

    code: Span


@dataclass(frozen=True, slots=True)
class Wrap:
    """Markup around text: a link, emphasis. `tail` is written behind it if the text changed."""

    opening: Span
    closing: Span
    inside: tuple[Node, ...]
    tail: str = ""


Node = Text | Atom | Break | Wrap
Nodes = Sequence[Node]


@dataclass(frozen=True, slots=True)
class Unit:
    """A stretch of the source that is translated as one, and how text is written in its place.

    `written` turns shown text into source code; `framed` has the last word on the unit's code.
    `inner` are units within its markup, such as the title of a link.
    """

    span: Span
    nodes: tuple[Node, ...]
    kind: Kind = Kind.TEXT
    written: Callable[[str], str] = str
    framed: Callable[[str], str] = str
    inner: tuple[Unit, ...] = ()


@dataclass(frozen=True, slots=True)
class Layout:
    """A text and its units, in reading order and without overlap.

    `remarks` say what of the text is left as it was, and why.
    """

    name: str
    text: str
    units: tuple[Unit, ...]
    remarks: tuple[str, ...] = ()


def shown(nodes: Nodes) -> str:
    """Return the text of `nodes` without markup."""
    return "".join(
        shown(node.inside) if isinstance(node, Wrap) else getattr(node, "shown", "")
        for node in nodes
    )


def same(one: str, other: str) -> bool:
    """Tell whether two texts differ in whitespace at most."""
    return one.split() == other.split()


def has_letters(text: str) -> bool:
    """Tell whether there is anything to translate in `text`."""
    return any(character.isalpha() for character in text)


def has_words(nodes: Nodes) -> bool:
    """Tell whether there is anything to translate in `nodes`: code alone is nothing."""
    return any(
        has_words(node.inside) if isinstance(node, Wrap) else has_letters(node.shown)
        for node in nodes
        if isinstance(node, Text | Wrap)
    )


def literals(text: str) -> Iterator[tuple[int, int]]:
    """Yield where in `text` something stands that has no language: an address, code, a handle."""
    for found in protected(text):
        yield found.start, found.end


@dataclass(slots=True)
class _Open:
    """Markup whose end has not come yet."""

    name: str
    code: Span
    nodes: list[Node] = field(default_factory=list)


class Weaver:
    """Makes a tree of what a parser meets on its way, markup without its counterpart included."""

    def __init__(self) -> None:
        self._stack = [_Open("", Span(0, 0))]

    def text(self, text: str) -> None:
        """Add shown text; runs of whitespace become one space."""
        self._add(Text(_SPACES.sub(" ", text)))

    def add(self, node: Atom | Break) -> None:
        """Add what has no text inside."""
        self._add(node)

    def open(self, name: str, code: Span) -> None:
        """Begin markup. What is nested too deep for any reader to see counts as a break."""
        if len(self._stack) > _MAX_DEPTH:
            self._add(Break(code))
        else:
            self._stack.append(_Open(name, code))

    def close(self, name: str, code: Span, *, tail: str = "") -> None:
        """End the markup `name`; what was opened in it and not closed counts as breaks."""
        at = next((i for i in range(len(self._stack) - 1, 0, -1) if self._stack[i].name == name), 0)
        if not at:
            self._add(Break(code))
            return
        self._give_up(at + 1)
        opened = self._stack.pop()
        inside = tuple(opened.nodes)
        if shown(inside).strip():
            self._add(Wrap(opened.code, code, inside, tail))
        else:  # an anchor, an icon: there is no text that could carry it
            self._extend([Break(opened.code), *inside, Break(code)])

    def finish(self) -> tuple[Node, ...]:
        """Return the tree."""
        self._give_up(1)
        return tuple(self._stack[0].nodes)

    def _give_up(self, depth: int) -> None:
        while len(self._stack) > depth:
            opened = self._stack.pop()
            self._extend([Break(opened.code), *opened.nodes])

    def _extend(self, nodes: Nodes) -> None:
        for node in nodes:
            self._add(node)

    def _add(self, node: Node) -> None:
        nodes = self._stack[-1].nodes
        before = nodes[-1] if nodes else None
        if isinstance(node, Text) and isinstance(before, Text):
            joined = before.shown + node.shown
            nodes[-1] = Text(joined.replace("  ", " ") if before.shown.endswith(" ") else joined)
        else:
            nodes.append(node)
