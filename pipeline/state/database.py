"""An SQLite file of the state: opened, brought to the newest version, and safe to share.

A database has ONE list of migrations. Migration N, counted from 1, brings version N - 1 to
version N within one transaction, and the version stands in the file (`PRAGMA user_version`).
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from pipeline.state.failures import newer, primary_code, told

BUSY_S = 30.0  # how long a process waits for another one's transaction
CHUNK = 500  # SQLite's default limit on parameters is far higher; this keeps statements short
_POLL_S = 0.02

Migration = Callable[[sqlite3.Connection, Path], str]
"""Changes the tables of the file at the path; returns a remark for the user, or ''."""
Remark = Callable[[str], None]


def unheard(_: str) -> None:
    """Drop a remark: for callers that have nobody to tell it to."""


def open_database(
    path: Path,
    migrations: Sequence[Migration],
    *,
    precious: bool,
    remark: Remark = unheard,
) -> sqlite3.Connection:
    """Open the file at `path`, made with its folder if it is not there, at the newest version.

    A `precious` file is copied to `NAME.before-vN` before migration N, unless the file is new, and
    its transactions are on the disk when they end; others may lose the last ones when the power
    fails. Several processes may use the file at once (WAL). The connection is in autocommit:
    `transaction` groups statements.

    Raises DamagedError, BusyError, UsageError and OutputError, see `failures.told`; OutputError
    for a file of a newer version.
    """
    with told(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None)
        try:
            connection.text_factory = as_str
            _use_write_ahead_log(connection)
            connection.execute(f"PRAGMA synchronous = {'FULL' if precious else 'NORMAL'}")
            _migrate(connection, path, migrations, precious=precious, remark=remark)
        except BaseException:
            connection.close()
            raise
    return connection


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Make the statements of the block happen together or not at all.

    The write lock is taken at the start (`BEGIN IMMEDIATE`): of two processes one waits, and reads
    what the other one wrote.
    """
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:  # a full disk ends a transaction by itself
            connection.execute("ROLLBACK")
        raise


def version_of(connection: sqlite3.Connection) -> int:
    """Return the version of a file: the number of the last migration that it has seen."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    return int(version)


def as_bytes(text: str) -> bytes:
    """Return `text` for a parameter written `CAST(? AS TEXT)`.

    A file name of undecodable bytes and a reply of a model may hold lone surrogates, which SQLite
    cannot bind as a string.
    """
    return text.encode("utf-8", "surrogatepass")


def as_str(raw: bytes) -> str:
    """Return a text as `as_bytes` took it; bytes that damage made unreadable become U+FFFD."""
    try:
        return raw.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return raw.decode("utf-8", "replace")


def marks(values: Sequence[object]) -> str:
    """Return the question marks of a statement that takes all `values`."""
    return ",".join("?" * len(values))


def _use_write_ahead_log(connection: sqlite3.Connection) -> None:
    """Switch to WAL, and wait while another process writes.

    For this statement SQLite does not wait by itself, to avoid a deadlock
    (https://www.sqlite.org/c3ref/busy_handler.html).
    """
    end = time.monotonic() + BUSY_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if primary_code(error) != sqlite3.SQLITE_BUSY or time.monotonic() > end:
                raise
            time.sleep(_POLL_S)
        else:
            return


def _migrate(
    connection: sqlite3.Connection,
    path: Path,
    migrations: Sequence[Migration],
    *,
    precious: bool,
    remark: Remark,
) -> None:
    if (version := version_of(connection)) > len(migrations):
        raise newer(path, version)
    for number in range(version + 1, len(migrations) + 1):
        said = ""
        with transaction(connection):
            # 1. Another process may have been first, while this one waited for the lock.
            before = version_of(connection)
            if before >= number:
                continue
            # 2. The lock keeps writers out, so that the copy is of the version before.
            if precious and version > 0:
                _back_up(path, number)
            # 3. The tables and the version change together.
            said = migrations[number - 1](connection, path)
            connection.execute(f"PRAGMA user_version = {number}")
        if said:
            remark(said)


def _back_up(path: Path, number: int) -> None:
    """Copy the last committed state of the file to `NAME.before-vN`, there whole or not at all."""
    target = path.with_name(f"{path.name}.before-v{number}")
    beside = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(beside)) as copy:
            source.backup(copy)
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)
