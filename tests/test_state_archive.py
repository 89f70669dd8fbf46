"""A state that is packed, exported and put back is the same; a damaged archive changes nothing."""

from __future__ import annotations

import sqlite3
import zipfile
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.errors import BusyError, UsageError
from pipeline.state.archive import export, import_state, vacuum
from pipeline.state.book import Book, Delivery
from pipeline.state.folder import open_state
from pipeline.state.memory import open_memory

NOW = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "state"
    with open_state(folder) as state, open_memory(state.memory) as memory:
        rows = [(f"stem{n}", "ru", "en", "x" * 200, "seen", 0.0) for n in range(3_000)]
        memory.executemany("INSERT INTO names VALUES (?,?,?,?,?,?)", rows)
        book = Book(state.book, desk="here")
        book.begin("2026-03-01", timezone="UTC", now=NOW)
        row = Delivery("2026-03-01", "mail", "a@example.org", "<1@x>")
        book.publish("2026-03-01", record={"n": 1}, deliveries=[row], now=NOW)
    return folder


def names(folder: Path) -> int:
    with open_memory(folder / "memory.sqlite") as memory:
        return int(memory.execute("SELECT count(*) FROM names").fetchone()[0])


def test_vacuum_gives_room_back(folder: Path) -> None:
    with open_memory(folder / "memory.sqlite") as memory:
        memory.execute("DELETE FROM names WHERE stem != 'stem7'")
    before, after = vacuum(folder)["memory.sqlite"]
    assert after < before / 4
    assert names(folder) == 1


def test_a_state_goes_to_another_folder_as_it_is(folder: Path, tmp_path: Path) -> None:
    assert export(folder, tmp_path / "s.zip", results=False) == ("memory.sqlite", "nightly.sqlite")
    other = tmp_path / "other"
    import_state(tmp_path / "s.zip", other)
    assert names(other) == 3_000
    book = Book(other / "nightly.sqlite", desk="here")
    assert [n.record for n in book.nights()] == [{"n": 1}]
    assert [d.recipient for d in book.deliveries()] == ["a@example.org"]


def test_a_state_that_is_there_is_kept_beside(folder: Path, tmp_path: Path) -> None:
    export(folder, tmp_path / "s.zip", results=True)
    with open_memory(folder / "memory.sqlite") as memory:
        memory.execute("DELETE FROM names")
    import_state(tmp_path / "s.zip", folder)
    assert names(folder) == 3_000
    with closing(sqlite3.connect(folder / "memory.sqlite.before-import")) as kept:
        assert kept.execute("SELECT count(*) FROM names").fetchone() == (0,)


def test_a_state_in_use_is_left_alone(folder: Path, tmp_path: Path) -> None:
    export(folder, tmp_path / "s.zip", results=False)
    with closing(sqlite3.connect(folder / "memory.sqlite", isolation_level=None)) as user:
        user.execute("BEGIN IMMEDIATE")
        with pytest.raises(BusyError, match="is in use"):
            import_state(tmp_path / "s.zip", folder)
    assert not list(folder.glob("*.before-import"))


@pytest.mark.parametrize("damage", ["empty", "text", "cut", "changed", "foreign"])
def test_a_damaged_archive_changes_nothing(folder: Path, tmp_path: Path, damage: str) -> None:
    path = tmp_path / "s.zip"
    export(folder, path, results=False)
    raw = path.read_bytes()
    match damage:
        case "empty":
            path.write_bytes(b"")
        case "text":
            path.write_text("hello")
        case "cut":
            path.write_bytes(raw[: len(raw) // 2])
        case "changed":
            with zipfile.ZipFile(path) as archive:
                manifest = archive.read("manifest.json")
            with zipfile.ZipFile(path, "w") as archive:
                archive.writestr("manifest.json", manifest)
                archive.writestr("memory.sqlite", b"SQLite format 3\0")
                archive.writestr("nightly.sqlite", b"")
        case "foreign":
            with zipfile.ZipFile(path, "w") as archive:
                archive.writestr("manifest.json", '{"format": 1, "sha256": {"../../x": "0"}}')
    before = {p.name: p.read_bytes() for p in folder.iterdir()}
    with pytest.raises(UsageError, match="is no archive of a state"):
        import_state(path, folder)
    assert {p.name: p.read_bytes() for p in folder.iterdir()} == before


def test_without_a_state_there_is_nothing_to_export(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no state"):
        export(tmp_path / "none", tmp_path / "s.zip", results=False)
    assert list(tmp_path.iterdir()) == []
