"""The removals that a person has undone for good: the table `restored` of the memory."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from pipeline.document import Document, Paragraph
from pipeline.stages.restore import rule_key
from pipeline.state.database import as_bytes, transaction
from pipeline.state.memory import open_memory


class RestoreRules:
    """The paragraphs that are to be kept for good, in the memory at `path`.

    Raises OutputError when the file cannot be used.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def keys(self) -> frozenset[str]:
        """Return the rules, as `rule_key` makes them."""
        with open_memory(self._path) as connection:
            return frozenset(key for (key,) in connection.execute("SELECT key FROM restored"))

    def listed(self) -> list[tuple[str, str]]:
        """Return the file name and the text of each rule, the oldest first."""
        with open_memory(self._path) as connection:
            rows = connection.execute("SELECT document, text FROM restored ORDER BY made_at, key")
            return [(str(document), str(text)) for document, text in rows]

    def add(self, document: Document, paragraphs: Iterable[Paragraph]) -> int:
        """Keep these from now on; return how many were not kept already."""
        rows = [
            (rule_key(document, p), as_bytes(document.name), as_bytes(p.text), time.time())
            for p in paragraphs
        ]
        return self._changed(
            "INSERT OR IGNORE INTO restored VALUES (?,CAST(? AS TEXT),CAST(? AS TEXT),?)", rows
        )

    def discard(self, document: Document, paragraphs: Iterable[Paragraph]) -> int:
        """Take rules back; return how many there were."""
        rows = [(rule_key(document, p),) for p in paragraphs]
        return self._changed("DELETE FROM restored WHERE key = ?", rows)

    def _changed(self, statement: str, rows: Sequence[tuple[object, ...]]) -> int:
        with open_memory(self._path) as connection, transaction(connection):
            before = connection.total_changes
            connection.executemany(statement, rows)
            return connection.total_changes - before
