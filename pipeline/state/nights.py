"""The paragraphs of earlier nights: `night_paragraphs` and `night_shingles` of the memory.

They are found by the shingles of their sketches, so that a night reads those that resemble its own
and no others.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from pipeline.document import Document, Kind, Paragraph
from pipeline.place import Place, Span
from pipeline.stages.duplicates.repeats import is_short
from pipeline.stages.duplicates.sketch import sketch
from pipeline.state.database import CHUNK, as_bytes, marks, transaction
from pipeline.state.memory import open_memory

_SHARED = 2  # shingles in common with tonight's text that make a paragraph worth reading
_Row = tuple[str, str, str, int, int, int, str]
_ROW = "night, document_id, document, paragraph, first, last, text"


class EarlierNights:
    """The kept paragraphs of the last nights; implements `pipeline.stages.dedup.Earlier`.

    `path` is the memory's. `present` are the ids of the documents that are still in the inbox:
    text of a document that is gone is nobody's original. `before` is tonight's date, ISO 8601; the
    `nights` latest before it count. Raises OutputError when the file cannot be used.
    """

    def __init__(self, path: Path, *, before: str, nights: int, present: frozenset[str]) -> None:
        self._path = path
        self._before = before
        self._nights = nights
        self._present = present

    def like(self, texts: Sequence[str]) -> list[tuple[Place, str]]:
        """Return the earlier paragraphs that `texts` may repeat, oldest first.

        1. Count the shingles that each paragraph shares with the texts.
        2. Read the paragraphs that share enough.
        3. Keep those of the latest nights whose documents are present.
        """
        shingles = [int(s) for s in set(sketch(texts).shingles.view("int64").tolist())]
        shared: Counter[int] = Counter()
        with open_memory(self._path) as connection:
            for at in range(0, len(shingles), CHUNK):
                shared.update(_holders(connection, shingles[at : at + CHUNK]))
            alike = [number for number, count in shared.items() if count >= _SHARED]
            rows: list[_Row] = []
            for at in range(0, len(alike), CHUNK):
                rows += _paragraphs(connection, alike[at : at + CHUNK])
            latest = set(self._latest(connection))
        found = [row for row in rows if row[0] in latest and row[1] in self._present]
        return [(_place(row), row[-1]) for row in sorted(found, key=_order)]

    def remember(self, documents: Iterable[Document]) -> None:
        """Store tonight's kept paragraphs in place of an earlier attempt's; forget the oldest."""
        kept = [
            (d, p)
            for d in documents
            for p in d.kept()
            if not is_short(p) and p.kind is not Kind.CODE
        ]
        sketches = sketch([p.text for _, p in kept])
        shingles = sketches.shingles.view("int64").tolist()
        with open_memory(self._path) as connection, transaction(connection):
            _forget(connection, "night = ?", self._before)
            at = 0
            for (document, paragraph), size in zip(kept, sketches.sizes.tolist(), strict=True):
                self._store(connection, document, paragraph, shingles[at : at + size])
                at += size
            oldest = connection.execute(
                "SELECT DISTINCT night FROM night_paragraphs ORDER BY night DESC LIMIT 1 OFFSET ?",
                (self._nights,),
            ).fetchone()
            if oldest is not None:
                _forget(connection, "night <= ?", oldest[0])

    def _latest(self, connection: sqlite3.Connection) -> list[str]:
        rows = connection.execute(
            "SELECT DISTINCT night FROM night_paragraphs WHERE night < ? "
            "ORDER BY night DESC LIMIT ?",
            (self._before, self._nights),
        )
        return [night for (night,) in rows]

    def _store(
        self,
        connection: sqlite3.Connection,
        document: Document,
        paragraph: Paragraph,
        shingles: Iterable[int],
    ) -> None:
        number = connection.execute(
            f"INSERT INTO night_paragraphs ({_ROW})"
            " VALUES (?,?,CAST(? AS TEXT),?,?,?,CAST(? AS TEXT))",
            (
                self._before,
                document.id,
                as_bytes(document.name),
                paragraph.index,
                paragraph.span.start,
                paragraph.span.end,
                as_bytes(paragraph.text),
            ),
        ).lastrowid
        connection.executemany(
            "INSERT OR IGNORE INTO night_shingles VALUES (?,?)",
            [(shingle, number) for shingle in shingles],
        )


def _place(row: _Row) -> Place:
    """Return where the paragraph in a row stands."""
    _, document_id, document, paragraph, first, last, _ = row
    return Place(document_id, document, paragraph, Span(first, last))


def _order(row: _Row) -> tuple[str | int, ...]:
    """Sort by night, then by document and by place in it."""
    night, document_id, document, paragraph, first, last, text = row
    return (night, document, paragraph, first, last, text, document_id)


def _holders(connection: sqlite3.Connection, shingles: Sequence[int]) -> list[int]:
    """Return a paragraph's number for each of the shingles that it holds."""
    rows = connection.execute(
        f"SELECT paragraph FROM night_shingles WHERE shingle IN ({marks(shingles)})", shingles
    )
    return [number for (number,) in rows]


def _paragraphs(connection: sqlite3.Connection, numbers: Sequence[int]) -> list[_Row]:
    return connection.execute(
        f"SELECT {_ROW} FROM night_paragraphs WHERE id IN ({marks(numbers)})", numbers
    ).fetchall()


def _forget(connection: sqlite3.Connection, which: str, night: str) -> None:
    connection.execute(
        "DELETE FROM night_shingles WHERE paragraph IN "
        f"(SELECT id FROM night_paragraphs WHERE {which})",
        (night,),
    )
    connection.execute(f"DELETE FROM night_paragraphs WHERE {which}", (night,))
