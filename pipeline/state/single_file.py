"""The single state file of earlier versions: how it is known, and taken over once.

Until version 0.1 one SQLite file held the cache and the memory. It stays where it is, unchanged
and under its name: an earlier Nightdesk can go on with it, and it is the backup of its migration.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from pipeline.state.database import as_str
from pipeline.state.failures import told

SINGLE_FILE = "state.sqlite"  # in the default folder
_BESIDE = ".d"  # a folder of this ending stands for the file that NIGHTDESK_STATE names
_MAGIC = b"SQLite format 3\0"
_COLUMNS = {
    "names": "stem, language, target, form, origin, made_at",
    "restored": "key, document, text, made_at",
    "night_paragraphs": "id, night, document_id, document, paragraph, first, last, text",
    "night_shingles": "shingle, paragraph",
}
_CACHE = "hypotheses"
_BATCH = 1000  # rows held in memory at a time


def is_single_file(path: Path) -> bool:
    """Tell whether `path` is the state of an earlier version.

    A database too damaged to tell its tables counts as one: its owner is to be told, see
    `take_over`. Raises OSError where the file cannot be read.
    """
    if not path.is_file():
        return False
    with path.open("rb") as file:
        if file.read(len(_MAGIC)) != _MAGIC:
            return False
    try:
        with closing(_connect(path)) as connection:
            return bool(_tables(connection) & {_CACHE, *_COLUMNS})
    except sqlite3.DatabaseError:
        return True


def folder_for(single: Path) -> Path:
    """Return the state folder that takes the place of a single file: `NAME.d` beside it."""
    return single.with_name(single.name + _BESIDE)


def single_file_of(memory: Path) -> Path | None:
    """Return the single file that the memory at `memory` goes on from, None where there is none.

    That is `state.sqlite` in the same folder, or the file that the folder is named after.
    """
    folder = memory.parent
    candidates = [folder / SINGLE_FILE]
    if folder.name.endswith(_BESIDE):
        candidates.append(folder.with_name(folder.name.removesuffix(_BESIDE)))
    return next((c for c in candidates if c != memory and is_single_file(c)), None)


def take_over(connection: sqlite3.Connection, single: Path) -> str:
    """Copy the precious tables of a single file into those of `connection`; return the remark.

    The cache is left behind: results are computed again, under new keys. Raises DamagedError where
    the single file cannot be read to its end.
    """
    copied = {}
    left = 0
    with told(single), closing(_connect(single)) as source:
        there = _tables(source)
        for table, columns in _COLUMNS.items():
            copied[table] = 0
            if table in there:
                rows = source.execute(f"SELECT {columns} FROM {table}")
                places = ",".join("?" * len(columns.split(",")))
                while batch := rows.fetchmany(_BATCH):
                    # A row that an earlier version let in, and that says nothing, stays behind.
                    before = connection.total_changes
                    connection.executemany(
                        f"INSERT OR IGNORE INTO {table} ({columns}) VALUES ({places})", batch
                    )
                    taken = connection.total_changes - before
                    copied[table] += taken
                    left += len(batch) - taken
    behind = f"; {left} rows that are no names, rules or paragraphs stayed behind" if left else ""
    return (
        f"{single}: taken over into the folder that has its place now"
        f" (names: {copied['names']}, restore rules: {copied['restored']},"
        f" paragraphs of nights: {copied['night_paragraphs']});"
        f" the file itself is left as it was, and not used any more{behind}"
    )


def _connect(path: Path) -> sqlite3.Connection:
    # Not read-only: the log of a process that was killed must be read with it.
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True)
    connection.text_factory = as_str
    return connection


def _tables(connection: sqlite3.Connection) -> set[str]:
    rows = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    return {name for (name,) in rows}
