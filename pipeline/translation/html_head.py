"""Declarations of encoding in a page, put right for its translation, which is in UTF-8."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.place import Span
from pipeline.translation.html_tokens import Token, tokens

_CHARSET = re.compile(r"(charset\s*=\s*)[\w.:-]+", re.IGNORECASE)
_XML_ENCODING = re.compile(r"(encoding\s*=\s*[\"'])[\w.:-]+", re.IGNORECASE)
_UTF8 = ("utf-8", "utf8")


def not_translated(token: Token) -> bool:
    """Return whether a page wants an element left alone (the `translate` attribute of HTML)."""
    translate, classes = token.attribute("translate"), token.attribute("class")
    return (translate is not None and translate.value.lower() == "no") or (
        classes is not None and "notranslate" in classes.value.split()
    )


def declared(page: str) -> str:
    """Return `page` declared to be in UTF-8."""
    pieces: list[str] = []
    at = 0
    for token in tokens(page):
        for span, text in _declarations(token, page):
            pieces += [page[at : span.start], text]
            at = span.end
    return "".join(pieces) + page[at:]


def _declarations(token: Token, page: str) -> Iterator[tuple[Span, str]]:
    """Yield `(span, text)`: each declaration of a token, and the text that takes its place."""
    if token.kind == "other" and token.name == "instruction":
        code = page[token.span.start : token.span.end]
        if "utf-8" not in code.lower():
            yield token.span, _XML_ENCODING.sub(r"\g<1>UTF-8", code)
    if token.kind != "start" or token.name != "meta":
        return
    equivalent = token.attribute("http-equiv")
    for attribute in token.attributes:
        value = attribute.value.lower()
        if not value and not attribute.quote:  # it has no place for a value
            continue
        if attribute.name == "charset" and value not in _UTF8:
            yield attribute.span, "utf-8"
        elif (
            attribute.name == "content"
            and equivalent is not None
            and equivalent.value.lower() == "content-type"
            and "utf-8" not in value
        ):
            yield attribute.span, _CHARSET.sub(r"\g<1>utf-8", attribute.value)
