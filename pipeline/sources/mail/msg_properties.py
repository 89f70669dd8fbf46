"""The properties of a message of Outlook (MS-OXMSG), in an OLE compound file (MS-CFB)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from pipeline.errors import SourceError
from pipeline.sources.encoding import Decoded, decode

if TYPE_CHECKING:
    from olefile import OleFileIO

_STREAM = "__substg1.0_"
_FIXED = "__properties_version1.0"
_ATTACHMENT = "__attach_version1.0_"
_EMBEDDED = f"{_STREAM}3701000D"
_ROOT_HEADER, _EMBEDDED_HEADER = 32, 24  # bytes before the first fixed property
_UNICODE, _STRING8, _BINARY = "001F", "001E", "0102"
_MESSAGE_PAGE, _INTERNET_PAGE = 0x3FFD, 0x3FDE
_UTF16_PAGES = (1200, 1201)
_PAGES = {
    20866: "koi8-r", 21866: "koi8-u", 28595: "iso8859-5", 10007: "mac-cyrillic", 65001: "utf-8",
}  # fmt: skip
_SUBMITTED, _DELIVERED = 0x0039, 0x0E06
_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)
FILE_NAMES = ("3707", "3704")


class MsgProperties:
    """The properties of one message in an open file; `folder` is its storage."""

    def __init__(self, file: OleFileIO, folder: tuple[str, ...] = ()) -> None:
        self._file = file
        self._folder = folder
        self._fixed = dict(self._read_fixed())

    def text(self, *identifiers: str) -> str:
        """Return the first of some properties that holds text, or nothing."""
        return next((found.text for i in identifiers if (found := self.decoded(i))), "")

    def decoded(self, identifier: str) -> Decoded | None:
        """Return a property that is a text, decoded; None where there is none.

        A text that is not in Unicode is read in the code page that the message names, repaired
        like a file.
        """
        wide = self._stream(identifier, _UNICODE)
        if wide:
            return Decoded(wide.decode("utf-16-le", "replace").rstrip("\0"), "utf-16-le")
        narrow = self._stream(identifier, _STRING8)
        return _decoded(narrow.rstrip(b"\0"), self.code_page) if narrow else None

    def binary(self, identifier: str) -> bytes:
        """Return a property that is binary, or nothing."""
        return self._stream(identifier, _BINARY)

    @property
    def code_page(self) -> str | None:
        """The encoding of texts that are not in Unicode, as the message names it."""
        pages = (self._number(_INTERNET_PAGE), self._number(_MESSAGE_PAGE))
        named = (page for page in pages if page is not None and page not in _UTF16_PAGES)
        page = next(named, None)
        return None if page is None else _PAGES.get(page, f"cp{page}")

    @property
    def sent_at(self) -> str | None:
        """The time at which the message was sent, or else came, in UTC."""
        for identifier in (_SUBMITTED, _DELIVERED):
            ticks = self._fixed.get(identifier)
            if ticks:
                try:
                    sent = _EPOCH + timedelta(microseconds=struct.unpack("<Q", ticks)[0] // 10)
                except OverflowError:
                    continue
                return sent.isoformat(timespec="seconds")
        return None

    def attachments(self) -> Iterator[MsgProperties]:
        """Yield the properties of each attachment."""
        for folder in self._folders():
            yield MsgProperties(self._file, folder)

    def embedded(self) -> MsgProperties | None:
        """Return the message that an attachment is, or None where it is a file."""
        folder = (*self._folder, _EMBEDDED)
        return MsgProperties(self._file, folder) if self._file.exists(list(folder)) else None

    def _folders(self) -> list[tuple[str, ...]]:
        depth = len(self._folder)
        found = {
            tuple(path[: depth + 1])
            for path in self._file.listdir(streams=True, storages=True)
            if tuple(path[:depth]) == self._folder
            and len(path) > depth
            and path[depth].startswith(_ATTACHMENT)
        }
        return sorted(found)

    def _number(self, identifier: int) -> int | None:
        value = self._fixed.get(identifier)
        return None if value is None else int.from_bytes(value[:4], "little")

    def _read_fixed(self) -> Iterator[tuple[int, bytes]]:
        """Yield the properties of a fixed size: their identifiers and eight bytes of each."""
        data = self._open(_FIXED)
        start = _EMBEDDED_HEADER if self._folder else _ROOT_HEADER
        for at in range(start, len(data) - 15, 16):
            yield int.from_bytes(data[at + 2 : at + 4], "little"), data[at + 8 : at + 16]

    def _stream(self, identifier: str, kind: str) -> bytes:
        return self._open(f"{_STREAM}{identifier}{kind}")

    def _open(self, name: str) -> bytes:
        path = [*self._folder, name]
        if not self._file.exists(path):
            return b""
        try:
            with self._file.openstream(path) as stream:
                return bytes(stream.read())
        except (OSError, ValueError) as error:
            raise SourceError(
                f"is broken: {name} cannot be read", hint="save the letter again from Outlook"
            ) from error


def _decoded(data: bytes, declared: str | None) -> Decoded:
    try:
        return decode(data, declared=declared) if data.strip() else Decoded("", "utf-8")
    except SourceError:
        return Decoded(data.decode(declared or "cp1252", "replace"), declared or "cp1252")
