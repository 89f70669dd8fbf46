"""A text in the containers that are read: office files, books, letters, feeds."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Mapping, Sequence
from email.message import EmailMessage
from email.policy import SMTP
from xml.sax.saxutils import escape

_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_ODF = "urn:oasis:names:tc:opendocument:xmlns:"
_PAGE = "application/xhtml+xml"


def wrapped(paragraphs: Sequence[str], title: str, suffix: str) -> bytes:
    """Return a file of a format with a title and paragraphs."""
    parts = [_CONTROLS.sub("", text) for text in paragraphs]
    title = " ".join(_CONTROLS.sub("", title).split())
    pages = "".join(f"<p>{escape(text)}</p>" for text in parts)
    if suffix == ".docx":
        body = "".join(f"<w:p><w:r><w:t>{escape(text)}</w:t></w:r></w:p>" for text in parts)
        document = f'<w:document xmlns:w="{_WORD}"><w:body>{body}</w:body></w:document>'
        return _zip({"word/document.xml": document})
    if suffix == ".odt":
        body = "".join(f"<t:p>{escape(text)}</t:p>" for text in parts)
        names = f'xmlns:o="{_ODF}office:1.0" xmlns:t="{_ODF}text:1.0"'
        return _zip({"content.xml": f"<o:c {names}><o:body><o:text>{body}</o:text></o:body></o:c>"})
    if suffix == ".epub":
        manifest = f'<manifest><item id="a" href="a.html" media-type="{_PAGE}"/></manifest>'
        package = f'<package>{manifest}<spine><itemref idref="a"/></spine></package>'
        return _zip({"a.opf": package, "a.html": f"<html><body>{pages}</body></html>"})
    if suffix == ".rtf":
        body = "\\par ".join("".join(map(_rtf, text)) for text in parts)
        return f"{{\\rtf1\\ansi {body}\\par}}".encode("ascii")
    if suffix in (".eml", ".mbox"):
        message = EmailMessage()
        message["Subject"] = title
        message["From"] = "a@b.example"
        message.set_content("\n\n".join(parts) + "\n")
        start = b"From a@b.example Fri Nov 28 09:00:00 2025\n" if suffix == ".mbox" else b""
        return start + message.as_bytes(policy=SMTP)
    if suffix == ".rss":
        item = f"<title>{escape(title)}</title><description>{escape(pages)}</description>"
        return f"<rss><channel><item>{item}</item></channel></rss>".encode()
    version = "https://jsonfeed.org/version/1.1"
    items = [{"title": title, "content_text": text} for text in parts]
    return json.dumps({"version": version, "items": items}).encode()


def _zip(parts: Mapping[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def _rtf(character: str) -> str:
    if character in "\\{}":
        return "\\" + character
    if character.isascii():
        return character
    units = character.encode("utf-16-le")
    return "".join(
        f"\\u{int.from_bytes(units[at : at + 2], 'little', signed=True)}?"
        for at in range(0, len(units), 2)
    )
