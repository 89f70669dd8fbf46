"""The text of a message out of its MIME parts (RFC 2045 to 2049), each in its own encoding."""

from __future__ import annotations

import binascii
import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipeline.errors import SourceError
from pipeline.sources.block import visible
from pipeline.sources.encoding import Decoded, decode
from pipeline.sources.html import declared_charset
from pipeline.sources.mail.headers import unencoded

if TYPE_CHECKING:
    from email.message import Message

_SHIFTED = ("iso2022", "utf-7", "hz")  # codecs that spell letters in ASCII
_ENCRYPTED = ("multipart/encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime")
_BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{4}|\s)+(?:[A-Za-z0-9+/]{2,3}={1,2})?")
_DEEPEST = 50  # parts inside each other


@dataclass(frozen=True, slots=True)
class Body:
    """One text of a message. `is_flowed` tells of soft line ends (RFC 3676)."""

    text: str
    encoding: str
    is_html: bool
    is_flowed: bool = False
    drops_space: bool = False


@dataclass(slots=True)
class Bodies:
    """The texts of a message in order, and the rest of it: other messages, other files."""

    texts: list[Body] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    attached: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def bodies_of(message: Message) -> Bodies:
    """Return the texts of a message: of alternatives the one in HTML, where there is text in it.

    Raises SourceError where the message is encrypted.
    """
    found = Bodies()
    _collect(message, found, depth=0)
    return found


def _collect(part: Message, found: Bodies, *, depth: int) -> None:
    kind = part.get_content_type()
    if kind in _ENCRYPTED:
        raise SourceError("is encrypted", hint="decrypt it in your mail program, and save it")
    if depth > _DEEPEST:
        found.faults.append("parts nested too deep were left out")
    elif kind == "message/rfc822" and part.is_multipart():
        found.messages += map(_unwrapped, _parts(part))
    elif _is_attached(part):
        found.attached.append(_name(part))
    elif kind == "multipart/alternative" and part.is_multipart():
        _choose(part, found, depth=depth)
    elif part.is_multipart():
        for inside in _parts(part):
            _collect(inside, found, depth=depth + 1)
    elif kind in ("text/plain", "text/html") or part.get_content_maintype() == "multipart":
        _read(part, found, is_html=kind == "text/html")
    else:
        found.attached.append(_name(part))


def _choose(part: Message, found: Bodies, *, depth: int) -> None:
    """Collect the best of several forms of one text."""
    forms = []
    for inside in _parts(part):
        form = Bodies()
        _collect(inside, form, depth=depth + 1)
        forms.append(form)
    with_text = [form for form in forms if form.texts]
    html = [form for form in with_text if any(text.is_html for text in form.texts)]
    best = next(iter(html or with_text), None)
    if best is not None:
        found.texts += best.texts
    for form in forms:
        found.messages += form.messages
        found.faults += form.faults
        if form is best:
            found.attached += form.attached


def _read(part: Message, found: Bodies, *, is_html: bool) -> None:
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return
    try:
        read = _decoded(part, payload, is_html=is_html)
    except SourceError as error:
        found.faults.append(f"a part was left out: it {error}")
        return
    if part.get_content_maintype() == "multipart":
        found.faults.append("is damaged: its parts could not be told apart")
    if visible(read.text):
        flowed = str(part.get_param("format") or "").lower() == "flowed"
        drops = str(part.get_param("delsp") or "").lower() == "yes"
        found.texts.append(Body(read.text, read.encoding, is_html, flowed, drops))


def _decoded(part: Message, payload: bytes, *, is_html: bool) -> Decoded:
    declared = part.get_content_charset()
    try:
        codec = codecs.lookup(declared).name if declared else ""
    except (LookupError, ValueError):
        codec = ""
    if codec.startswith(_SHIFTED):
        return Decoded(payload.decode(codec, "replace"), codec)
    if is_html and codec in ("", "ascii", "utf-8"):  # a program's default; the page may know more
        declared = declared_charset(payload) or declared
    return decode(payload, declared=declared) if payload.strip() else Decoded("", "utf-8")


def _is_attached(part: Message) -> bool:
    if part.get_content_disposition() == "attachment":
        return True
    is_text = part.get_content_maintype() == "text" and part.get_filename() is None
    return not part.is_multipart() and part.get_content_disposition() == "inline" and not is_text


def _unwrapped(message: Message) -> Message:
    """Return an attached message; some programs encode it as a whole, against RFC 2046."""
    from email import message_from_bytes

    payload = message.get_payload()
    if message.keys() or not isinstance(payload, str) or not _BASE64.fullmatch(payload.strip()):
        return message
    return message_from_bytes(binascii.a2b_base64(payload))


def _name(part: Message) -> str:
    return unencoded(str(part.get_filename() or "")) or part.get_content_type()


def _parts(part: Message) -> Iterator[Message]:
    payload = part.get_payload()
    if isinstance(payload, list):
        yield from (inside for inside in payload if not isinstance(inside, str))
