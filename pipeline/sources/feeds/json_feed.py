"""JSON Feed 1 and 1.1 (jsonfeed.org): one document an item."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from pipeline.document import Document, Rejection
from pipeline.errors import SourceError
from pipeline.sources.block import headed, make_document
from pipeline.sources.fields import date_of, kind_of, spelt_alike, text_of, title_of
from pipeline.sources.origin import origin_of, wording
from pipeline.sources.raw import Raw

_VERSION = b"jsonfeed.org/version/"
_HEAD_BYTES = 4096
_MARKS = b"\xef\xbb\xbf\xff\xfe \t\r\n"
_HINT = "look at the file; see jsonfeed.org for its form"


def is_json_feed(data: bytes) -> bool:
    """Tell whether content is a JSON object that names a version of JSON Feed."""
    head = data[:_HEAD_BYTES].replace(b"\0", b"").replace(b"\\/", b"/")  # UTF-16, too
    return head.lstrip(_MARKS).startswith(b"{") and _VERSION in head


def read_json_feed(raw: Raw) -> Iterator[Document | Rejection]:
    """Yield the items of a feed; item N of FILE is named `FILE#N`.

    Raises SourceError for a file that is no JSON Feed, or has no item.
    """
    decoded = raw.decoded()
    feed = _parsed(decoded.text)
    items = feed.get("items")
    if not isinstance(items, list) or not items:
        raise SourceError("is a feed without items", hint=_HINT)
    for number, item in enumerate(items, start=1):
        part = str(number)
        try:
            yield _document(item, feed, name=raw.name, part=part, encoding=decoded.encoding)
        except SourceError as error:
            reason = f"item {number} of {raw.name}: {error}"
            yield Rejection(f"{raw.name}#{part}", "sources", reason, error.hint or _HINT)


def _parsed(text: str) -> Mapping[str, Any]:
    try:
        feed = json.loads(text, strict=False)
    except json.JSONDecodeError as error:
        raise SourceError(
            f"is no valid JSON: {error.msg} in line {error.lineno}",
            hint="copy or download it again",
        ) from error
    except (ValueError, RecursionError) as error:
        raise SourceError("is no usable JSON: it nests too deep", hint=_HINT) from error
    if not isinstance(feed, dict) or "jsonfeed" not in str(feed.get("version")):
        raise SourceError("is a JSON file, and no JSON Feed", hint=_HINT)
    return feed


def _document(
    item: object, feed: Mapping[str, Any], *, name: str, part: str, encoding: str
) -> Document:
    if not isinstance(item, dict):
        raise SourceError(f"holds {kind_of(item)}, not an object")
    fields = spelt_alike(item)
    # Markup tells where paragraphs end, so it goes before the text without.
    found = text_of({**fields, "text": fields.get("content_html")})
    date, notes = date_of(fields)
    title = title_of(fields) or found.title
    text, blocks = headed(found.text, found.blocks, title)
    origin = origin_of({**item, "author": item.get("authors") or item.get("author")})
    return make_document(
        text,
        blocks,
        name=f"{name}#{part}",
        encoding=encoding,
        title=title,
        date=date or found.date,
        notes=(*found.notes, *notes),
        origin=replace(
            origin,
            url=origin.url or origin_of({"url": item.get("external_url")}).url,
            publisher=origin.publisher or wording(feed.get("title")),
            part=part,
        ),
    )
