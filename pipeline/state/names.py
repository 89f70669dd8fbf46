"""The forms of names that earlier runs decided on: the table `names` of the memory.

A form is kept until a better reason comes: one seen in Latin letters in a text outranks the
national standard, and that outranks a vote over the model's spellings.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from pipeline.stages.naming.mentions import Key
from pipeline.stages.naming.spelling import Authority
from pipeline.state.database import CHUNK, transaction
from pipeline.state.memory import open_memory

_RANK: dict[Authority, int] = {"vote": 0, "lexicon": 1, "standard": 2, "text": 3, "glossary": 4}


class NameMemory:
    """Implements `pipeline.stages.naming.spelling.Memory` on the memory at `path`.

    Each call opens the file and closes it: names are asked for once in a window of documents.
    Raises OutputError when the file cannot be used.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def recall(self, keys: Iterable[Key]) -> dict[Key, tuple[str, Authority]]:
        """Return the remembered forms among `keys`, each with where it came from."""
        wanted = list(keys)
        found: dict[Key, tuple[str, Authority]] = {}
        with open_memory(self._path) as connection:
            for start in range(0, len(wanted), CHUNK):
                found |= _recalled(connection, wanted[start : start + CHUNK])
        return {key: found[key] for key in wanted if key in found}

    def remember(self, forms: dict[Key, tuple[str, Authority]]) -> None:
        """Store forms; one that is there already gives way only to a better origin."""
        keys = list(forms)
        with open_memory(self._path) as connection, transaction(connection):
            for start in range(0, len(keys), CHUNK):
                chunk = keys[start : start + CHUNK]
                known = _recalled(connection, chunk)
                connection.executemany(
                    "INSERT OR REPLACE INTO names VALUES (?,?,?,?,?,?)",
                    [
                        (key.stem, key.language, key.target, *forms[key], time.time())
                        for key in chunk
                        if key not in known or _RANK[known[key][1]] < _RANK[forms[key][1]]
                    ],
                )

    def clear(self) -> None:
        """Forget all names."""
        with open_memory(self._path) as connection:
            connection.execute("DELETE FROM names")


def _recalled(
    connection: sqlite3.Connection, keys: Sequence[Key]
) -> dict[Key, tuple[str, Authority]]:
    """Return the forms of at most `CHUNK` keys, without those of an origin that is not ours."""
    rows = connection.execute(
        f"WITH wanted (stem, language, target) AS (VALUES {','.join(['(?,?,?)'] * len(keys))}) "
        "SELECT stem, language, target, form, origin FROM names "
        "JOIN wanted USING (stem, language, target)",
        [part for key in keys for part in (key.stem, key.language, key.target)],
    )
    return {
        Key(stem, language, target): (form, origin)
        for stem, language, target, form, origin in rows
        if origin in _RANK
    }
