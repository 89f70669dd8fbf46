"""The inline codes of Markdown with their places.

markdown-it parses inline markup by the rules of CommonMark, but gives no positions within a
paragraph. The rules of markdown-it do know positions: each one is wrapped in a rule that notes
where the parser stood before and after.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from pipeline.place import Span
from pipeline.translation.inline_builder import InlineBuilder
from pipeline.translation.skeleton import (
    Break,
    Node,
    Placeholder,
    Unit,
    has_letters,
    literals,
    stretches,
)

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token

Rule = Callable[["StateInline", bool], bool]
Place = Callable[[int], int]  # where in the source a character of a paragraph's content stands

_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9-]*)[^>]*?(/?)>", re.DOTALL)
# References to notes, attributes in braces, TeX (where a dollar is not followed by a space).
_WRITERS_OWN = re.compile(r"\[\^[^\]\s]+\]|\{[#.:][^}\n]*\}|\$(?=[^\s$])[^$\n]*[^\s$]\$(?!\d)")
_LEAD = re.compile(r"\[[ xX]\]\s+|\[\^[^\]\s]+\]:\s*")  # a box to tick, the number of a note
_SPECIAL = frozenset("\\`*_[]<~")
_DELIMITERS = ("emphasis", "strikethrough")


@dataclass(frozen=True, slots=True)
class _Found:
    """The token that a rule made of characters `[start, end)`; `label_end` ends a link's text."""

    rule: str
    start: int
    end: int
    label_end: int
    token: Token


@dataclass(slots=True)
class _Notes:
    """The finds of all rules in one content."""

    source: str
    found: list[_Found] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Inline:
    """The nodes of a content. `bare` are special characters that mean themselves in it."""

    nodes: tuple[Node, ...]
    inner: tuple[Unit, ...]  # units that stand within its markup
    bare: frozenset[str]


class InlineParser:
    """Parses the content of Markdown blocks. `references` are the link definitions of the text."""

    def __init__(self, references: Mapping[str, Any]) -> None:
        from markdown_it import MarkdownIt, rules_inline

        self._references = references
        self._markdown: MarkdownIt = MarkdownIt("commonmark").enable("strikethrough")
        self._markdown.disable("text_join")
        for name, rule in (
            ("newline", rules_inline.newline),
            ("escape", rules_inline.escape),
            ("backticks", rules_inline.backtick),
            ("strikethrough", rules_inline.strikethrough.tokenize),
            ("emphasis", rules_inline.emphasis.tokenize),
            ("link", rules_inline.link),
            ("image", rules_inline.image),
            ("autolink", rules_inline.autolink),
            ("html_inline", rules_inline.html_inline),
            ("entity", rules_inline.entity),
        ):
            self._markdown.inline.ruler.at(name, partial(_noting, name, rule))

    def parse(self, content: str, place: Place) -> Inline:
        """Return the nodes of a content. `place` maps an offset in it to one in the source."""
        notes = _Notes(content)
        self._markdown.parseInline(content, {"references": self._references, "notes": notes})
        reader = _InlineReader(content, place, self)
        return reader.run(notes.found)

    def without_markup(self, content: str, place: Place) -> Inline:
        """Return a content as text, every character meaning itself."""
        return _InlineReader(content, place, self).run([])


def _noting(name: str, rule: Rule, state: StateInline, silent: bool) -> bool:
    """Run a rule and note its find, unless the rule only tries or looks into an image."""
    notes = state.env["notes"]
    if silent or state.src != notes.source:
        return rule(state, silent)
    start, before = state.pos, len(state.tokens)
    label_end = _label_end(name, state)
    if not rule(state, silent):
        return False
    end = state.pos
    if name in _DELIMITERS:
        # One token for each delimiter; what pairs up turns into emphasis when all are read.
        for token in reversed(state.tokens[before:]):
            if end > start:
                notes.found.append(_Found(name, end - len(token.content), end, -1, token))
                end -= len(token.content)
    elif len(state.tokens) > before:
        notes.found.append(_Found(name, start, end, label_end, state.tokens[-1]))
    return True


def _label_end(name: str, state: StateInline) -> int:
    """Return the offset at which the text of a link or an image ends; -1 where none begins."""
    find = state.md.helpers.parseLinkLabel
    if name == "link" and state.src[state.pos] == "[":
        return int(find(state, state.pos, True))
    if name == "image" and state.src.startswith("![", state.pos):
        return int(find(state, state.pos + 1, False))
    return -1


@dataclass(frozen=True, slots=True)
class _Event:
    """A step of the builder for characters `[start, end)` of the content."""

    start: int
    end: int
    happen: Callable[[Span], None]


