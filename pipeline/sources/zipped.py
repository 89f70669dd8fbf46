"""ZIP archives that documents come in, unpacked part by part and no further than the limit."""

from __future__ import annotations

import io
import zlib

from pipeline.errors import SourceError
from pipeline.sources.gzipped import megabytes
from pipeline.sources.raw import Raw

_PIECE_BYTES = 1_048_576
_AGAIN = "copy or download it again, or open it in its program and save it anew"
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # MS-CFB 2.2
_ENCRYPTED = 0x1  # the bit of an entry's flags (APPNOTE 4.4.4)


class Zipped:
    """The parts of one archive. All that is read counts towards the limit of the file."""

    def __init__(self, raw: Raw, *, kind: str) -> None:
        """Open the archive; `kind` is what the file should be, for messages.

        Raises SourceError for content that is no whole archive.
        """
        import zipfile

        self._kind = kind
        self._limit = self._left = raw.max_bytes
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(raw.data))
        except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
            if raw.data.startswith(_COMPOUND):
                raise SourceError(
                    "is encrypted, or in the old binary format of its program",
                    hint="open it in its program and save it anew, without a password",
                ) from error
            cut = raw.data.startswith(b"PK\x03\x04")
            why = "is broken or cut off" if cut else f"is not {kind}"
            raise SourceError(why, hint=_AGAIN if cut else "check what it is") from error
        # Of several entries of one name the last counts, as the standard has it.
        self._entries = {entry.filename: entry for entry in self._archive.infolist()}

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all parts, in the order of the archive."""
        return tuple(self._entries)

    def __contains__(self, name: str) -> bool:
        return name in self._entries

    def read(self, name: str) -> bytes:
        """Return the content of a part.

        Raises SourceError for a part that is missing, broken, encrypted, or so long that the parts
        read so far unpack to more than the limit; the length that the archive tells counts, before
        anything is unpacked.
        """
        from zipfile import BadZipFile

        entry = self._entries.get(name)
        if entry is None:
            raise SourceError(f"is no whole {self._kind}: {name} is missing", hint=_AGAIN)
        if entry.flag_bits & _ENCRYPTED:
            raise SourceError("is encrypted", hint="save a copy without the password")
        self._left -= entry.file_size
        if self._left < 0:
            raise SourceError(
                f"unpacks to more than the limit of {megabytes(self._limit)}",
                hint="raise sources.max_file_mb in the configuration, or split the file",
            )
        pieces = []
        try:
            with self._archive.open(entry) as part:
                while piece := part.read(_PIECE_BYTES):
                    pieces.append(piece)
        except (
            *(BadZipFile, NotImplementedError, zlib.error, EOFError, OSError, ValueError),
            *(IndexError, RuntimeError),
        ) as error:  # a length, a method or a checksum that is wrong
            raise SourceError(f"is broken: {name} cannot be unpacked", hint=_AGAIN) from error
        return b"".join(pieces)
