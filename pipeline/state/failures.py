"""The failures of SQLite and of the disk below it, in words: one kind each, and the way out of it.

SQLite reports a full disk, a missing permission and a broken cable by codes that overlap
(https://www.sqlite.org/rescode.html), so where the code is vague the file itself is looked at.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.errors import BusyError, DamagedError, NightdeskError, OutputError, UsageError

_PRIMARY = 0xFF  # the low byte of an extended code
_ELSEWHERE = "point NIGHTDESK_STATE at another folder"
_DAMAGE = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
# Of the code for everything else, the messages about tables that are not as the version in the file
# says. The others are mistakes in a statement, and those are ours.
_MISSHAPEN = re.compile(
    r"no such (table|column)|has no column named|has \d+ columns|already exists"
    r"|unsupported file format"
)
_LOCKED = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL}
_DISK = {
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_AUTH,
}
_FULL_BYTES = 100_000  # with less left, SQLite cannot even make its index of the log
_NO_FOLDER = {errno.ENOTDIR, errno.EEXIST, errno.ENAMETOOLONG, errno.ELOOP}


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Raise errors of SQLite and of the system in the block as errors that say what to do.

    `path` is the database in use. Raises DamagedError for a file that is no sound database,
    BusyError for one that another process holds, UsageError for a folder that cannot be one, and
    OutputError for a full disk, a missing permission, and a disk that fails. Mistakes in the
    calling code stay errors of SQLite.
    """
    try:
        yield
    except sqlite3.Error as error:
        if (ours := _of_sqlite(path, error)) is None:
            raise
        raise ours from error
    except OSError as error:
        raise _of_system(path, error) from error


def primary_code(error: sqlite3.Error) -> int:
    """Return the primary result code of an error; 0 for one that Python's module raises itself."""
    return int(getattr(error, "sqlite_errorcode", 0)) & _PRIMARY


def newer(path: Path, version: int) -> OutputError:
    """Return the error for a file that a later Nightdesk has written."""
    return OutputError(
        f"{path}: written by a newer Nightdesk (version {version} of this file)",
        hint=f"update Nightdesk, or {_ELSEWHERE}",
    )


def damaged(path: Path, why: object) -> DamagedError:
    """Return the error for a damaged file; its hint names the latest backup, if there is one."""
    backups = sorted(path.parent.glob(f"{path.name}.before-v*"), key=lambda p: p.stat().st_mtime)
    aside = f"move {path.name} with its -wal and -shm to another place"
    if backups:
        hint = f"{aside}, then copy the backup {backups[-1]} to {path}"
    else:
        hint = (
            f"{aside}: a new one is begun. There is no backup;"
            " `sqlite3 FILE .recover` prints what can still be read"
        )
    return DamagedError(f"{path}: is damaged: {why}", hint=hint)


def _of_sqlite(path: Path, error: sqlite3.Error) -> NightdeskError | None:
    code = primary_code(error)
    misshapen = code == sqlite3.SQLITE_ERROR and _MISSHAPEN.search(str(error))
    if code in _DAMAGE or misshapen or (code == sqlite3.SQLITE_CANTOPEN and path.is_dir()):
        return damaged(path, error)
    if code in _LOCKED:
        return BusyError(
            f"{path}: another process has locked it: {error}",
            hint="wait until that process has finished, or end it, and run again",
        )
    if code == sqlite3.SQLITE_FULL:
        return _full(path)
    if code not in _DISK:
        return None
    if not _is_permitted(path):
        return _forbidden(path, str(error))
    if _is_full(path):
        return _full(path)
    return _broken(path, str(error))


def _of_system(path: Path, error: OSError) -> NightdeskError:
    why = error.strerror or str(error)
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return _full(path)
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return _forbidden(path, why)
    if error.errno in _NO_FOLDER:
        return UsageError(
            f"{path.parent}: cannot be the state folder: {why}",
            hint="set NIGHTDESK_STATE to a folder; it is made if it is not there",
        )
    return _broken(path, why)


def _full(path: Path) -> OutputError:
    return OutputError(
        f"{path}: the disk is full",
        hint=f"free disk space and run again, or {_ELSEWHERE}; finished work is kept",
    )


def _forbidden(path: Path, why: str) -> OutputError:
    return OutputError(
        f"{path}: may not be read and written: {why}",
        hint=f"change the owner or the mode of the file and of its folder, or {_ELSEWHERE}",
    )


def _broken(path: Path, why: str) -> OutputError:
    return OutputError(
        f"{path}: the disk fails: {why}", hint=f"look at the disk and run again, or {_ELSEWHERE}"
    )


def _is_permitted(path: Path) -> bool:
    """Tell whether the file, its two companions and its folder can be read and written."""
    files = [p for p in companions(path) if p.exists()]
    folder = next((p for p in path.parents if p.exists()), path.parent)
    return os.access(folder, os.R_OK | os.W_OK | os.X_OK) and all(
        os.access(file, os.R_OK | os.W_OK) for file in files
    )


def check_permitted(path: Path) -> None:
    """Raise OutputError unless the file, or the folder it would be made in, can be written."""
    if not _is_permitted(path):
        raise _forbidden(path, os.strerror(errno.EACCES))


def companions(path: Path) -> tuple[Path, Path, Path]:
    """Return the files of a database in WAL mode, the database itself last."""
    return path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm"), path


def _is_full(path: Path) -> bool:
    folder = next((p for p in path.parents if p.exists()), None)
    return folder is not None and shutil.disk_usage(folder).free < _FULL_BYTES
