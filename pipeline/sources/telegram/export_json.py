"""The JSON export of Telegram Desktop, `result.json`: one chat, or all of an account."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from pipeline.document import Document, Rejection
from pipeline.errors import SourceError
from pipeline.sources.json_value import json_value
from pipeline.sources.origin import wording
from pipeline.sources.raw import Raw
from pipeline.sources.surrogates import without_surrogates
from pipeline.sources.telegram.posts import Chat, Message, has_text, post_document, posts
from pipeline.sources.times import instant

_HEAD_BYTES = 65_536
_MESSAGES = re.compile(rb'"messages"\s*:\s*\[\s*(?:\]|\{[^\]]{0,4000}?"type"\s*:)')
_LISTS = ("chats", "left_chats")


def is_telegram_json(data: bytes) -> bool:
    """Tell whether content is an object with messages that have a type."""
    head = data[:_HEAD_BYTES]
    return head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{") and bool(_MESSAGES.search(head))


def read_telegram_json(raw: Raw) -> Iterator[Document | Rejection]:
    """Yield each post with text as a document, named `FILE#ID`, or `FILE#CHAT/ID` of several chats.

    Raises SourceError for a file that is no export, or has no text.
    """
    decoded = raw.decoded()
    value = json_value(decoded.text)
    found = False
    for chat, messages in _chats(value):
        read = (_message(one, number) for number, one in enumerate(messages, start=1))
        with_text = (message for message in read if message is not None and has_text(message))
        for post in posts(with_text):
            found = True
            yield post_document(post, chat, file=raw.name, encoding=decoded.encoding)
    if not found:
        raise SourceError("holds no message with text", hint="export the chat again, as JSON")


def _chats(value: object) -> Iterator[tuple[Chat, list[Any]]]:
    if not isinstance(value, Mapping):
        return
    if isinstance(value.get("messages"), list):
        yield Chat(wording(value.get("name")), id=wording(value.get("id"))), value["messages"]
        return
    for name in _LISTS:
        several = value.get(name)
        chats = several.get("list") if isinstance(several, Mapping) else None
        for chat in chats if isinstance(chats, list) else ():
            if isinstance(chat, Mapping) and isinstance(chat.get("messages"), list):
                own = wording(chat.get("id")) or wording(chat.get("name")) or ""
                yield Chat(wording(chat.get("name")), f"{own}/", own), chat["messages"]


def _message(one: object, number: int) -> Message | None:
    """Return a message, or None for a notice of the service and for what is none.

    One without an id bears its number in the chat.
    """
    if not isinstance(one, Mapping) or one.get("type", "message") != "message":
        return None
    return Message(
        id=wording(one.get("id")) or f"n{number}",
        text=_text(one),
        at=instant(one.get("date_unixtime")) or instant(one.get("date")),
        sent=_clock(one.get("date")),
        edited_at=instant(one.get("edited_unixtime")) or instant(one.get("edited")),
        sender=wording(one.get("author")) or wording(one.get("from")),
        forwarded_from=wording(one.get("forwarded_from")),
        replies_to=wording(one.get("reply_to_message_id")),
    )


def _clock(value: object) -> datetime | None:
    try:
        return datetime.fromisoformat(str(value)).replace(tzinfo=None)
    except ValueError:
        return None


def _text(one: Mapping[str, Any]) -> str:
    """Return the text of a message: a string, or parts that are strings or objects with one."""
    text = _joined(one.get("text")) or _joined(one.get("text_entities"))
    poll = one.get("poll")
    if not text and isinstance(poll, Mapping):
        text = _joined(poll.get("question"))
    return without_surrogates(text)


def _joined(value: object) -> str:
    parts = value if isinstance(value, list) else [value]
    inner = (part.get("text") if isinstance(part, Mapping) else part for part in parts)
    return "".join(part for part in inner if isinstance(part, str))
