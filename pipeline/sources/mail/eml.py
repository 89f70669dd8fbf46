"""Messages and mailboxes (RFC 5322, RFC 4155): one document a message.

The standard library reads mailboxes from a path only, and takes each line that begins with "From "
for a new message, so the messages of a mailbox are cut here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from pipeline.document import Document, Origin, Rejection
from pipeline.errors import SourceError
from pipeline.sources.mail.bodies import bodies_of
from pipeline.sources.mail.headers import field, sender
from pipeline.sources.mail.letter import Letter, letter_document
from pipeline.sources.origin import most_exact, names, web_address, wording
from pipeline.sources.raw import Raw

if TYPE_CHECKING:
    from email.message import Message

_START = re.compile(rb"(?:\A|(?<=\n\n)|(?<=\n\r\n))From [^\r\n]*\d\d:\d\d[^\r\n]*\r?\n")
_ESCAPED = re.compile(rb"^>(?=>*From )", re.MULTILINE)
_HEAD = re.compile(
    rb"(?:(?:Return-Path|Received|Delivered-To|Message-ID|MIME-Version|From|To|Date|Subject"
    rb"|X-[\w-]{1,60}|DKIM-Signature|Content-Type|Reply-To|ARC-Seal):[^\r\n]*"
    rb"(?:\r?\n[ \t][^\r\n]*)*\r?\n){2}",
    re.IGNORECASE,
)
_TELLING = ("from", "date", "subject", "received", "message-id", "to", "content-type")
_MAIL_HINT = "check what it is, and its name; save letters from the mail program as .eml"


def is_eml(data: bytes) -> bool:
    """Tell whether content begins with fields of a message."""
    return _HEAD.match(data) is not None


def is_mbox(data: bytes) -> bool:
    """Tell whether content begins like a mailbox."""
    return _START.match(data) is not None


def read_eml(raw: Raw) -> Iterator[Document | Rejection]:
    """Yield a message as one document; messages attached to it follow, each as another.

    Raises SourceError for a file that is no message, is encrypted, or has no text.
    """
    data = raw.data
    if start := _START.match(data):
        data = data[start.end() :]
    message = _message(data)
    attached = list(_attached(message, raw.name, "", depth=0))
    if not attached:
        yield letter_document(_letter(message, None), name=raw.name)
        return
    yield from _each(message, raw.name, "1")
    yield from attached


def read_mbox(raw: Raw) -> Iterator[Document | Rejection]:
    """Yield the messages of a mailbox; message N of FILE is named `FILE#N`.

    Raises SourceError for a file that is no mailbox.
    """
    starts = list(_START.finditer(raw.data))
    if not starts or raw.data[: starts[0].start()].strip():
        raise SourceError("is not a mailbox: it begins with no line `From ...`", hint=_MAIL_HINT)
    ends = [*(start.start() for start in starts[1:]), len(raw.data)]
    for number, (start, end) in enumerate(zip(starts, ends, strict=True), start=1):
        data = _ESCAPED.sub(b"", raw.data[start.end() : end])
        yield from _each(data, raw.name, str(number))


def _each(source: bytes | Message, name: str, part: str) -> Iterator[Document | Rejection]:
    """Yield a message of several and those attached to it; one that cannot be used is rejected."""
    try:
        message = _message(source) if isinstance(source, bytes) else source
        yield letter_document(_letter(message, part), name=f"{name}#{part}")
    except SourceError as error:
        reason = f"message {part} of {name}: {error}"
        yield Rejection(f"{name}#{part}", "sources", reason, error.hint)
        return
    if isinstance(source, bytes):
        yield from _attached(message, name, f"{part}.", depth=0)


def _attached(
    message: Message, name: str, above: str, *, depth: int
) -> Iterator[Document | Rejection]:
    """Yield the messages attached to a message, and those attached to them."""
    if depth > 10:
        return
    for number, inside in enumerate(bodies_of(message).messages, start=1 if above else 2):
        part = f"{above}{number}"
        yield from _each(inside, name, part)
        yield from _attached(inside, name, f"{part}.", depth=depth + 1)


def _message(data: bytes) -> Message:
    from email import message_from_bytes

    message = message_from_bytes(data.lstrip(b"\r\n"))
    if not any(message.get_all(field_name) for field_name in _TELLING):
        raise SourceError("is not a message: it has no fields at its head", hint=_MAIL_HINT)
    return message


def _letter(message: Message, part: str | None) -> Letter:
    found = bodies_of(message)
    return Letter(
        subject=field(message, "Subject"),
        texts=tuple(found.texts),
        origin=_origin(message, part),
        attached=tuple(found.attached),
        notes=tuple(dict.fromkeys(found.faults)),
    )


def _origin(message: Message, part: str | None) -> Origin:
    name, address = sender(message)
    received = field(message, "Received").rpartition(";")[2]
    group = field(message, "List-Id").partition("<")[0].strip(' "')
    return Origin(
        url=web_address(field(message, "Archived-At").strip("<>")),
        publisher=wording(
            field(message, "Organization") or group or address.rpartition("@")[2].lower()
        ),
        author=names(name or address.partition("@")[0]),
        published_at=most_exact([field(message, "Date"), received.strip()]),
        identifier=wording(field(message, "Message-ID").strip("<> ")),
        part=part,
    )
