"""Files inside a Word document that are part of its text (`w:altChunk`, ISO/IEC 29500-1, 17.17.2).

A program that puts documents together leaves it to Word to read such parts: a page, a page with
its pictures (MHT), another Word document, RTF, plain text.
"""

from __future__ import annotations

import email
import email.policy
from collections.abc import Callable, Iterator

from pipeline.document import Document
from pipeline.errors import SourceError
from pipeline.sources.encoding import decode
from pipeline.sources.fragment import body_of, has_markup, read_fragment
from pipeline.sources.html import declared_charset
from pipeline.sources.office.rtf import is_rtf, read_rtf
from pipeline.sources.plain import layout
from pipeline.sources.raw import Raw
from pipeline.sources.shown import Shown

_MESSAGE = (b"mime-version:", b"content-type: multipart/related")
_HEAD_BYTES = 2048


def chunk_text(raw: Raw, *, word: Callable[[Raw], Iterator[Document]]) -> list[Shown]:
    """Return the blocks of a file inside a Word document; `word` reads another such document.

    Raises SourceError for a file of another kind, or one without a text.
    """
    if raw.data.startswith(b"PK"):
        return _blocks(word(raw))
    if is_rtf(raw.data):
        return _blocks(read_rtf(raw))
    data, charset = _page(raw.data)
    text = decode(data, declared=charset or declared_charset(data)).text
    if has_markup(text):
        text, blocks = read_fragment(body_of(text))
    else:
        blocks = list(layout(text).blocks)
    return [Shown(text[b.start : b.end], b.kind) for b in blocks]


def _page(data: bytes) -> tuple[bytes, str | None]:
    """Return the page in a message of MIME (RFC 2557), with its encoding; other data as it is."""
    if not any(mark in data[:_HEAD_BYTES].lower() for mark in _MESSAGE):
        return data, None
    for part in email.message_from_bytes(data, policy=email.policy.compat32).walk():
        if part.get_content_type() in ("text/html", "application/xhtml+xml", "text/plain"):
            content = part.get_payload(decode=True)
            if isinstance(content, bytes):
                return content, part.get_content_charset()
    raise SourceError("is a message without a page", hint="save the document again in Word")


def _blocks(documents: Iterator[Document]) -> list[Shown]:
    return [Shown(p.text, p.kind) for document in documents for p in document.paragraphs]
