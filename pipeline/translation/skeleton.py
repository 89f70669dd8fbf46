"""A source file as a skeleton with units, in the terms of XLIFF 2.1, for every format alike.

A unit is a paragraph, a cell, or the text of an attribute: an engine is asked for it as a whole.
A unit is a small tree of text and inline codes. Inline codes are spans of the source and are never
rewritten, so that everything no engine touches comes out byte for byte.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.document import Kind
from pipeline.facts.protected import protected
from pipeline.place import Span


@dataclass(frozen=True, slots=True)
class Text:
    """Characters as a reader sees them."""

    shown: str


@dataclass(frozen=True, slots=True)
class Placeholder:
    """An inline code that stands alone (XLIFF `<ph>`): program code, an address.

    A placeholder comes out as it went in. `shown` is its text for the engine; `code` is its span
    of the source.
    """

    shown: str
    code: Span


@dataclass(frozen=True, slots=True)
class Break:
    """An inline code that ends a segment: an image, a line break. `code` is its source span."""

    code: Span


@dataclass(frozen=True, slots=True)
class PairedCode:
    """Inline code around text (XLIFF `<pc>`): a link, emphasis.

    `opening` and `closing` are spans of the source. `tail` is source code that is written behind
    the closing one if the text inside has changed. `styles` tells of code that only gives letters
    another look.
    """

    opening: Span
    closing: Span
    inside: tuple[Node, ...]
    tail: str = ""
    styles: bool = False


Node = Text | Placeholder | Break | PairedCode
Nodes = Sequence[Node]


@dataclass(frozen=True, slots=True)
class Unit:
    """A stretch of the source that is translated as one (XLIFF `<unit>`).

    `written` turns shown text into source code; `framed` then adapts the code of the whole unit.
    `inner` are units within the inline codes of the unit, such as the title of a link.
    """

    span: Span
    nodes: tuple[Node, ...]
    kind: Kind = Kind.TEXT
    written: Callable[[str], str] = str
    framed: Callable[[str], str] = str
    inner: tuple[Unit, ...] = ()


@dataclass(frozen=True, slots=True)
class Skeleton:
    """A source text and its units, in reading order and without overlap.

    All characters outside the units are the skeleton in the sense of XLIFF, and stay as they are.
    `remarks` tell a user which parts of the text are left as they were, and why. `declares` are
    the languages that the text may declare its parts to be in (a web page does); empty for a text
    without such declarations.
    """

    name: str
    text: str
    units: tuple[Unit, ...]
    remarks: tuple[str, ...] = ()
    declares: tuple[str, ...] = ()


def shown(nodes: Nodes) -> str:
    """Return the text of `nodes` without inline codes; of a placeholder, its shown text."""
    return "".join(
        shown(node.inside) if isinstance(node, PairedCode) else getattr(node, "shown", "")
        for node in nodes
    )


def same(one: str, other: str) -> bool:
    """Return whether two texts differ in whitespace at most."""
    return one.split() == other.split()


def has_letters(text: str) -> bool:
    """Return whether `text` has anything to translate."""
    return any(character.isalpha() for character in text)


def has_words(nodes: Nodes) -> bool:
    """Return whether `nodes` have anything to translate: placeholders alone are nothing."""
    return any(
        has_words(node.inside) if isinstance(node, PairedCode) else has_letters(node.shown)
        for node in nodes
        if isinstance(node, Text | PairedCode)
    )


def literals(text: str) -> Iterator[tuple[int, int]]:
    """Yield `(start, end)` of stretches of `text` without language: addresses, code, handles."""
    for found in protected(text):
        yield found.start, found.end


def stretches(
    text: str, find: Callable[[str], Iterable[tuple[int, int]]]
) -> Iterator[tuple[int, int, bool]]:
    """Yield `(start, end, found)` for each stretch that `find` finds and for those between."""
    found = list(find(text))
    edges = [(0, 0), *found, (len(text), len(text))]
    for (start, end), (next_start, _) in pairwise(edges):
        if start < end:
            yield start, end, True
        if end < next_start:
            yield end, next_start, False
