"""Content of one file before it is read: bytes, and the name that documents get from it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from pipeline.document import Document, Rejection
from pipeline.errors import SourceError
from pipeline.sources.block import visible
from pipeline.sources.encoding import Decoded, decode

EMPTY_HINT = "remove it, or fill it"
MAX_BYTES = 20_000_000


@dataclass(frozen=True, slots=True)
class Raw:
    """Content of one file, unpacked. `name` is the path below the input folder, printable.

    `charset` is the encoding that something outside of the content names, as HTTP does; nothing
    that is packed in the content may be unpacked to more than `max_bytes`.
    """

    data: bytes
    name: str
    charset: str | None = None
    max_bytes: int = MAX_BYTES

    def decoded(self, *, declared: str | None = None) -> Decoded:
        """Return the content as text; `declared` is the encoding that the file itself names.

        Raises SourceError where the content is no text, or nothing of it can be seen.
        """
        found = decode(self.data, declared=self.charset or declared)
        if not visible(found.text):
            raise SourceError("holds only whitespace", hint=EMPTY_HINT)
        return found


@dataclass(frozen=True, slots=True)
class Archive:
    """A file of any size, open, that is read piece by piece; its reader closes nothing.

    `max_bytes` is the limit to each text in the file, unpacked.
    """

    file: BinaryIO
    name: str
    max_bytes: int = MAX_BYTES


Reader = Callable[[Raw], Iterator[Document | Rejection]]
"""Yields the documents of a file; raises SourceError where no part of the file can be used."""

ArchiveReader = Callable[[Archive], Iterator[Document | Rejection | None]]
"""Yields the documents of a file as they are read, and None where a part is passed over, so that
the limit of time counts for each part; raises SourceError where the rest is lost."""
