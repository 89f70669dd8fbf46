"""Damaged files of every format: a rejection or a repaired document, never a crash.

Each variant is made here from a good file of tests/data/formats.
"""
# ruff: noqa: E501 - a damage a line reads best

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from format_facts import FORMATS, read_data
from test_spans import check

from pipeline.document import Document, Rejection

Damage = Callable[[bytes], bytes]


def cut(share: float) -> Damage:
    """Return the damage of a copy that was broken off."""
    return lambda data: data[: int(len(data) * share)]


def swapped(old: bytes, new: bytes, *, count: int = -1) -> Damage:
    def damage(data: bytes) -> bytes:
        assert old in data
        return data.replace(old, new, count)

    return damage


def repacked(change: Callable[[str, bytes], bytes | None], *more: tuple[str, bytes]) -> Damage:
    """Return the damage of an archive whose members are changed; None takes one out."""

    def damage(data: bytes) -> bytes:
        out = io.BytesIO()
        with (
            zipfile.ZipFile(io.BytesIO(data)) as source,
            zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target,
        ):
            for entry in source.infolist():
                content = change(entry.filename, source.read(entry))
                if content is not None:
                    target.writestr(entry.filename, content)
            for name, content in more:
                target.writestr(name, content)
        return out.getvalue()

    return damage


def in_member(name: str, change: Damage) -> Damage:
    return repacked(lambda found, data: change(data) if found == name else data)


def without(name: str) -> Damage:
    return repacked(lambda found, data: None if found == name else data)


