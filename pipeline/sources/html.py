"""Web pages: the article in them, without menus, adverts and comments."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import replace

from pipeline.document import Document
from pipeline.errors import SourceError
from pipeline.sources.block import make_document
from pipeline.sources.page_article import PageArticle, find_article
from pipeline.sources.page_blocks import page_blocks
from pipeline.sources.page_dates import page_date
from pipeline.sources.page_lines import line_blocks
from pipeline.sources.page_origin import hidden_text, page_origin
from pipeline.sources.page_repair import repaired
from pipeline.sources.page_tree import letters
from pipeline.sources.raw import Raw

_HEAD_BYTES = 4096
_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{1,40})", re.I)
_XML_ENCODING = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9_:.-]{1,40})", re.I)
_XML_DECLARATION = re.compile(r"\s*<\?xml[^>]{0,300}\?>")
_PAGE = re.compile(r"<(?:html|body|head)\b", re.I)
_SHARE = 2  # times the shown text: a hidden one that is so long is told


def is_page(data: bytes) -> bool:
    """Tell whether content begins like a web page."""
    head = data[:_HEAD_BYTES].removeprefix(codecs.BOM_UTF8).lstrip().lower()
    return head.startswith((b"<!doctype html", b"<html"))


def read_html(raw: Raw) -> Iterator[Document]:
    """Yield the article in a web page as one document; its text is the extracted one.

    The encoding is the byte order mark's, or that of the page's own declaration. Raises
    SourceError when there is no article in the page.
    """
    decoded = raw.decoded(declared=declared_charset(raw.data))
    # lxml refuses text that declares an encoding of its own.
    declaration = _XML_DECLARATION.match(decoded.text)
    page = decoded.text[declaration.end() :] if declaration else decoded.text
    if not _PAGE.search(page[:_HEAD_BYTES]):  # a fragment, which trafilatura does not take
        page = f"<html><body>{page}</body></html>"
    code, tree = repaired(page)
    blocks = page_blocks(tree)
    article = _with_hidden(find_article(code, blocks), hidden_text(tree))
    extracted = article.extracted
    guessed = extracted.date if extracted is not None else None
    date = page_date(page, tree, blocks, guessed=guessed)
    yield make_document(
        article.text,
        article.blocks,
        name=raw.name,
        encoding=decoded.encoding,
        title=(extracted.title if extracted is not None else None) or None,
        date=date,
        notes=article.notes,
        origin=page_origin(tree, extracted, date=date),
    )


def declared_charset(data: bytes) -> str | None:
    """Return the encoding that a page names in its first 4096 bytes, or None."""
    head = data[:_HEAD_BYTES]
    match = _CHARSET.search(head) or _XML_ENCODING.search(head)
    return None if match is None else match[1].decode("ascii")


def _with_hidden(article: PageArticle | None, hidden: str | None) -> PageArticle:
    """Return an article with a note of the text that the page has for search engines only.

    That text is the article where the page shows none. Raises SourceError where there is neither.
    """
    if hidden is not None and (article is None or not article.shown):
        note = "the page shows no article: its text is that for search engines (JSON-LD)"
        extracted = article.extracted if article is not None else None
        return PageArticle(hidden, tuple(line_blocks(hidden, frozenset())), extracted, (note,))
    if article is None:
        raise SourceError(
            "no article was found in this page",
            hint="save the page after it has loaded completely, or copy its text into a .txt file",
        )
    if hidden is None or letters(hidden) < _SHARE * letters(article.text):
        return article
    note = (
        f"the page shows only part of its article: {letters(hidden)} letters stand in its data for"
        " search engines (JSON-LD), and were not read"
    )
    return replace(article, notes=(*article.notes, note))
