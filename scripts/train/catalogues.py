"""Message catalogues that programs ship: gettext's .mo and Qt's .qm, as messages and translations.

A .qm file is a list of sections (a tag byte, a length, data); the messages are a section of tagged
fields: https://code.qt.io/cgit/qt/qtbase.git/tree/src/corelib/kernel/qtranslator.cpp
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

_MO_MAGIC = {b"\xde\x12\x04\x95": "<", b"\x95\x04\x12\xde": ">"}
_QM_MAGIC = bytes.fromhex("3cb86418caef9c95cd211cbf60a1bddd")
_MESSAGES = 0x69
_END, _TRANSLATION, _SOURCE = 1, 3, 6
_NOTHING = 0xFFFFFFFF  # as a length
_OBSOLETE, _CONTEXT, _COMMENT = 5, 7, 8


def read_mo(path: Path) -> Iterator[tuple[str, str]]:
    """Yield the English messages of a .mo file and their translations, without plural forms.

    Raises ValueError that names the file if it is none. babel's reader would do, but for files
    whose header has a date that it does not read (Wesnoth's).
    """
    data = path.read_bytes()
    order = _MO_MAGIC.get(data[:4])
    if order is None:
        raise ValueError(f"{path}: no .mo file")
    try:
        count, sources, targets = struct.unpack_from(f"{order}III", data, 8)
        for number in range(count):
            texts = []
            for table in (sources, targets):
                length, at = struct.unpack_from(f"{order}II", data, table + 8 * number)
                texts.append(_part(data, at, length).decode("utf-8"))
            message = texts[0].rpartition("\4")[2]  # behind its context
            if message and "\0" not in message:
                yield message, texts[1]
    except (struct.error, UnicodeDecodeError, LookupError) as error:
        raise ValueError(f"{path}: damaged: {error}") from error


def read_qm(path: Path) -> Iterator[tuple[str, str]]:
    """Yield the English messages of a .qm file and their translations, without plural forms.

    Raises ValueError that names the file if it is none.
    """
    data = path.read_bytes()
    if not data.startswith(_QM_MAGIC):
        raise ValueError(f"{path}: no .qm file")
    at = len(_QM_MAGIC)
    try:
        while at < len(data):
            tag, length = struct.unpack_from(">BI", data, at)
            at += 5
            if tag == _MESSAGES:
                yield from _messages(_part(data, at, length))
            at += length
    except (struct.error, UnicodeDecodeError, LookupError) as error:
        raise ValueError(f"{path}: damaged at byte {at}: {error}") from error


def _part(data: bytes, at: int, length: int) -> bytes:
    """Return a part of a file; raises LookupError if the file ends before."""
    if at + length > len(data):
        raise LookupError(f"{length} bytes at {at} of {len(data)}")
    return data[at : at + length]


def _messages(data: bytes) -> Iterator[tuple[str, str]]:
    at, source, translations = 0, "", []
    while at < len(data):
        tag = data[at]
        at += 1
        if tag == _END:
            if source and len(translations) == 1:
                yield source, translations[0]
            source, translations = "", []
        elif tag == _OBSOLETE:
            at += 4
        elif tag in (_TRANSLATION, _SOURCE, _CONTEXT, _COMMENT):
            (length,) = struct.unpack_from(">I", data, at)
            at += 4
            text = _part(data, at, length) if length != _NOTHING else b""
            at += len(text)
            if tag == _TRANSLATION:
                translations.append(text.decode("utf-16-be"))
            elif tag == _SOURCE:
                source = text.decode("utf-8")
        else:
            raise LookupError(f"a field of kind {tag}")
