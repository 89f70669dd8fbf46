"""What the clean-up remembers: paragraphs to keep for good, and those of earlier nights.

Tables of their own in the state file. The paragraphs of earlier nights are found by the shingles
of their sketches, so that a night reads those that resemble its own and no others.
"""

from __future__ import annotations

import sqlite3
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from pipeline.document import Document, Kind, Paragraph, Place, Span
from pipeline.stages.duplicates.repeats import is_short
from pipeline.stages.duplicates.sketch import sketch
from pipeline.stages.restore import rule_key
from pipeline.state.database import open_tables

_SCHEMA = """
CREATE TABLE IF NOT EXISTS restored (
    key      TEXT PRIMARY KEY,
    document TEXT NOT NULL,
    text     TEXT NOT NULL,
    made_at  REAL NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS night_paragraphs (
    id          INTEGER PRIMARY KEY,
    night       TEXT NOT NULL,
    document_id TEXT NOT NULL,
    document    TEXT NOT NULL,
    paragraph   INTEGER NOT NULL,
    first       INTEGER NOT NULL,
    last        INTEGER NOT NULL,
    text        TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS night_paragraphs_night ON night_paragraphs (night);
CREATE TABLE IF NOT EXISTS night_shingles (
    shingle   INTEGER NOT NULL,
    paragraph INTEGER NOT NULL REFERENCES night_paragraphs (id),
    PRIMARY KEY (shingle, paragraph)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS night_shingles_paragraph ON night_shingles (paragraph);
"""
_CHUNK = 500
_SHARED = 2  # shingles in common with tonight's text that make a paragraph worth reading


class RestoreRules:
    """The paragraphs that are to be kept for good. Raises OutputError if the file is unusable."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def keys(self) -> frozenset[str]:
        """Return the rules, as `rule_key` makes them."""
        if not self._path.exists():
            return frozenset()
        with open_tables(self._path, _SCHEMA) as connection:
            return frozenset(key for (key,) in connection.execute("SELECT key FROM restored"))

    def add(self, document: Document, paragraphs: Iterable[Paragraph]) -> int:
        """Keep these from now on; return how many were not kept already."""
        rows = [(rule_key(document, p), document.name, p.text, time.time()) for p in paragraphs]
        with open_tables(self._path, _SCHEMA) as connection, connection:
            before = connection.total_changes
            connection.executemany("INSERT OR IGNORE INTO restored VALUES (?,?,?,?)", rows)
            return connection.total_changes - before

    def discard(self, document: Document, paragraphs: Iterable[Paragraph]) -> int:
        """Take rules back; return how many there were."""
        rows = [(rule_key(document, p),) for p in paragraphs]
        with open_tables(self._path, _SCHEMA) as connection, connection:
            before = connection.total_changes
            connection.executemany("DELETE FROM restored WHERE key = ?", rows)
            return connection.total_changes - before


class EarlierNights:
    """The kept paragraphs of the last nights; implements `pipeline.stages.dedup.Earlier`.

    `present` are the ids of the documents that are still in the inbox: what a document said that
    is no longer there is nobody's original. `before` is tonight's date, ISO 8601; the `nights`
    latest before it count. Raises OutputError if the state file is unusable.
    """

    def __init__(self, path: Path, *, before: str, nights: int, present: frozenset[str]) -> None:
        self._path = path
        self._before = before
        self._nights = nights
        self._present = present

    def like(self, texts: Sequence[str]) -> list[tuple[Place, str]]:
        """Return the earlier paragraphs that may be what `texts` repeat, oldest first."""
        shingles = [int(s) for s in set(sketch(texts).shingles.view("int64").tolist())]
        shared: Counter[int] = Counter()
        with open_tables(self._path, _SCHEMA) as connection:
            for at in range(0, len(shingles), _CHUNK):
                chunk = shingles[at : at + _CHUNK]
                shared.update(
                    row[0]
                    for row in connection.execute(
                        "SELECT paragraph FROM night_shingles WHERE shingle IN "
                        f"({','.join('?' * len(chunk))})",
                        chunk,
                    )
                )
            nights = [
                night
                for (night,) in connection.execute(
                    "SELECT DISTINCT night FROM night_paragraphs WHERE night < ? "
                    "ORDER BY night DESC LIMIT ?",
                    (self._before, self._nights),
                )
            ]
            found = []
            for number, count in shared.items():
                if count < _SHARED:
                    continue
                row = connection.execute(
                    "SELECT night, document, paragraph, first, last, text, document_id "
                    "FROM night_paragraphs WHERE id = ?",
                    (number,),
                ).fetchone()
                if row is not None and row[0] in nights and row[6] in self._present:
                    found.append(row)
        return [
            (Place(row[6], row[1], row[2], Span(row[3], row[4])), row[5]) for row in sorted(found)
        ]

    def remember(self, documents: Iterable[Document]) -> None:
        """Store what tonight keeps, in place of an earlier attempt at it; forget the oldest."""
        kept = [
            (d, p)
            for d in documents
            for p in d.kept()
            if not is_short(p) and p.kind is not Kind.CODE
        ]
        sketches = sketch([p.text for _, p in kept])
        shingles = sketches.shingles.view("int64").tolist()
        with open_tables(self._path, _SCHEMA) as connection, connection:
            self._forget(connection, "night = ?", self._before)
            at = 0
            for (document, paragraph), size in zip(kept, sketches.sizes.tolist(), strict=True):
                number = connection.execute(
                    "INSERT INTO night_paragraphs VALUES (NULL,?,?,?,?,?,?,?)",
                    (
                        self._before,
                        document.id,
                        document.name,
                        paragraph.index,
                        paragraph.span.start,
                        paragraph.span.end,
                        paragraph.text,
                    ),
                ).lastrowid
                connection.executemany(
                    "INSERT OR IGNORE INTO night_shingles VALUES (?,?)",
                    [(shingle, number) for shingle in shingles[at : at + size]],
                )
                at += size
            oldest = connection.execute(
                "SELECT DISTINCT night FROM night_paragraphs ORDER BY night DESC LIMIT 1 OFFSET ?",
                (self._nights,),
            ).fetchone()
            if oldest is not None:
                self._forget(connection, "night <= ?", oldest[0])

    @staticmethod
    def _forget(connection: sqlite3.Connection, which: str, night: str) -> None:
        connection.execute(
            "DELETE FROM night_shingles WHERE paragraph IN "
            f"(SELECT id FROM night_paragraphs WHERE {which})",
            (night,),
        )
        connection.execute(f"DELETE FROM night_paragraphs WHERE {which}", (night,))
