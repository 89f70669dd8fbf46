"""The cache of the texts that engines wrote: `results.sqlite`, which may be lost at any time.

A result is kept under a key made of everything that it depends on, so a second run computes only
what changed and an interrupted run goes on where it stopped. A damaged file is set aside by itself
and begun anew, for no more than time is lost with it.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import sqlite3
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TypeVar, get_args

from models.engine import Finish, Hypothesis
from pipeline.errors import DamagedError
from pipeline.state.database import CHUNK, Remark, as_bytes, marks, open_database, unheard
from pipeline.state.failures import companions, told

RESULTS_FILE = "results.sqlite"
KEY_VERSION = 3  # of the layout of keys: the next layout gets the next number
_HALF = re.compile("[\ud800-\udfff]")  # of a surrogate pair, which JSON can spell
_FINISHES = frozenset(get_args(Finish))
_TABLE = """
CREATE TABLE hypotheses (
    key          TEXT PRIMARY KEY,
    text         TEXT NOT NULL,
    tokens       INTEGER NOT NULL,
    finish       TEXT NOT NULL,
    model        TEXT NOT NULL,
    made_at      REAL NOT NULL,
    alternatives TEXT NOT NULL
) WITHOUT ROWID
"""
_T = TypeVar("_T")


def _create(connection: sqlite3.Connection, _: Path) -> str:
    connection.execute(_TABLE)
    return ""


RESULTS_MIGRATIONS = (_create,)


def result_key(*parts: object) -> str:
    """Return the key of a result that depends on `parts`, all of them JSON values."""
    blob = json.dumps((KEY_VERSION, *parts), ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(blob.encode("utf-8", "surrogatepass")).hexdigest()


class ResultCache:
    """The cache at `path`, open. `remark` hears when a damaged file was set aside.

    Raises OutputError where the disk is full or forbids it, or the file is a newer version's;
    BusyError where another process holds the file.
    """

    def __init__(self, path: Path, *, remark: Remark = unheard) -> None:
        self.path = path
        self._remark = remark
        self._inode: int | None = None
        self._connection = self._open()

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def hypotheses(self, keys: Sequence[str]) -> dict[str, Hypothesis]:
        """Return the remembered results among `keys`; a misshapen one counts as forgotten."""
        found: dict[str, Hypothesis] = {}
        for start in range(0, len(keys), CHUNK):
            chunk = keys[start : start + CHUNK]
            for key, *row in self._do(partial(_rows, keys=chunk)):
                hypothesis = _hypothesis(*row)
                if hypothesis is not None and isinstance(key, str):
                    found[key] = hypothesis
        return found

    def remember(self, key: str, hypothesis: Hypothesis) -> None:
        """Store one result; it survives a crash of this process from here on."""
        row = (
            key,
            as_bytes(hypothesis.text),
            hypothesis.tokens,
            hypothesis.finish,
            hypothesis.model,
            time.time(),
            as_bytes(json.dumps(hypothesis.alternatives, ensure_ascii=False)),
        )
        self._do(
            lambda c: c.execute(
                "INSERT OR REPLACE INTO hypotheses"
                " VALUES (?,CAST(? AS TEXT),?,?,?,?,CAST(? AS TEXT))",
                row,
            )
        )

    def count(self) -> int:
        """Return how many results are remembered."""
        return self._do(_count)

    def clear(self) -> int:
        """Forget all results and return how many there were."""

        def emptied(connection: sqlite3.Connection) -> int:
            count = _count(connection)
            connection.execute("DELETE FROM hypotheses")
            connection.execute("VACUUM")
            return count

        return self._do(emptied)

    def _do(self, work: Callable[[sqlite3.Connection], _T]) -> _T:
        """Return the result of `work` on the file, or on a new file where the file is damaged."""
        try:
            with told(self.path):
                return work(self._connection)
        except DamagedError as error:
            self._connection.close()
            self._set_aside(str(error), self._inode)
            self._connection = self._open()
        with told(self.path):
            return work(self._connection)

    def _open(self) -> sqlite3.Connection:
        with told(self.path):
            before = _inode(self.path)
            if not _is_accessible(self.path):
                self._set_aside(f"{self.path}: cannot be read and written", before)
        try:
            connection = open_database(self.path, RESULTS_MIGRATIONS, precious=False)
        except DamagedError as error:
            self._set_aside(str(error), before)
            connection = open_database(self.path, RESULTS_MIGRATIONS, precious=False)
        self._inode = _inode(self.path)
        connection.text_factory = _text
        return connection

    def _set_aside(self, why: str, inode: int | None) -> None:
        """Rename the damaged file, unless another process has done so and begun a new one."""
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
        aside = self.path.with_name(f"{self.path.name}.damaged-{stamp}")
        with told(self.path):
            if inode is None or _inode(self.path) != inode:
                return
            # The log goes first: SQLite must not take it for the log of the new file.
            for file in companions(self.path):
                ending = file.name.removeprefix(self.path.name)
                with suppress(FileNotFoundError):  # there is none, or another process was first
                    file.rename(aside.with_name(f"{aside.name}{ending}"))
        self._remark(f"{why}; set aside as {aside.name}: its results are computed again")


def _rows(connection: sqlite3.Connection, keys: Sequence[str]) -> list[tuple[object, ...]]:
    return connection.execute(
        "SELECT key, text, tokens, finish, model, alternatives FROM hypotheses"
        f" WHERE key IN ({marks(keys)})",
        keys,
    ).fetchall()


def _hypothesis(
    text: object, tokens: object, finish: object, model: object, alternatives: object
) -> Hypothesis | None:
    """Return the result in a row, None where the row cannot be one."""
    try:
        others = json.loads(alternatives) if isinstance(alternatives, str) else None
    except (ValueError, RecursionError):
        return None
    sound = (
        isinstance(text, str)
        and isinstance(tokens, int)
        and tokens >= 0
        and finish in _FINISHES
        and isinstance(model, str)
        and model != ""
        and isinstance(others, list)
        and all(isinstance(other, str) and not _HALF.search(other) for other in others)
    )
    return Hypothesis(text, tokens, finish, model, tuple(others)) if sound else None  # type: ignore[arg-type]


def _text(raw: bytes) -> str | None:
    """Return a text as it was stored, None for bytes that are none.

    Half of a surrogate pair is no text: no file and no server takes it.
    """
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return None


def _count(connection: sqlite3.Connection) -> int:
    (count,) = connection.execute("SELECT count(*) FROM hypotheses").fetchone()
    return int(count)


def _inode(path: Path) -> int | None:
    try:
        return path.stat().st_ino
    except FileNotFoundError:
        return None


def _is_accessible(path: Path) -> bool:
    return all(os.access(p, os.R_OK | os.W_OK) for p in companions(path) if p.exists())
