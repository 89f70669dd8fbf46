"""Files that are there whole or not at all: written beside, flushed to disk, renamed."""

from __future__ import annotations

import errno
import json
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from pipeline.errors import OutputError

_PREFIX = ".nightdesk-"  # of files being written; a crash may leave one, the next run removes it


def write_text(path: Path, text: str) -> None:
    """Write a UTF-8 text file as `write_pieces` does."""
    write_pieces(path, [text])


def write_pieces(path: Path, pieces: Iterable[str]) -> None:
    """Write a UTF-8 text file piece by piece; an existing one stands until the new one is complete.

    Raises OutputError when the folder cannot be written or the disk is full.
    """
    write_bytes(path, (piece.encode("utf-8") for piece in pieces))


def write_bytes(path: Path, pieces: Iterable[bytes]) -> None:
    """Write a file piece by piece; an existing one stands until the new one is complete.

    Raises OutputError when the folder cannot be written or the disk is full.
    """
    temporary: Path | None = None
    with output_errors(path):
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            descriptor, name = tempfile.mkstemp(prefix=_PREFIX, dir=path.parent)
            temporary = Path(name)
            with os.fdopen(descriptor, "wb") as file:
                file.writelines(pieces)
                file.flush()
                os.fsync(file.fileno())
            temporary.chmod(0o666 & ~_umask())
            temporary.replace(path)
        except BaseException:
            if temporary is not None:
                with suppress(OSError):
                    temporary.unlink()
            raise


def write_json(path: Path, value: Any) -> None:
    """Write `value` as indented JSON, keys in the order given."""
    write_text(path, json.dumps(value, ensure_ascii=False, indent=2) + "\n")


def remove_leftovers(folder: Path, *, below: bool = True) -> None:
    """Remove half-written files of an interrupted run in `folder`, and `below` it.

    Raises OutputError where that fails.
    """
    with output_errors(folder):
        for path in (folder.rglob if below else folder.glob)(f"{_PREFIX}*"):
            path.unlink(missing_ok=True)


@contextmanager
def output_errors(path: Path) -> Iterator[None]:
    """Turn an OSError inside the block into an OutputError that names `path` and a way out."""
    try:
        yield
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            raise OutputError(
                f"{path}: cannot be written: its name is too long",
                hint="choose a shorter path for the results",
            ) from error
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise OutputError(
                f"{path}: the disk is full", hint="free space and run again: finished work is kept"
            ) from error
        raise OutputError(
            f"{path}: cannot be written: {error.strerror or error}",
            hint="choose another folder, or change the permissions of this one",
        ) from error


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
