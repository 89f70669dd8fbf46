"""Text with markup in it, the same for Markdown and HTML: a small tree over the source code.

A unit is what an engine is asked for as a whole: a paragraph, a cell, the text of an attribute.
Markup inside it is kept as spans of the source, never rewritten, so that what no engine touches
comes out byte for byte.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from pipeline.document import Kind, Span
from pipeline.facts.protected import protected


@dataclass(frozen=True, slots=True)
class Text:
    """Characters as a reader sees them."""

    shown: str


@dataclass(frozen=True, slots=True)
class Placeholder:
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
class PairedCode:
    """Markup around text: a link, emphasis. `tail` is written behind it if the text changed."""

    opening: Span
    closing: Span
    inside: tuple[Node, ...]
    tail: str = ""


Node = Text | Placeholder | Break | PairedCode
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
class Skeleton:
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
        shown(node.inside) if isinstance(node, PairedCode) else getattr(node, "shown", "")
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
        has_words(node.inside) if isinstance(node, PairedCode) else has_letters(node.shown)
        for node in nodes
        if isinstance(node, Text | PairedCode)
    )


def literals(text: str) -> Iterator[tuple[int, int]]:
    """Yield where in `text` something stands that has no language: an address, code, a handle."""
    for found in protected(text):
        yield found.start, found.end
