"""The tree of text and inline codes of a unit, built in the order in which a parser reads them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from pipeline.place import Span
from pipeline.translation.skeleton import Break, Node, Nodes, PairedCode, Placeholder, Text, shown

_SPACES = re.compile(r"[ \t\r\n\f]+")  # both formats show these as one space; no-break spaces stay
_MAX_DEPTH = 50
_STYLES = frozenset((
    "b", "big", "em", "font", "i", "mark", "small", "span", "strong", "tt", "u",
))  # fmt: skip


@dataclass(slots=True)
class _Open:
    """Paired code that is not closed yet."""

    name: str
    code: Span
    nodes: list[Node] = field(default_factory=list)


class InlineBuilder:
    """Builds the nodes of a unit; codes may be opened or closed without a counterpart."""

    def __init__(self) -> None:
        self._stack = [_Open("", Span(0, 0))]

    def text(self, text: str) -> None:
        """Add shown text; runs of whitespace become one space."""
        self._add(Text(_SPACES.sub(" ", text)))

    def add(self, node: Placeholder | Break) -> None:
        """Add an inline code without text inside."""
        self._add(node)

    def open(self, name: str, code: Span) -> None:
        """Open a paired code; one nested deeper than `_MAX_DEPTH` becomes a break."""
        if len(self._stack) > _MAX_DEPTH:
            self._add(Break(code))
        else:
            self._stack.append(_Open(name, code))

    def close(self, name: str, code: Span, *, tail: str = "") -> None:
        """Close the paired code `name`; codes opened inside it and not closed become breaks."""
        at = next((i for i in range(len(self._stack) - 1, 0, -1) if self._stack[i].name == name), 0)
        if not at:
            self._add(Break(code))
            return
        self._give_up(at + 1)
        opened = self._stack.pop()
        inside = tuple(opened.nodes)
        if shown(inside).strip():
            self._add(PairedCode(opened.code, code, inside, tail, name in _STYLES and not tail))
        else:  # an anchor, an icon: there is no text that could carry it
            self._extend([Break(opened.code), *inside, Break(code)])

    def finish(self) -> tuple[Node, ...]:
        """Return the nodes; codes that are still open become breaks."""
        self._give_up(1)
        return whole_words(self._stack[0].nodes)

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


def whole_words(nodes: Nodes) -> tuple[Node, ...]:
    """Return `nodes` with the codes of styled parts of words in front of their text.

    A first letter in a look of its own has no place in a translation, whose word begins with
    another letter; and a word that is cut is no word.
    """
    kept: list[Node] = []
    start = 0  # of the text behind the last break
    for at, node in enumerate(nodes):
        if isinstance(node, PairedCode) and node.styles and _cuts_a_word(nodes, at):
            kept[start:start] = [Break(node.opening), Break(node.closing)]
            start += 2
            for inside in node.inside:
                _append(kept, inside)
            continue
        _append(kept, node)
        if isinstance(node, Break):
            start = len(kept)
    return tuple(kept)


def _append(nodes: list[Node], node: Node) -> None:
    if isinstance(node, Text) and nodes and isinstance(nodes[-1], Text):
        nodes[-1] = Text(nodes[-1].shown + node.shown)
    else:
        nodes.append(node)


def _cuts_a_word(nodes: Nodes, at: int) -> bool:
    before, inside, after = (
        shown(nodes[i : i + 1]) if i >= 0 else "" for i in (at - 1, at, at + 1)
    )
    return (before[-1:].isalpha() and inside[:1].isalpha()) or (
        inside[-1:].isalpha() and after[:1].isalpha()
    )
