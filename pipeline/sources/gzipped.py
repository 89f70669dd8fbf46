"""Files packed with gzip, unpacked no further than the limit."""

from __future__ import annotations

import gzip
import io
import zlib
from dataclasses import dataclass
from typing import BinaryIO

from pipeline.errors import SourceError

_MAGIC = b"\x1f\x8b"
_PIECE_BYTES = 1_048_576


@dataclass(frozen=True, slots=True)
class Unpacked:
    """The content of a gzip file; `trailing` is whether bytes behind its end were left out."""

    data: bytes
    trailing: bool


def unpack(data: bytes, *, max_bytes: int) -> Unpacked:
    """Return the content of `data`, a gzip file (RFC 1952) of one or several members.

    Its checksums vouch for the content, so that bytes behind the last member, which some transfers
    add, cost nothing. Raises SourceError when `data` is cut off or broken, or as soon as the
    content is known to be longer than `max_bytes`.
    """
    pieces: list[bytes] = []
    trailing = False
    left = max_bytes + 1
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as packed:
            # `read1` gives what it has before the next header is looked at; `read` would lose it.
            while left > 0 and (piece := packed.read1(min(left, _PIECE_BYTES))):
                pieces.append(piece)
                left -= len(piece)
    except EOFError as error:
        raise SourceError(
            "is a gzip file that ends too early", hint="copy or download it again"
        ) from error
    except (gzip.BadGzipFile, zlib.error) as error:
        trailing = data.startswith(_MAGIC) and str(error).startswith("Not a gzipped file")
        if not trailing:
            if data.startswith(_MAGIC):
                raise SourceError(
                    "is a broken gzip file", hint="copy or download it again"
                ) from error
            raise SourceError(
                "is not a gzip file", hint="drop the .gz from its name, or download it again"
            ) from error
    if left <= 0:
        raise SourceError(
            f"unpacks to more than the limit of {megabytes(max_bytes)}",
            hint="raise sources.max_file_mb in the configuration, or split the file",
        )
    return Unpacked(b"".join(pieces), trailing)


def read_at_most(stream: BinaryIO, count: int) -> bytes:
    """Return the rest of a stream, or its next `count` bytes where there are more.

    Reads piece by piece: one call for `count` bytes would set aside memory for all of them.
    """
    pieces = []
    while count > 0 and (piece := stream.read(min(count, _PIECE_BYTES))):
        pieces.append(piece)
        count -= len(piece)
    return b"".join(pieces)


def megabytes(size: int) -> str:
    """Return a number of bytes as people write it: 52.4 MB, 3.1 kB, 12 bytes."""
    if size >= 100_000:
        return f"{size / 1e6:.1f}".removesuffix(".0") + " MB"
    if size >= 1000:
        return f"{size / 1e3:.1f}".removesuffix(".0") + " kB"
    return f"{size} bytes"
