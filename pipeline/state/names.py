"""The forms of names that earlier runs decided on: a table of its own in the state file.

A form is kept until a better reason comes: one seen in Latin letters in a text outranks the
national standard, and that outranks a vote over the model's spellings.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path

from pipeline.stages.naming.pairs import Key
from pipeline.stages.naming.spelling import Authority
from pipeline.state.database import open_tables

_SCHEMA = """
CREATE TABLE IF NOT EXISTS names (
    stem     TEXT NOT NULL,
    language TEXT NOT NULL,
    target   TEXT NOT NULL,
    form     TEXT NOT NULL,
    origin   TEXT NOT NULL,
    made_at  REAL NOT NULL,
    PRIMARY KEY (stem, language, target)
) WITHOUT ROWID;
"""
_RANK: dict[Authority, int] = {"vote": 0, "lexicon": 1, "standard": 2, "text": 3, "glossary": 4}


class NameMemory:
    """Implements `pipeline.stages.naming.names.Memory` on the state file at `path`.

    Each call opens the file and closes it: names are asked for once in a window of documents.
    Raises OutputError when the file cannot be used.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def recall(self, keys: Iterable[Key]) -> dict[Key, tuple[str, Authority]]:
        """Return the remembered forms among `keys`, each with its authority."""
        found: dict[Key, tuple[str, Authority]] = {}
        with open_tables(self._path, _SCHEMA) as connection:
            for key in keys:
                row = connection.execute(
                    "SELECT form, origin FROM names WHERE stem = ? AND language = ? AND target = ?",
                    (key.stem, key.language, key.target),
                ).fetchone()
                if row is not None:
                    found[key] = (row[0], row[1])
        return found

    def remember(self, forms: dict[Key, tuple[str, Authority]]) -> None:
        """Store forms; one that is there already gives way only to a better origin."""
        with open_tables(self._path, _SCHEMA) as connection, connection:
            for key, (form, origin) in forms.items():
                row = connection.execute(
                    "SELECT origin FROM names WHERE stem = ? AND language = ? AND target = ?",
                    (key.stem, key.language, key.target),
                ).fetchone()
                if row is not None and _RANK[row[0]] >= _RANK[origin]:
                    continue
                connection.execute(
                    "INSERT OR REPLACE INTO names VALUES (?,?,?,?,?,?)",
                    (key.stem, key.language, key.target, form, origin, time.time()),
                )

    def clear(self) -> None:
        """Forget all names."""
        with open_tables(self._path, _SCHEMA) as connection, connection:
            connection.execute("DELETE FROM names")
