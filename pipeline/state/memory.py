"""The precious file, `memory.sqlite`: spellings of names, restore rules, nights and stories.

No run can compute it again, so it is never deleted, and copied before it is migrated. The one list
of migrations for its tables stands here; `names`, `removals`, `nights` and `stories` use them.
"""

from __future__ import annotations

import hashlib
import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from pipeline.state.database import Remark, as_bytes, open_database
from pipeline.state.failures import told
from pipeline.state.single_file import single_file_of, take_over

MEMORY_FILE = "memory.sqlite"
_JSONL_LINE = re.compile(r"(?P<file>.+\.jsonl(?:\.gz)?)#\d+", re.IGNORECASE)
_TABLES = (
    """
    CREATE TABLE names (
        stem     TEXT NOT NULL,
        language TEXT NOT NULL,
        target   TEXT NOT NULL,
        form     TEXT NOT NULL,
        origin   TEXT NOT NULL,
        made_at  REAL NOT NULL,
        PRIMARY KEY (stem, language, target)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE restored (
        key      TEXT PRIMARY KEY,
        document TEXT NOT NULL,
        text     TEXT NOT NULL,
        made_at  REAL NOT NULL
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE night_paragraphs (
        id          INTEGER PRIMARY KEY,
        night       TEXT NOT NULL,
        document_id TEXT NOT NULL,
        document    TEXT NOT NULL,
        paragraph   INTEGER NOT NULL,
        first       INTEGER NOT NULL,
        last        INTEGER NOT NULL,
        text        TEXT NOT NULL
    )
    """,
    "CREATE INDEX night_paragraphs_night ON night_paragraphs (night)",
    """
    CREATE TABLE night_shingles (
        shingle   INTEGER NOT NULL,
        paragraph INTEGER NOT NULL REFERENCES night_paragraphs (id),
        PRIMARY KEY (shingle, paragraph)
    ) WITHOUT ROWID
    """,
    "CREATE INDEX night_shingles_paragraph ON night_shingles (paragraph)",
)


def _first(connection: sqlite3.Connection, path: Path) -> str:
    """Make the tables, and fill them from the single file of earlier versions, if there is one."""
    for statement in _TABLES:
        connection.execute(statement)
    single = single_file_of(path)
    return "" if single is None else take_over(connection, single)


def _rules_of_files(connection: sqlite3.Connection, _: Path) -> str:
    """Key each restore rule for a line of a JSONL file by the file, so that it outlives a move.

    In version 1 a key was made of the name of the document, `feed.jsonl#3`. Of several rules for
    one file and one text, the oldest stays.
    """
    rows = connection.execute("SELECT key, document, text, made_at FROM restored").fetchall()
    for key, document, text, made_at in sorted(rows, key=lambda row: row[-1]):
        if line := _JSONL_LINE.fullmatch(PurePosixPath(document).name):
            # The key as `restore.rule_key` makes it: what it makes later needs another migration.
            new = hashlib.sha256(as_bytes(f"{line['file']}\0{text}")).hexdigest()[:32]
            connection.execute("DELETE FROM restored WHERE key = ?", (key,))
            connection.execute(
                "INSERT OR IGNORE INTO restored VALUES (?,CAST(? AS TEXT),CAST(? AS TEXT),?)",
                (new, as_bytes(document), as_bytes(text), made_at),
            )
    return ""


def _stories(connection: sqlite3.Connection, _: Path) -> str:
    """Make the table of stories: one row for each night that had documents of a story."""
    connection.execute(
        """
        CREATE TABLE story_nights (
            night     TEXT NOT NULL,
            story     TEXT NOT NULL,
            since     TEXT NOT NULL,
            genre     TEXT NOT NULL,
            headline  TEXT NOT NULL,
            told      TEXT NOT NULL,
            documents TEXT NOT NULL,
            PRIMARY KEY (night, story)
        ) WITHOUT ROWID
        """
    )
    return ""


MEMORY_MIGRATIONS = (_first, _rules_of_files, _stories)


def prepare_memory(path: Path, *, remark: Remark) -> None:
    """Bring the memory at `path` to the newest version; `remark` hears of the changes.

    Raises what `open_memory` raises.
    """
    open_database(path, MEMORY_MIGRATIONS, precious=True, remark=remark).close()


@contextmanager
def open_memory(path: Path) -> Iterator[sqlite3.Connection]:
    """Open the memory at `path` for the length of a block, at the newest version.

    Raises DamagedError for a damaged file, and what else `database.open_database` raises; the same
    for errors of SQLite in the block.
    """
    connection = open_database(path, MEMORY_MIGRATIONS, precious=True)
    try:
        with told(path):
            yield connection
    finally:
        connection.close()
