"""Web pages: the article as trafilatura finds it, without menus, adverts and comments."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pipeline.document import Document, Kind
from pipeline.errors import SourceError
from pipeline.sources.block import Block, make_document, split_lines
from pipeline.sources.page_origin import page_origin
from pipeline.sources.quiet import quiet
from pipeline.sources.raw import Raw

if TYPE_CHECKING:
    from trafilatura.settings import Document as Extracted

_HEAD_BYTES = 4096
_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{1,40})", re.I)
_XML_ENCODING = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9_:.-]{1,40})", re.I)
_XML_DECLARATION = re.compile(r"\s*<\?xml[^>]{0,300}\?>")
_PAGE = re.compile(r"<(?:html|body|head)\b", re.I)
_LIST_MARK = re.compile(r"\s*[-•]\s+(?=\S)")


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
    article = _extract(page)
    if article is None or not (article.text or "").strip():
        raise SourceError(
            "no article was found in this page",
            hint="save the page after it has loaded completely, or copy its text into a .txt file",
        )
    text = str(article.text)
    yield make_document(
        text,
        _blocks(text, _headings(article)),
        name=raw.name,
        encoding=decoded.encoding,
        title=article.title or None,
        date=article.date or None,
        origin=page_origin(page, article),
    )


def declared_charset(data: bytes) -> str | None:
    """Return the encoding that a page names in its first 4096 bytes, or None."""
    head = data[:_HEAD_BYTES]
    match = _CHARSET.search(head) or _XML_ENCODING.search(head)
    return None if match is None else match[1].decode("ascii")


def _extract(page: str) -> Extracted | None:
    from lxml.etree import LxmlError  # type: ignore[import-untyped]
    from trafilatura import bare_extraction

    # A guessed date is worse than none: only those that the page marks up as its own.
    date_options = {
        "original_date": True,
        "extensive_search": False,
        "max_date": datetime.now(UTC).date().isoformat(),
    }
    with quiet("trafilatura", "htmldate", "courlan", "justext"):
        for precise in (True, False):
            try:
                found = bare_extraction(
                    page,
                    favor_precision=precise,
                    include_comments=False,
                    with_metadata=True,
                    date_extraction_params=dict(date_options),
                )
            except (LxmlError, RecursionError) as error:
                raise SourceError(
                    f"is not a page that can be read: {error}",
                    hint="copy its text into a .txt file",
                ) from error
            if found is not None and not isinstance(found, dict) and (found.text or "").strip():
                return found
    return None


def _headings(article: Extracted) -> frozenset[str]:
    if article.body is None:
        return frozenset()
    found = (" ".join("".join(head.itertext()).split()) for head in article.body.iter("head"))
    return frozenset(heading for heading in found if heading)


def _blocks(text: str, headings: frozenset[str]) -> Iterator[Block]:
    for line in split_lines(text):
        if line.blank:
            continue
        mark = _LIST_MARK.match(line.text)
        if " ".join(line.text.split()) in headings:
            yield Block(line.start, line.end, Kind.HEADING)
        elif line.text.lstrip().startswith("|"):
            yield Block(line.start, line.end, Kind.CODE)  # the row of a table
        elif mark is not None:
            yield Block(line.start + mark.end(), line.end, Kind.LIST_ITEM)
        else:
            yield Block(line.start, line.end)
