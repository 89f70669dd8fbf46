"""Messages of Outlook (.msg): one document a message."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from pipeline.document import Document, Origin, Rejection
from pipeline.errors import SourceError
from pipeline.sources.block import visible
from pipeline.sources.encoding import decode
from pipeline.sources.html import declared_charset
from pipeline.sources.mail.bodies import Body
from pipeline.sources.mail.headers import field
from pipeline.sources.mail.letter import Letter, letter_document
from pipeline.sources.mail.msg_properties import FILE_NAMES, MsgProperties
from pipeline.sources.office.rtf_story import RtfParagraph
from pipeline.sources.office.rtf_text import RtfText
from pipeline.sources.origin import most_exact, names, wording
from pipeline.sources.raw import Raw

if TYPE_CHECKING:
    from olefile import OleFileIO

_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MARK = "__properties_version1.0".encode("utf-16-le")
_ENCRYPTED = ".smime"
_AGAIN = "save the letter again from Outlook"
_DEEPEST = 10  # messages inside each other


def is_msg(data: bytes) -> bool:
    """Tell whether content is a compound file with the properties of a message."""
    return data.startswith(_COMPOUND) and _MARK in data


def read_msg(raw: Raw) -> Iterator[Document | Rejection]:
    """Yield a message as one document; messages attached to it follow, each as another.

    Raises SourceError for a file that is no message, is broken or encrypted, or has no text.
    """
    with _opened(raw.data) as file:
        message = MsgProperties(file)
        attached = list(_embedded(message))
        if not attached:
            yield letter_document(_letter(message), name=raw.name)
            return
        for number, letter in enumerate([message, *attached], start=1):
            yield _document(letter, raw.name, str(number))


def _opened(data: bytes) -> OleFileIO:
    import olefile

    if not data.startswith(_COMPOUND):
        raise SourceError("is not a message of Outlook", hint="check what it is, and its name")
    try:
        file = olefile.OleFileIO(io.BytesIO(data))
    except (OSError, ValueError, IndexError, RecursionError) as error:
        raise SourceError("is a broken message of Outlook", hint=_AGAIN) from error
    if not file.exists("__properties_version1.0"):
        raise SourceError("is an old office document, and no message", hint="save it as .docx")
    return file


def _embedded(message: MsgProperties, *, depth: int = 0) -> Iterator[MsgProperties]:
    for attachment in message.attachments() if depth < _DEEPEST else ():
        inside = attachment.embedded()
        if inside is not None:
            yield inside
            yield from _embedded(inside, depth=depth + 1)


def _document(message: MsgProperties, file: str, part: str) -> Document | Rejection:
    name = f"{file}#{part}"
    try:
        letter = _letter(message)
        origin = replace(letter.origin, part=part)
        return letter_document(replace(letter, origin=origin), name=name)
    except SourceError as error:
        reason = f"message {part} of {file}: {error}"
        return Rejection(name, "sources", reason, error.hint)


def _letter(message: MsgProperties) -> Letter:
    if _ENCRYPTED in message.text("001A").lower() and "multipart" not in message.text("001A"):
        raise SourceError("is encrypted", hint="decrypt it in Outlook, and save it again")
    body = _body(message)
    return Letter(
        subject=message.text("0037", "0E1D", "0070"),
        texts=() if body is None else (body,),
        origin=_origin(message),
        attached=tuple(
            attachment.text(*FILE_NAMES) or "a file"
            for attachment in message.attachments()
            if attachment.embedded() is None
        ),
    )


def _body(message: MsgProperties) -> Body | None:
    """Return the text of a message: HTML, or plain, or else the rich text that Outlook keeps."""
    if page := message.binary("1013"):
        found = decode(page, declared=declared_charset(page) or message.code_page)
        if visible(found.text):
            return Body(found.text, found.encoding, is_html=True)
    for identifier, is_html in (("1013", True), ("1000", False)):
        text = message.decoded(identifier)
        if text is not None and visible(text.text):
            return Body(text.text, text.encoding, is_html)
    return _rich(message.binary("1009"))


def _rich(packed: bytes) -> Body | None:
    """Return the text of rich text that is packed as in MS-OXRTFCP, or None."""
    from compressed_rtf import decompress

    if not packed:
        return None
    try:
        rich = decompress(packed)
    except Exception as error:  # the library raises Exception itself
        raise SourceError("is broken: its text cannot be unpacked", hint=_AGAIN) from error
    lines = [
        item.text if isinstance(item, RtfParagraph) else _row(item.cells)
        for item in RtfText(rich).items
    ]
    return Body("\n\n".join(lines), "rtf", is_html=False) if lines else None


def _row(cells: tuple[tuple[RtfParagraph, ...], ...]) -> str:
    return " | ".join(" ".join(p.text for p in cell) for cell in cells)


def _origin(message: MsgProperties) -> Origin:
    from email.parser import HeaderParser

    head = HeaderParser().parsestr(message.text("007D"))
    name = message.text("0C1A", "0042")
    address = message.text("5D01", "5D02", "0C1F", "0065")
    domain = address.rpartition("@")[2].lower() if "@" in address else ""
    return Origin(
        publisher=wording(field(head, "Organization") or domain),
        author=names(name or address.partition("@")[0]),
        published_at=most_exact([field(head, "Date"), message.sent_at]),
        identifier=wording((message.text("1035") or field(head, "Message-ID")).strip("<> ")),
    )
