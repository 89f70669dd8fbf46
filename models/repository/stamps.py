"""The sha256 of files that were read before: a file of 3.5 GB is hashed once, not at every start.

A stamp holds the sha256 of a file and the state of the file when it was read: size, inode, time of
change of its content and time of change of its inode. The last cannot be set by a program, so that
a file that was written to is hashed anew, even where its size and its date were put back. A stamp
says nothing about a disk that returns other bytes than were written: `nightdesk models verify`
reads every file.

Stamps lie in `verified/` of the cache folder, one file for each stamped file.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from models.repository.manifest import sha256_of

SMALLEST_BYTES = 1_000_000  # what is smaller is hashed in no time
# A file may be written twice within one tick of its file system's clock (two seconds on FAT).
_CLOCK_TICK_S = 2.0


def stamped_sha256(
    path: Path,
    *,
    stamps: Path,
    reread: bool = False,
    on_bytes: Callable[[int], None] = lambda _: None,
) -> str:
    """Return the sha256 of a file in hexadecimal, read only where no stamp in `stamps` tells it.

    With `reread` the file is read whatever the stamp says. `on_bytes` hears of the bytes that were
    read, or need not be. Raises OSError for a file that cannot be read. A folder `stamps` that
    cannot be written costs time, nothing else.
    """
    state = _state(path)
    if not reread and (known := _known(_stamp_path(path, stamps), state)) is not None:
        on_bytes(state["size_bytes"])
        return known
    digest = sha256_of(path, on_bytes=on_bytes)
    if state == _state(path):  # else somebody is writing the file
        write_stamp(path, digest, stamps=stamps)
    return digest


def write_stamp(path: Path, sha256: str, *, stamps: Path) -> None:
    """Keep the sha256 of a file that has just been read, unless it is small or brand new."""
    state = _state(path)
    settled = time.time_ns() - state["ctime_ns"] > _CLOCK_TICK_S * 1e9
    if state["size_bytes"] < SMALLEST_BYTES or not settled:
        return
    stamp = _stamp_path(path, stamps)
    beside = stamp.with_suffix(f".{os.getpid()}")
    with suppress(OSError):  # a cache that others own: the file is hashed at the next start, too
        stamps.mkdir(parents=True, exist_ok=True)
        content = {"path": str(path.absolute()), **state, "sha256": sha256}
        beside.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
        beside.replace(stamp)


def _known(stamp: Path, state: dict[str, int]) -> str | None:
    try:
        content = json.loads(stamp.read_text(encoding="utf-8"))
        sha256 = content.pop("sha256")
        content.pop("path")
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None  # no stamp, or a damaged one: the file itself is read
    return sha256 if content == state and isinstance(sha256, str) else None


def _state(path: Path) -> dict[str, int]:
    status = path.stat()
    return {
        "size_bytes": status.st_size,
        "inode": status.st_ino,
        "mtime_ns": status.st_mtime_ns,
        "ctime_ns": status.st_ctime_ns,
    }


def _stamp_path(path: Path, stamps: Path) -> Path:
    name = hashlib.sha256(os.fsencode(path.absolute())).hexdigest()[:16]
    return stamps / f"{name}.json"
