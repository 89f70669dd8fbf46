"""The text of a page and of its attributes, entities decoded, each piece with its span."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from itertools import accumulate

from pipeline.place import Span
from pipeline.translation.html_tokens import Attribute, Token
from pipeline.translation.inline_builder import InlineBuilder
from pipeline.translation.skeleton import Placeholder, Unit, has_letters, literals, stretches

_ATTRIBUTES = frozenset(["alt", "title", "placeholder", "aria-label", "summary", "label"])
_BUTTONS = ("submit", "button", "reset")  # inputs whose value is what people see
_META = re.compile(r"(?:og:|twitter:)?(?:title|description|image:alt)|og:site_name", re.I)
_ENTITY = re.compile(r"&(?:#\d+|#[xX][\da-fA-F]+|\w+);?")

Piece = tuple[str, Span]  # characters as they are shown, and where they stand in the source


def add_text(builder: InlineBuilder, pieces: Iterable[Piece]) -> None:
    """Add text to a unit; addresses, which may hold entities, become placeholders."""
    pieces = list(pieces)
    text = "".join(shown for shown, _ in pieces)
    ends = list(accumulate(len(shown) for shown, _ in pieces))

    def place(offset: int, *, end: bool) -> int:
        """Return where a character begins in the source, or ends."""
        number = next(i for i, e in enumerate(ends) if offset < e)
        shown, span = pieces[number]
        within = offset - (ends[number] - len(shown))
        if len(shown) != span.end - span.start:  # an entity is not cut
            return span.end if end else span.start
        return span.start + within + end

    for start, stop, literal in stretches(text, literals):
        if literal:
            code = Span(place(start, end=False), place(stop - 1, end=True))
            builder.add(Placeholder(text[start:stop], code))
        else:
            builder.text(text[start:stop])


def attribute_units(token: Token) -> Iterator[Unit]:
    """Yield a unit for every attribute of a tag that is shown to people."""
    named = token.attribute("name") or token.attribute("property")
    describes = token.name == "meta" and named is not None and _META.fullmatch(named.value)
    type_ = token.attribute("type")
    button = token.name == "input" and type_ is not None and type_.value.lower() in _BUTTONS
    for attribute in token.attributes:
        if (
            attribute.name in _ATTRIBUTES
            or (describes and attribute.name == "content")
            or (button and attribute.name == "value")
        ):
            pieces = list(_pieces(attribute))
            if has_letters("".join(shown for shown, _ in pieces)):
                yield _attribute_unit(attribute, pieces)


def _attribute_unit(attribute: Attribute, pieces: list[Piece]) -> Unit:
    builder = InlineBuilder()
    add_text(builder, pieces)
    quote = attribute.quote or '"'
    entity = "&quot;" if quote == '"' else "&#39;"
    return Unit(
        attribute.span,
        builder.finish(),
        written=lambda text: text.replace("&", "&amp;").replace(quote, entity),
        framed=str if attribute.quote else lambda code: f'"{code}"',
    )


def _pieces(attribute: Attribute) -> Iterator[Piece]:
    value, start = attribute.value, attribute.span.start
    for a, b, entity in stretches(value, lambda text: (m.span() for m in _ENTITY.finditer(text))):
        shown = html.unescape(value[a:b]) if entity else value[a:b]
        yield shown, Span(start + a, start + b)
