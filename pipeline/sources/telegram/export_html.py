"""The HTML export of Telegram Desktop, `messages.html`, `messages2.html` and so on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from pipeline.document import Document, Rejection
from pipeline.errors import SourceError
from pipeline.sources.fragment import read_fragment
from pipeline.sources.origin import wording
from pipeline.sources.raw import Raw
from pipeline.sources.telegram.posts import Chat, Message, has_text, post_document, posts
from pipeline.sources.times import instant

if TYPE_CHECKING:
    from lxml.html import HtmlElement  # type: ignore[import-untyped]

_MARK = b'class="message default clearfix'
_TIME = re.compile(r"(\d{2})\.(\d{2})\.(\d{4}) (\d{2}:\d{2}:\d{2})(?: UTC([+-]\d{2}:\d{2})?)?")
_ID = re.compile(r"message(\d+)$")


def is_telegram_page(data: bytes) -> bool:
    """Tell whether content is a page of an export."""
    return _MARK in data


def read_telegram_page(raw: Raw) -> Iterator[Document | Rejection]:
    """Yield each post with text as a document, named `FILE#ID`.

    Raises SourceError for a page without text in its messages.
    """
    from lxml.etree import LxmlError  # type: ignore[import-untyped]
    from lxml.html import document_fromstring

    decoded = raw.decoded(declared="utf-8")
    try:
        tree = document_fromstring(decoded.text)
    except (LxmlError, ValueError) as error:
        raise SourceError("is not a page that can be read", hint="export the chat again") from error
    chat = Chat(_words(_first(tree, "page_header")))
    with_text = (message for message in _messages(tree) if has_text(message))
    found = False
    for post in posts(with_text):
        found = True
        yield post_document(post, chat, file=raw.name, encoding=decoded.encoding)
    if not found:
        raise SourceError("holds no message with text", hint="export the chat again")


def _messages(tree: HtmlElement) -> Iterator[Message]:
    """Yield the messages; one that is joined to another has its sender."""
    sender: str | None = None
    source: str | None = None
    for place, element in enumerate(_all(tree, "message"), start=1):
        classes = _classes(element)
        if "default" not in classes:
            continue
        own = _words(_first(element, "from_name", outside="forwarded"))
        if own or "joined" not in classes:
            sender, source = own, None
        bodies = (body for body in _all(element, "body") if "forwarded" in _classes(body))
        forwarded = next(bodies, None)
        if forwarded is not None:  # of several in a row only the first says where from
            source = _forwarded_from(forwarded) or source
        text = _first(element, "text")
        text = text if text is not None else _first(element, "question")
        shown, blocks = ("", []) if text is None else read_fragment(_inside(text))
        time = _first(element, "date", outside="forwarded")
        number = _ID.search(element.get("id") or "")
        reply = _first(element, "reply_to")
        answered = re.search(r"message(\d+)", _link(reply)) if reply is not None else None
        yield Message(
            id=number[1] if number else f"n{place}",
            text=shown,
            at=_time(time),
            sent=_clock(time),
            sender=sender,
            forwarded_from=source if forwarded is not None else None,
            replies_to=answered[1] if answered else None,
            blocks=tuple(blocks),
        )


def _forwarded_from(forwarded: HtmlElement) -> str | None:
    """Return the name above a forwarded text, without the time that stands in the same line."""
    name = _first(forwarded, "from_name")
    return None if name is None else wording(name.text)


def _inside(element: HtmlElement) -> str:
    from lxml.html import tostring

    # Quotation marks of HTML alone are escaped in a text.
    start = (element.text or "").replace("&", "&amp;").replace("<", "&lt;")
    return start + "".join(tostring(child, encoding="unicode") for child in element)


def _time(element: HtmlElement | None) -> str | None:
    """Return a time such as `03.10.2025 12:34:18 UTC+03:00`; without a zone the date alone."""
    found = None if element is None else _TIME.search(element.get("title") or "")
    if found is None:
        return None
    day, month, year, time, zone = found.groups()
    utc = "+00:00" if "UTC" in found[0] else ""
    return instant(f"{year}-{month}-{day}T{time}{zone or utc}")


def _clock(element: HtmlElement | None) -> datetime | None:
    found = None if element is None else _TIME.search(element.get("title") or "")
    try:
        day = None if found is None else f"{found[3]}-{found[2]}-{found[1]}T{found[4]}"
        return None if day is None else datetime.fromisoformat(day)
    except ValueError:
        return None


def _link(element: HtmlElement) -> str:
    return next((a.get("href") or a.get("onclick") or "" for a in element.iter("a")), "")


def _words(element: HtmlElement | None) -> str | None:
    return None if element is None else wording("".join(element.itertext()))


def _classes(element: HtmlElement) -> list[str]:
    return (element.get("class") or "").split()


def _all(tree: HtmlElement, name: str) -> Iterator[HtmlElement]:
    for element in tree.iter("div"):
        if name in _classes(element):
            yield element


def _first(tree: HtmlElement, name: str, *, outside: str | None = None) -> HtmlElement | None:
    """Return the first element of a class; with `outside`, none within an element of that class."""
    for element in _all(tree, name):
        around = element.iterancestors()
        if outside is None or not any(outside in _classes(one) for one in around):
            return element
    return None