def flipped_member(data: bytes) -> bytes:
    """Return an archive with a bit of a packed member turned round: its checksum is wrong."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entry = max(
            archive.infolist(),
            key=lambda e: (
                "document.xml" in e.filename
                or "content.xml" in e.filename
                or e.filename.endswith("html")
            ),
        )
        at = entry.header_offset + 30 + len(entry.filename) + entry.compress_size // 2
    return data[:at] + bytes([data[at] ^ 0x10]) + data[at + 1 :]


def bomb(data: bytes) -> bytes:
    """Return an archive with a member that unpacks to 200 MB."""
    big = b"<w>" + b" " * 200_000_000
    return repacked(
        lambda found, content: big if found in ("word/document.xml", "content.xml") else content
    )(data)


LAUGHS = (
    b'<!DOCTYPE x [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    + b"".join(
        b'<!ENTITY %c "%s">' % (c, b"&%c;" % (c - 1) * 10) for c in range(ord("c"), ord("k"))
    )
    + b'<!ENTITY secret SYSTEM "file:///etc/hostname">]>'
)


def entities(element: bytes) -> Damage:
    """Return the damage of a file with entities that grow, and one from outside."""

    def damage(data: bytes) -> bytes:
        data = re.sub(rb"^\s*<\?xml[^>]*\?>", b"", data)
        return LAUGHS + data.replace(element, element + b"&j;&secret;", 1)

    return damage


REJECTED, REPAIRED = "rejected", "repaired"
# A name, a good file, the damage, and what becomes of it; None where either is right.
DAMAGED: tuple[tuple[str, str, Damage, str | None], ...] = (
    ("cut-in-half", "office/python-docx.docx", cut(0.5), REJECTED),
    ("cut-at-the-end", "office/libreoffice.docx", cut(0.98), REJECTED),
    ("checksum", "office/no-styles.docx", flipped_member, REJECTED),
    ("no-document", "office/pandoc.docx", without("word/document.xml"), REJECTED),
    ("no-styles-part", "office/pandoc.docx", without("word/styles.xml"), REPAIRED),
    ("styles-are-no-xml", "office/pandoc.docx", in_member("word/styles.xml", lambda _: b"\x00\x01"), REPAIRED),
    ("xml-cut", "office/pandoc.docx", in_member("word/document.xml", cut(0.7)), REPAIRED),
    ("xml-not-utf-8", "office/pandoc.docx", in_member("word/document.xml", swapped("é".encode(), b"\xe9", count=1)), REPAIRED),
    ("entities", "office/pandoc.docx", in_member("word/document.xml", entities(b"<w:t>")), None),
    ("bomb", "office/pandoc.docx", bomb, REJECTED),
    ("html-named-docx", "office/pandoc.docx", lambda _: b"<html><p>Not a Word document.</p></html>", REJECTED),
    ("odt-named-docx", "office/pandoc.docx", lambda _: (FORMATS / "office/pandoc.odt").read_bytes(), REJECTED),
    ("cut", "office/odfdo.odt", cut(0.6), REJECTED),
    ("checksum", "office/from-html.odt", flipped_member, REJECTED),
    ("no-content", "office/odfdo.odt", without("content.xml"), REJECTED),
    ("no-meta", "office/pandoc.odt", without("meta.xml"), REPAIRED),
    ("content-cut", "office/libreoffice.odt", in_member("content.xml", cut(0.8)), REPAIRED),
    ("bomb", "office/libreoffice.odt", bomb, REJECTED),
    ("flat-cut", "office/flat.fodt", cut(0.7), REPAIRED),
    ("flat-entities", "office/flat.fodt", entities(b"<text:p>"), None),
    ("cut", "office/libreoffice.rtf", cut(0.9), REPAIRED),
    ("open-brace", "office/word97-charset204.rtf", swapped(b"{\\footnote", b"{{{\\footnote", count=1), REPAIRED),
    ("closed-early", "office/word97-charset204.rtf", swapped(b"{\\v ", b"}}}}{\\v ", count=1), None),
    ("unknown-code-page", "office/wordpad-1251.rtf", swapped(b"\\ansicpg1251", b"\\ansicpg99999"), REPAIRED),
    ("huge-numbers", "office/textedit.rtf", swapped(b"\\f0\\fs24", b"\\f9999999999\\uc99999999\\bin9999999999 ", count=1), None),
    ("no-header", "office/pandoc.rtf", lambda data: data[12:], REJECTED),
    ("chapter-cut", "office/ebooklib.epub", in_member("EPUB/c1.xhtml", cut(0.6)), REPAIRED),
    ("chapter-gone", "office/ebooklib.epub", without("EPUB/c1.xhtml"), None),
    ("no-package", "office/ebooklib.epub", without("EPUB/content.opf"), REJECTED),
    ("package-cut", "office/pandoc-epub3.epub", in_member("EPUB/content.opf", cut(0.9)), None),
    ("checksum", "office/calibre-split.epub", flipped_member, None),
    ("contents-are-no-xml", "office/pandoc-epub2.epub", in_member("EPUB/toc.ncx", lambda _: b"\xff\xfe<"), REPAIRED),
    ("cut", "feeds/feedgen.rss", cut(0.7), REPAIRED),
    ("cut-in-a-tag", "feeds/django.atom", cut(0.53), REPAIRED),
    ("wrong-encoding", "feeds/windows-1251.rss", swapped(b"windows-1251", b"utf-8"), REPAIRED),
    ("unknown-encoding", "feeds/windows-1251.rss", swapped(b"windows-1251", b"x-nonsense"), REPAIRED),
    ("unclosed-tag", "feeds/django.rss", swapped(b"</title><link>", b"<link>", count=1), REPAIRED),
    ("entities", "feeds/django.rss", entities(b"<description>"), None),
    ("no-entries", "feeds/npm-feed.rss", lambda data: re.sub(rb"<item>.*</item>", b"", data, flags=re.S), REJECTED),
    ("another-xml", "feeds/wordpress.xml", lambda _: b"<note><to>You</to></note>", REJECTED),
    ("cut", "feeds/npm-feed.json", cut(0.8), REJECTED),
    ("items-are-text", "feeds/text-only.json", lambda data: re.sub(rb'"items": \[.*\]', b'"items": "none"', data, flags=re.S), REJECTED),
    ("nested-too-deep", "feeds/text-only.json", swapped(b'"items": ', b'"x": ' + b"[" * 100_000 + b"]" * 100_000 + b', "items": '), None),
    ("no-fields", "mail/thunderbird-flowed.eml", lambda data: data.partition(b"\r\n\r\n")[2], REJECTED),
    ("cut", "mail/newsletter.eml", cut(0.6), None),
    ("no-boundary", "mail/gmail-reply.eml", lambda data: re.sub(rb'boundary="[^"]*"', b"", data), None),
    ("bad-base64", "mail/wrong-charset.eml", lambda data: data[:-40] + b"!!!*" + data[-40:], REPAIRED),
    ("unknown-charset", "mail/outlook-reply.eml", swapped(b'charset="windows-1251"', b'charset="x-unknown"', count=1), REPAIRED),
    ("bad-encoded-word", "mail/wrong-charset.eml", swapped(b"=?utf-8?B?", b"=?utf-8?Q?"), REPAIRED),
    ("empty-fields", "mail/koi8-undeclared.eml", lambda data: re.sub(rb"(?m)^(From|Date): .*$", rb"\1:", data), REPAIRED),
    ("cut", "mail/python.mbox", cut(0.6), REPAIRED),
    ("junk-before", "mail/python.mbox", lambda data: b"junk\n\n" + data, REJECTED),
    ("a-message-of-bytes", "mail/from-lines.mbox", lambda data: data + b"\nFrom x Fri Nov 28 10:00:00 2025\n\x00\x01\x02\n", REPAIRED),
    ("cut", "mail/unicode-plain.msg", cut(0.5), None),
    ("cut-early", "mail/html-history.msg", cut(0.1), REJECTED),
    ("no-properties", "mail/ansi-1251.msg", swapped("__properties".encode("utf-16-le"), "__propertieX".encode("utf-16-le")), REJECTED),
    ("rich-text-cut", "mail/rich-only.msg", swapped(b"LZFu", b"XXXX"), REJECTED),
    ("wild-sectors", "mail/embedded.msg", lambda data: data[:600] + b"\xfe" * 200 + data[800:], None),
)  # fmt: skip


@pytest.mark.parametrize(
    ("path", "damage", "becomes"),
    [(FORMATS / file, damage, becomes) for _, file, damage, becomes in DAMAGED],
    ids=[f"{Path(file).name}-{name}" for name, file, _, _ in DAMAGED],
)
def test_damage_is_repaired_or_told(path: Path, damage: Damage, becomes: str | None) -> None:
    data = damage(path.read_bytes())
    results = read_data(data, path.name, max_bytes=2_000_000)
    assert results
    check(results)
    for result in results:
        if isinstance(result, Rejection):
            assert not re.search(r"Error|Exception|Traceback|None", result.reason)
        else:
            assert "lollol" not in result.text
    documents = [r for r in results if isinstance(r, Document)]
    if becomes is not None:
        assert bool(documents) == (becomes == REPAIRED)


@pytest.mark.parametrize("share", [0.0, 0.03, 0.2, 0.45, 0.77, 0.999])
@pytest.mark.parametrize("room", ["feeds", "mail", "office"])
def test_any_part_of_any_file_is_read_or_refused(room: str, share: float) -> None:
    for path in sorted((FORMATS / room).iterdir()):
        if path.suffix != ".toml":
            check(read_data(cut(share)(path.read_bytes()), path.name))
