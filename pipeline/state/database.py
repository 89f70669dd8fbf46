"""What Nightdesk remembers between runs: one SQLite file, safe to delete.

Results of the engines are kept under a key made of everything that they depend on, so a second
run computes only what changed and an interrupted run goes on where it stopped.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import platformdirs

from models.engine import Hypothesis
from pipeline.errors import OutputError

_SCHEMA_VERSION = 2
_SCHEMA = """
CREATE TABLE IF NOT EXISTS hypotheses (
    key          TEXT PRIMARY KEY,
    text         TEXT NOT NULL,
    tokens       INTEGER NOT NULL,
    finish       TEXT NOT NULL,
    model        TEXT NOT NULL,
    made_at      REAL NOT NULL,
    alternatives TEXT NOT NULL DEFAULT '[]'
) WITHOUT ROWID;
"""
_FROM_VERSION_1 = "ALTER TABLE hypotheses ADD COLUMN alternatives TEXT NOT NULL DEFAULT '[]'"
_CHUNK = 500  # SQLite's default limit on parameters is far higher; this keeps statements short


def state_path() -> Path:
    """Return the state file: `NIGHTDESK_STATE`, or one in the user's state folder."""
    if override := os.environ.get("NIGHTDESK_STATE"):
        return Path(override)
    return platformdirs.user_state_path("nightdesk") / "state.sqlite"


def result_key(*parts: object) -> str:
    """Return the key of a result that depends on `parts`, all of them JSON values."""
    blob = json.dumps(parts, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(blob.encode("utf-8", "surrogatepass")).hexdigest()


class State:
    """The state file, open. Several processes may use it at once (WAL)."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with _as_output_error(path):
            self._connection = _connect(path)
            self._connection.isolation_level = None
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = NORMAL")
            if (version := self._version()) > _SCHEMA_VERSION:
                raise OutputError(
                    f"{path}: written by a newer Nightdesk (state version {version})",
                    hint="update Nightdesk, or point NIGHTDESK_STATE at another file",
                )
            if version < _SCHEMA_VERSION:
                self._migrate()

    def _version(self) -> int:
        (version,) = self._connection.execute("PRAGMA user_version").fetchone()
        return int(version)

    def _migrate(self) -> None:
        with self._connection:  # ends the transaction
            self._connection.execute("BEGIN IMMEDIATE")  # of two processes, one is first
            if self._version() == 1:
                self._connection.execute(_FROM_VERSION_1)
            self._connection.execute(_SCHEMA)
            self._connection.execute(f"PRAGMA user_version = {_SCHEMA_VERSION}")

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def hypotheses(self, keys: Sequence[str]) -> dict[str, Hypothesis]:
        """Return the remembered results among `keys`."""
        found: dict[str, Hypothesis] = {}
        with _as_output_error(self.path):
            for start in range(0, len(keys), _CHUNK):
                chunk = keys[start : start + _CHUNK]
                marks = ",".join("?" * len(chunk))
                rows = self._connection.execute(
                    "SELECT key, text, tokens, finish, model, alternatives FROM hypotheses"
                    f" WHERE key IN ({marks})",
                    chunk,
                )
                for key, text, tokens, finish, model, alternatives in rows:
                    others = tuple(json.loads(alternatives))
                    found[key] = Hypothesis(text, tokens, finish, model, others)
        return found

    def remember(self, key: str, hypothesis: Hypothesis) -> None:
        """Store one result; it survives a crash of this process from here on."""
        row = (
            key,
            hypothesis.text,
            hypothesis.tokens,
            hypothesis.finish,
            hypothesis.model,
            time.time(),
            json.dumps(hypothesis.alternatives, ensure_ascii=False),
        )
        with _as_output_error(self.path):
            self._connection.execute(
                "INSERT OR REPLACE INTO hypotheses VALUES (?,?,?,?,?,?,?)", row
            )

    def count(self) -> int:
        """Return how many results are remembered."""
        with _as_output_error(self.path):
            (count,) = self._connection.execute("SELECT count(*) FROM hypotheses").fetchone()
        return int(count)

    def clear(self) -> int:
        """Forget all results and return how many there were."""
        count = self.count()
        with _as_output_error(self.path):
            self._connection.execute("DELETE FROM hypotheses")
            self._connection.execute("VACUUM")
        return count


@contextmanager
def open_state(path: Path | None = None) -> Iterator[State]:
    """Open the state file for the length of a block."""
    state = State(path or state_path())
    try:
        yield state
    finally:
        state.close()


@contextmanager
def open_tables(path: Path, schema: str) -> Iterator[sqlite3.Connection]:
    """Open the state file at `path` for tables of its own, which `schema` makes, for a block.

    Raises OutputError when the file cannot be opened, and for errors of SQLite in the block.
    """
    with _as_output_error(path):
        connection = _connect(path)
        try:
            connection.executescript(schema)
            yield connection
        finally:
            connection.close()


def _connect(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True)
    return sqlite3.connect(path, timeout=30)


@contextmanager
def _as_output_error(path: Path) -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise OutputError(
            f"{path}: the state cannot be used: {error}",
            hint="free disk space, delete the file, or point NIGHTDESK_STATE at another one",
        ) from error
