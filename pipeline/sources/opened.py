"""Regular files, opened and read no further than the limit."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from pipeline.errors import SourceError
from pipeline.sources import gzipped
from pipeline.sources.raw import EMPTY_HINT
from pipeline.sources.unreadable import unreadable

_BINARY = getattr(os, "O_BINARY", 0)  # of Windows


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """Open a regular file that is not empty. Raises SourceError for anything else."""
    with _opened(path) as (file, _):
        yield file


@contextmanager
def _opened(path: Path) -> Iterator[tuple[BinaryIO, int]]:
    """Open a file as `opened` does, with its size in bytes."""
    try:
        # Non-blocking: opening a pipe would wait for its other end.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | _BINARY)
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            os.close(descriptor)
            if stat.S_ISDIR(status.st_mode):
                raise SourceError("is a folder", hint="give a file")
            raise SourceError("is not a regular file", hint="put a copy of the text there")
        with open(descriptor, "rb") as file:  # noqa: PTH123 - takes the descriptor
            if not status.st_size:
                raise SourceError("is empty: 0 bytes", hint=EMPTY_HINT)
            yield file, status.st_size
    except OSError as error:
        raise unreadable(path, error) from error


def load(path: Path, *, max_file_bytes: int) -> bytes:
    """Return the bytes of a regular file.

    Raises SourceError for anything else, and for a file that is larger than `max_file_bytes`.
    """
    with _opened(path) as (file, expected):
        data = b""
        if expected <= max_file_bytes:  # it may have grown since
            data = file.read(expected + 1)
            if len(data) > expected:
                data += gzipped.read_at_most(file, max_file_bytes + 1 - len(data))
        size = max(expected, len(data))
    if size > max_file_bytes:
        raise too_large(gzipped.megabytes(size), max_file_bytes)
    return data


def too_large(size: str, limit: int) -> SourceError:
    """Return the error for a file of this size, where the limit is `limit` bytes."""
    return SourceError(
        f"is larger than the limit: {size}, limit {gzipped.megabytes(limit)}",
        hint="raise sources.max_file_mb in the configuration, or split the file",
    )
