"""Declarations of language and encoding in a page, put right for its translation."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from pipeline.document import Span
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


def declared(page: str, *, target: str, languages: Collection[str]) -> str:
    """Return `page` declared to be in the language `target` and in UTF-8.

    `lang` is set on the page itself and wherever it names one of `languages`.
    """
    pieces: list[str] = []
    at = 0
    for token in tokens(page):
        for span, text in _declarations(token, page, target, languages):
            pieces += [page[at : span.start], text]
            at = span.end
    return "".join(pieces) + page[at:]


def _declarations(
    token: Token, page: str, target: str, languages: Collection[str]
) -> Iterator[tuple[Span, str]]:
    """Yield `(span, text)`: each declaration of a token, and the text that takes its place."""
    if token.kind == "other" and token.name == "instruction":
        code = page[token.span.start : token.span.end]
        if "utf-8" not in code.lower():
            yield token.span, _XML_ENCODING.sub(r"\g<1>UTF-8", code)
    if token.kind != "start":
        return
    if token.name == "html" and token.attribute("lang") is None:
        end = token.span.start + len("<html")
        yield Span(end, end), f' lang="{target}"'
    equivalent = token.attribute("http-equiv")
    for attribute in token.attributes:
        value = attribute.value.lower()
        if not value and not attribute.quote:  # it has no place for a value
            continue
        if attribute.name in ("lang", "xml:lang") and not not_translated(token):
            primary = re.split(r"[-_]", value)[0]
            if primary != target and (token.name == "html" or primary in languages):
                yield attribute.span, target
        elif (
            token.name == "meta" and attribute.name == "charset" and value not in ("utf-8", "utf8")
        ):
            yield attribute.span, "utf-8"
        elif (
            token.name == "meta"
            and attribute.name == "content"
            and equivalent is not None
            and equivalent.value.lower() == "content-type"
            and "utf-8" not in value
        ):
            yield attribute.span, _CHARSET.sub(r"\g<1>utf-8", attribute.value)
