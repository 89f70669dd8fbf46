"""Messages of a chat, and the posts that they make: a long post is sent in several messages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from pipeline.document import Document, Origin, Rejection
from pipeline.errors import SourceError
from pipeline.sources import mojibake
from pipeline.sources.block import Block, make_document, visible
from pipeline.sources.plain import layout

_FULL_UNITS = 3_600  # of UTF-16; a message holds 4096, and a split one is cut at a word before that
_SPLIT_S = 120.0  # between two parts of one post
_AT_ONCE_S = 1.0  # between two messages that one hand did not type
_GAP = "\n\n"
_ENDS = frozenset(".!?…:;»”\"')]")


@dataclass(frozen=True, slots=True)
class Message:
    """One message with text. `at` is a time with its zone where the export tells it.

    `sent` is the same by the clock of who exported it. `forwarded_from` is where it was forwarded
    from, `replies_to` the id of another message. `blocks` are the paragraphs of `text`, where its
    markup shows them.
    """

    id: str
    text: str
    at: str | None = None
    sent: datetime | None = None
    edited_at: str | None = None
    sender: str | None = None
    forwarded_from: str | None = None
    replies_to: str | None = None
    blocks: tuple[Block, ...] | None = None


@dataclass(frozen=True, slots=True)
class Chat:
    """A chat or a channel; `prefix` tells its messages from those of others in one file."""

    name: str | None
    prefix: str = ""
    id: str | None = None


def posts(messages: Iterable[Message]) -> Iterator[list[Message]]:
    """Yield the messages of each post; almost always one."""
    post: list[Message] = []
    for message in messages:
        if post and not _goes_on(post[-1], message):
            yield post
            post = []
        post.append(message)
    if post:
        yield post


def post_document(
    post: list[Message], chat: Chat, *, file: str, encoding: str
) -> Document | Rejection:
    """Return a post as a document that is named after its first message: `FILE#ID`."""
    first, last = post[0], post[-1]
    part = f"{chat.prefix}{first.id}"
    text, blocks = _joined(post)
    source = first.forwarded_from
    notes = [f"forwarded from {source}"] if source else []
    if len(post) > 1:
        notes.append(f"joined from {len(post)} messages: {first.id} to {last.id}")
    try:
        return make_document(
            text,
            blocks,
            name=f"{file}#{part}",
            encoding=encoding,
            date=None if first.at is None else first.at[: len("2026-03-01")],
            notes=tuple(notes),
            origin=Origin(
                publisher=chat.name,
                author=source or (first.sender if first.sender != chat.name else None),
                published_at=first.at,
                updated_at=max(filter(None, (m.edited_at for m in post)), default=None),
                identifier=f"telegram:{chat.id or chat.name or file}/{first.id}",
                part=part,
            ),
        )
    except SourceError as error:
        reason = f"message {part} of {file}: {error}"
        return Rejection(f"{file}#{part}", "sources", reason, error.hint)


def _joined(post: list[Message]) -> tuple[str, list[Block]]:
    """Return the text of a post; a sentence that goes on in the next message stays in one piece."""
    text, blocks = "", list[Block]()
    for message in post:
        own = mojibake.repair(message.text)
        marked = message.blocks if own == message.text else None
        found = list(layout(own).blocks if marked is None else marked)
        inside = _breaks_sentence(text, own)
        gap = " " if inside else _GAP if text else ""
        shift = len(text) + len(gap)
        text = f"{text}{gap}{own}"
        found = [replace(b, start=b.start + shift, end=b.end + shift) for b in found]
        if inside and blocks and found:
            blocks[-1] = replace(blocks[-1], end=found.pop(0).end)
        blocks += found
    return text, blocks


def _breaks_sentence(text: str, following: str) -> bool:
    return following.lstrip()[:1].islower() and text.rstrip()[-1:] not in {*_ENDS, ""}


def _goes_on(before: Message, message: Message) -> bool:
    """Tell whether a message goes on with the post of the one before it.

    It does where the same hand sent it right after: behind a message that was full, in the middle
    of a sentence, or so soon that nobody typed it. What is forwarded together stays apart, unless
    it was full.
    """
    if (before.sender, before.forwarded_from) != (message.sender, message.forwarded_from):
        return False
    if message.replies_to not in (None, before.id, before.replies_to):
        return False
    if before.sent is None or message.sent is None:
        return False
    pause = (message.sent - before.sent).total_seconds()
    if not 0 <= pause <= _SPLIT_S:
        return False
    text, following = before.text.rstrip(), message.text.lstrip()
    if len(text.encode("utf-16-le", "replace")) // 2 >= _FULL_UNITS:
        return True
    if _breaks_sentence(text, following) or following.startswith(("…", "...")):
        return True
    return before.forwarded_from is None and pause <= _AT_ONCE_S


def has_text(message: Message) -> bool:
    """Tell whether a message says anything in words."""
    return visible(message.text)
