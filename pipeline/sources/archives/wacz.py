"""WACZ 1.1 (Webrecorder): a ZIP archive around the WARC files of a crawl."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from itertools import count
from typing import IO, Any, BinaryIO

from pipeline.document import Document, Rejection
from pipeline.errors import SourceError
from pipeline.sources.archives.warc import pages
from pipeline.sources.raw import Archive

_AGAIN = "copy or download it again"
_ENCRYPTED = 0x1  # the bit of an entry's flags (APPNOTE 4.4.4)
_WARCS = (".warc", ".warc.gz")


def read_wacz(archive: Archive) -> Iterator[Document | Rejection | None]:
    """Yield the pages of all WARC files in the archive, numbered through.

    A WARC file that cannot be read is a rejection named `FILE#NAME`. Raises SourceError for a file
    that is no ZIP archive, or has no page.
    """
    numbers = count(1)
    found = False
    with _opened(archive.file) as packed:
        members = [m for m in packed.infolist() if m.filename.lower().endswith(_WARCS)]
        if not members:
            raise SourceError("holds no WARC file", hint="check what it is")
        for member in members:
            for item in _member_pages(packed, member, archive, numbers):
                found = found or item is not None
                yield item
    if not found:
        raise SourceError("holds no web page", hint="look at it in ReplayWeb.page")


def _opened(file: BinaryIO) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(file)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, IndexError) as error:
        raise SourceError("is no WACZ file: its ZIP archive is damaged", hint=_AGAIN) from error


def _member_pages(
    packed: zipfile.ZipFile, member: zipfile.ZipInfo, archive: Archive, numbers: Iterator[int]
) -> Iterator[Document | Rejection | None]:
    try:
        if member.flag_bits & _ENCRYPTED:
            raise SourceError("is encrypted", hint="save a copy without the password")
        with packed.open(member) as file:
            yield from pages(io.BufferedReader(_Unzipped(file)), archive, numbers=numbers)
    except (SourceError, zipfile.BadZipFile, NotImplementedError, OSError, ValueError) as error:
        what = str(error) if isinstance(error, SourceError) else f"cannot be unpacked ({error})"
        reason = f"{member.filename} in {archive.name}: {what}"
        yield Rejection(f"{archive.name}#{member.filename}", "sources", reason, _AGAIN)


class _Unzipped(io.RawIOBase):
    """A file in a ZIP archive whose faults are OSErrors, as those of any other file are."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def readable(self) -> bool:
        """Tell that bytes can be read."""
        return True

    def seekable(self) -> bool:
        """Tell that any offset can be gone to; going back unpacks again."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer with the next bytes, and return how many there were."""
        try:
            found = self._file.read(len(buffer))
        except (zipfile.BadZipFile, zlib.error, EOFError) as error:
            raise OSError(f"the ZIP archive is damaged: {error}") from error
        buffer[: len(found)] = found
        return len(found)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to an offset, counted in what is unpacked."""
        try:
            return self._file.seek(offset, whence)
        except (zipfile.BadZipFile, zlib.error, EOFError) as error:
            raise OSError(f"the ZIP archive is damaged: {error}") from error
