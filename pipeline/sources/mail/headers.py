"""The fields at the head of a message (RFC 5322), with encoded words and stray bytes read."""

from __future__ import annotations

import re
from email.utils import parseaddr
from typing import TYPE_CHECKING

from pipeline.errors import SourceError
from pipeline.sources.encoding import decode

if TYPE_CHECKING:
    from email.message import Message

_FOLD = re.compile(r"\r?\n[ \t]+|[\r\n]+")


def field(message: Message, name: str) -> str:
    """Return the first field of that name as text, or nothing.

    Encoded words (RFC 2047) are decoded; bytes above 127, which should not be there, are read like
    those of a file.
    """
    return unencoded(_raw(message, name))


def sender(message: Message) -> tuple[str, str]:
    """Return the name and the address of the sender; each may be empty."""
    name, address = parseaddr(_raw(message, "From") or _raw(message, "Sender"))
    return unencoded(name), address


def unencoded(text: str) -> str:
    """Return the text of a field with its encoded words decoded, on one line."""
    from email.errors import HeaderParseError
    from email.header import decode_header

    try:
        pieces = decode_header(text)
    except HeaderParseError:
        pieces = [(text, None)]
    words = [_decoded(piece, charset) for piece, charset in pieces]
    return " ".join("".join(words).split())


def _raw(message: Message, name: str) -> str:
    """Return a field as it stands, unfolded."""
    wanted = name.lower()
    for known, value in message.raw_items():
        if known.lower() == wanted:
            line = _FOLD.sub(" ", str(value))
            return line if line.isascii() else _of_bytes(line)
    return ""


def _of_bytes(line: str) -> str:
    """Return a field with bytes above 127, which the parser keeps as half surrogates."""
    data = line.encode("utf-8", "surrogateescape")
    return _decoded(data, None)


def _decoded(piece: bytes | str, charset: str | None) -> str:
    if isinstance(piece, str):
        return piece
    if charset is None and piece.isascii():
        return piece.decode("raw-unicode-escape")  # as `decode_header` has encoded it
    try:
        return decode(piece, declared=charset).text if piece else ""
    except SourceError:
        return piece.decode("utf-8", "replace")