class _InlineReader:
    """Turns the finds in a content into nodes."""

    def __init__(self, content: str, place: Place, parser: InlineParser) -> None:
        self._content = content
        self._place = place
        self._parser = parser
        self.builder = InlineBuilder()
        self.inner: list[Unit] = []
        self.bare: set[str] = set()

    def run(self, found: Sequence[_Found]) -> Inline:
        """Return the nodes of the content, read from the beginning to the end."""
        at = 0
        lead = _LEAD.match(self._content)
        if lead is not None and has_letters(self._content[lead.end() :]):
            self.builder.add(Break(self._span(0, lead.end())))
            at = lead.end()
        events = [event for f in found for event in self._events(f)]
        for event in sorted(events, key=lambda event: event.start):
            if event.start >= at:
                self._text(at, event.start)
                event.happen(self._span(event.start, event.end))
                at = event.end
        self._text(at, len(self._content))
        bare = frozenset(self.bare & _SPECIAL)
        return Inline(self.builder.finish(), tuple(self.inner), bare)

    def _span(self, start: int, end: int) -> Span:
        if start == end:
            return Span(self._place(start), self._place(start))
        if self._content[end - 1] == "\n" and end < len(self._content):
            return Span(self._place(start), self._place(end))  # with the marks of the next line
        return Span(self._place(start), self._place(end - 1) + 1)

    def _text(self, start: int, end: int) -> None:
        text = self._content[start:end]
        for a, b, is_placeholder in stretches(text, _untouchable):
            if is_placeholder:
                self.builder.add(Placeholder(text[a:b], self._span(start + a, start + b)))
            else:
                self.builder.text(text[a:b])
                self.bare.update(text[a:b])

    def _events(self, found: _Found) -> Iterator[_Event]:
        kind = found.token.type
        start, end = found.start, found.end
        if found.rule in _DELIMITERS:
            name, _, side = kind.partition("_")
            if side == "open":  # the token of strong emphasis is the inner one
                begin = end - len(found.token.markup)
                yield _Event(begin, end, partial(self.builder.open, name))
            elif side == "close":
                yield _Event(
                    start, start + len(found.token.markup), partial(self.builder.close, name)
                )
        elif found.rule == "link":
            yield from self._link(found)
        elif found.rule == "image":
            self._image(found)
            yield _Event(start, end, self._break)
        elif kind == "softbreak":
            yield _Event(start, end, lambda _: self.builder.text(" "))
        elif kind == "hardbreak":
            start = len(self._content[:start].rstrip(" "))
            yield _Event(start, end, self._break)
        elif kind == "text_special":
            yield _Event(start, end, partial(self._show, found.token.content))
        elif kind == "code_inline" or found.rule == "autolink":
            shown_code = " ".join(self._content[start:end].split())
            yield _Event(start, end, lambda span: self.builder.add(Placeholder(shown_code, span)))
        elif kind == "html_inline":
            yield _Event(start, end, partial(self._tag, self._content[start:end]))

    def _link(self, found: _Found) -> Iterator[_Event]:
        label = self._content[found.start + 1 : found.label_end]
        by_label = self._content[found.label_end + 1 : found.end] in ("", "[]")
        yield _Event(found.start, found.start + 1, partial(self.builder.open, "link"))
        # A link that is known by its text keeps that text as its label.
        tail = f"[{label}]" if by_label else ""
        end = found.label_end + 1 if by_label else found.end
        yield _Event(found.label_end, end, partial(self.builder.close, "link", tail=tail))
        yield _Event(end, found.end, lambda _: None)

    def _image(self, found: _Found) -> None:
        """Make a unit of the alternative text of an image, unless that text is a link label."""
        start, end = found.start + 2, found.label_end
        label = self._content[start:end]
        if self._content[end + 1 : found.end] in ("", "[]") or not has_letters(label):
            return
        alt = self._parser.parse(label, lambda i: self._place(start + i))
        span = self._span(start, end)
        self.inner.append(Unit(span, alt.nodes, written=escape(alt.bare)))

    def _break(self, span: Span) -> None:
        self.builder.add(Break(span))

    def _show(self, text: str, _: Span) -> None:
        self.builder.text(text)

    def _tag(self, code: str, span: Span) -> None:
        tag = _TAG.fullmatch(code)
        if tag is None or tag[3]:
            self.builder.add(Break(span))
        elif tag[1]:
            self.builder.close(f"<{tag[2].lower()}>", span)
        else:
            self.builder.open(f"<{tag[2].lower()}>", span)


def escape(bare: frozenset[str], *, cell: bool = False) -> Callable[[str], str]:
    """Return a function that writes text in Markdown with no more backslashes than the source.

    Characters that stand bare in the source stand bare in the translation. In the cell of a table
    a bar is always escaped.
    """
    special = "".join(sorted(_SPECIAL - bare)) + ("|" if cell else "")
    if not special:
        return str
    pattern = re.compile(f"[{re.escape(special)}]")
    return lambda text: pattern.sub(r"\\\g<0>", text)


def _untouchable(text: str) -> list[tuple[int, int]]:
    """Return `(start, end)` of the placeholders of a text, in order and without overlap."""
    found = sorted([*literals(text), *(m.span() for m in _WRITERS_OWN.finditer(text))])
    kept: list[tuple[int, int]] = []
    for start, end in found:
        if not kept or start >= kept[-1][1]:
            kept.append((start, end))
    return kept
