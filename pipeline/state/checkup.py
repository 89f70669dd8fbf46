"""The state folder looked at without changing it: its files, their sizes, counts and soundness."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.errors import DamagedError, NightdeskError
from pipeline.state.book import BOOK_MIGRATIONS
from pipeline.state.database import BUSY_S, Migration, as_str, version_of
from pipeline.state.failures import check_permitted, companions, damaged, newer, told
from pipeline.state.folder import book_path, memory_path, results_path
from pipeline.state.memory import MEMORY_MIGRATIONS
from pipeline.state.results import RESULTS_MIGRATIONS

_RESULTS = {"results": "SELECT count(*) FROM hypotheses"}
_MEMORY = {
    "names": "SELECT count(*) FROM names",
    "restore rules": "SELECT count(*) FROM restored",
    "nights": "SELECT count(DISTINCT night) FROM night_paragraphs",
}
_BOOK = {
    "nights": "SELECT count(*) FROM nights",
    "deliveries waiting": "SELECT count(*) FROM outbox WHERE status IN ('queued', 'sending')",
}
_SET_ASIDE = "the next run sets it aside and begins a new one: nothing is lost but time"


@dataclass(frozen=True, slots=True)
class Checkup:
    """The finding about one file: `problem` and `fix` are empty when it is well.

    `size_bytes` counts the write-ahead log, too, and is 0 where there is no file yet.
    """

    path: Path
    size_bytes: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)
    problem: str = ""
    fix: str = ""


def check_results(folder: Path) -> Checkup:
    """Look at the cache in a state folder."""
    return _check(results_path(folder), _RESULTS, RESULTS_MIGRATIONS, if_damaged=_SET_ASIDE)


def check_memory(folder: Path) -> Checkup:
    """Look at the memory in a state folder."""
    return _check(memory_path(folder), _MEMORY, MEMORY_MIGRATIONS)


def check_book(folder: Path) -> Checkup:
    """Look at the book of nights in a state folder."""
    return _check(book_path(folder), _BOOK, BOOK_MIGRATIONS)


def _check(
    path: Path, queries: Mapping[str, str], migrations: Sequence[Migration], *, if_damaged: str = ""
) -> Checkup:
    size_bytes = 0
    counts: Mapping[str, int] = {}
    try:
        with told(path):
            check_permitted(path)
            size_bytes = sum(p.stat().st_size for p in companions(path) if p.is_file())
            if path.exists():
                counts = _counts(path, queries, newest=len(migrations))
    except DamagedError as error:
        return Checkup(path, size_bytes, problem=str(error), fix=if_damaged or error.hint)
    except NightdeskError as error:
        return Checkup(path, size_bytes, problem=str(error), fix=error.hint)
    return Checkup(path, size_bytes, counts)


def _counts(path: Path, queries: Mapping[str, str], *, newest: int) -> dict[str, int]:
    """Return the counts of a sound file; none for one that the next run has yet to migrate."""
    uri = f"{path.absolute().as_uri()}?mode=rw"
    with closing(sqlite3.connect(uri, uri=True, timeout=BUSY_S)) as connection:
        connection.text_factory = as_str
        (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        if found != "ok":
            raise damaged(path, found)
        if (version := version_of(connection)) > newest:
            raise newer(path, version)
        if version < newest:
            return {}
        return {what: connection.execute(query).fetchone()[0] for what, query in queries.items()}
