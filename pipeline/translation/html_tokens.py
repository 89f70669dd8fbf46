"""The tags and texts of a web page, each with the characters it has in the source.

A parser that builds a tree (lxml, which trafilatura brings) writes quotes, entities, whitespace and
missing tags anew. The tokeniser of the standard library only tells where each token begins, so
that everything outside the units stays as it is, byte for byte.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from itertools import accumulate
from typing import Literal

from pipeline.place import Span

TokenKind = Literal["start", "end", "text", "entity", "other"]

_ATTRIBUTE = re.compile(
    r"""[\s/]([^\s"'<>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'<>`=]+)))?""", re.DOTALL
)
_ENTITY = re.compile(r"&#?\w+;?")


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute of a tag; `span` is the place of its value in the source, without quotes."""

    name: str
    value: str
    span: Span
    quote: str  # empty where the value stands bare


@dataclass(frozen=True, slots=True)
class Token:
    """One piece of a page. `name` is the name of a tag in lower case, or the kind of an "other"."""

    kind: TokenKind
    span: Span
    name: str = ""
    attributes: tuple[Attribute, ...] = ()

    def attribute(self, name: str) -> Attribute | None:
        """Return the attribute `name`, or None."""
        return next((a for a in self.attributes if a.name == name), None)


def tokens(page: str) -> Iterator[Token]:
    """Yield the tokens of a page, in order; characters between tokens belong to none."""
    reader = _Reader(page)
    # No tag ends behind the last bracket; the parser would look for one from each that opens.
    tail = page.rfind(">") + 1
    reader.feed(page[:tail] + page[tail:].replace("<", "\0"))
    reader.close()
    found = reader.found
    for number, (kind, start, name) in enumerate(found):
        following = found[number + 1][1] if number + 1 < len(found) else len(page)
        if kind == "start":
            tag = reader.tags[start]
            span = Span(start, start + len(tag))
            yield Token(kind, span, name, tuple(_attributes(tag, start)))
        elif kind == "end":
            closed = page.find(">", start, following)
            yield Token(kind, Span(start, following if closed < 0 else closed + 1), name)
        elif kind == "entity":
            match = _ENTITY.match(page, start)
            yield Token(kind, Span(start, match.end() if match else following))
        else:
            yield Token(kind, Span(start, following))


def _attributes(tag: str, at: int) -> Iterator[Attribute]:
    name_end = re.match(r"<[^\s/>]*", tag)
    for match in _ATTRIBUTE.finditer(tag, name_end.end() if name_end else 0):
        group = next((g for g in (2, 3, 4) if match[g] is not None), None)
        if group is not None:
            span = Span(at + match.start(group), at + match.end(group))
            quote = {2: '"', 3: "'", 4: ""}[group]
            yield Attribute(match[1].lower(), match[group], span, quote)
        else:
            end = at + match.end(1)
            yield Attribute(match[1].lower(), "", Span(end, end), "")


class _Reader(HTMLParser):
    """Notes where each token begins; `tags` maps an offset to the source of a start tag."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=False)
        self.found: list[tuple[TokenKind, int, str]] = []
        self.tags: dict[int, str] = {}
        lengths = (len(line) + 1 for line in page.split("\n"))
        self._lines = [0, *accumulate(lengths)]

    def _take(self, kind: TokenKind, name: str = "") -> None:
        line, column = self.getpos()
        self.found.append((kind, self._lines[line - 1] + column, name))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._take("start", tag)
        self.tags[self.found[-1][1]] = self.get_starttag_text() or ""

    def handle_endtag(self, tag: str) -> None:
        self._take("end", tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)  # a slash before the bracket means nothing in HTML

    def handle_data(self, data: str) -> None:
        self._take("text")

    def handle_entityref(self, name: str) -> None:
        self._take("entity")

    def handle_charref(self, name: str) -> None:
        self._take("entity")

    def handle_comment(self, data: str) -> None:
        self._take("other", "comment")

    def handle_decl(self, decl: str) -> None:
        self._take("other", "declaration")

    def handle_pi(self, data: str) -> None:
        self._take("other", "instruction")

    def unknown_decl(self, data: str) -> None:
        self._take("other", "declaration")
