"""The cache and the memory: what is set aside by itself, what is told, and what is kept."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from newsroom import QUAY, Newsroom, nightdesk
from states import BOAT, FOUND, KEY, POEM, document, filled, nights, overwrite_pages, set_aside

from models.engine import Hypothesis
from pipeline.errors import BusyError, DamagedError, OutputError, UsageError
from pipeline.stages.naming.mentions import Key
from pipeline.state import database
from pipeline.state.folder import State, memory_path, open_state, state_folder
from pipeline.state.names import NameMemory
from pipeline.state.removals import RestoreRules
from pipeline.state.results import ResultCache


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.write_bytes(POEM),
        overwrite_pages,
        lambda path: (path.unlink(), path.mkdir(), (path / "x").touch()),
    ],
)
def test_a_damaged_cache_is_set_aside_and_begun_anew(
    tmp_path: Path, damage: Callable[[Path], object]
) -> None:
    filled(tmp_path)
    damage(tmp_path / "results.sqlite")
    remarks: list[str] = []
    with open_state(tmp_path, remark=remarks.append) as state:
        assert state.results.hypotheses(["k1"]) == {}
        state.results.remember("k1", FOUND)
        assert state.results.hypotheses(["k1"]) == {"k1": FOUND}
    [aside] = set_aside(tmp_path)
    [remark] = remarks
    assert aside.name in remark
    assert "computed again" in remark
    with open_state(tmp_path, remark=remarks.append) as state:
        assert state.results.count() == 1
        assert len(NameMemory(state.memory).recall([Key("имя7", "ru", "en")])) == 1
    assert len(remarks) == 1


def test_damage_met_in_the_middle_of_a_run_does_not_end_it(tmp_path: Path) -> None:
    filled(tmp_path)
    remarks: list[str] = []
    with open_state(tmp_path, remark=remarks.append) as state:
        with closing(sqlite3.connect(tmp_path / "results.sqlite")) as other:
            other.execute("DROP TABLE hypotheses")
        state.results.remember("k", FOUND)
        assert state.results.hypotheses(["k", "k1"]) == {"k": FOUND}
        assert state.results.clear() == 1
    assert len(set_aside(tmp_path)) == len(remarks) == 1


def test_of_two_processes_the_second_takes_the_new_cache_of_the_first(tmp_path: Path) -> None:
    filled(tmp_path)
    path = tmp_path / "results.sqlite"
    first, second = ResultCache(path), ResultCache(path)
    with closing(sqlite3.connect(path)) as other:
        other.execute("DROP TABLE hypotheses")
    first.remember("a", FOUND)
    second.remember("b", FOUND)
    assert first.count() == second.count() == 2
    first.close()
    second.close()
    assert len(set_aside(tmp_path)) == 1


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("alternatives", "no JSON"),
        ("alternatives", '{"a": 1}'),
        ("alternatives", "[1]"),
        ("alternatives", "[" * 200_000),
        ("alternatives", b"[]"),
        ("tokens", "many"),
        ("tokens", -1),
        ("finish", "tired"),
        ("text", b"\xff\xfe"),
        ("model", b"m"),
        ("model", ""),
        ("alternatives", r'["\ud800"]'),
    ],
)
def test_a_misshapen_row_is_not_remembered_and_made_again(
    tmp_path: Path, column: str, value: object
) -> None:
    with open_state(tmp_path) as state:
        state.results.remember("good", FOUND)
        state.results.remember("bad", FOUND)
        with closing(sqlite3.connect(tmp_path / "results.sqlite")) as other:
            other.execute(f"UPDATE hypotheses SET {column} = ? WHERE key = 'bad'", (value,))
            other.commit()
        assert state.results.hypotheses(["good", "bad"]) == {"good": FOUND}
        state.results.remember("bad", FOUND)
        assert state.results.hypotheses(["good", "bad"]) == {"good": FOUND, "bad": FOUND}
    assert set_aside(tmp_path) == []


@pytest.mark.parametrize("stored", [b"\xff\xfe", b"half \xed\xa0\x80"])
def test_bytes_that_are_no_text_are_not_remembered(tmp_path: Path, stored: bytes) -> None:
    with open_state(tmp_path) as state:
        state.results.remember("bad", FOUND)
        with closing(sqlite3.connect(tmp_path / "results.sqlite")) as other:
            other.execute("UPDATE hypotheses SET text = CAST(? AS TEXT)", (stored,))
            other.commit()
        assert state.results.hypotheses(["bad"]) == {}


@pytest.mark.skipif(sys.platform != "linux", reason="root has capabilities to drop on Linux only")
def test_a_cache_that_may_not_be_read_is_set_aside(room: Newsroom, tmp_path: Path) -> None:
    folder = tmp_path / "state"
    filled(folder)
    (folder / "results.sqlite").chmod(0)
    outcome = nightdesk("translate", "-", given=QUAY, mortal=True, NIGHTDESK_STATE=str(folder))
    assert outcome.code == 0, outcome.err
    [remark] = [line for line in outcome.err.splitlines() if "set aside" in line]
    assert "cannot be read and written" in remark
    assert len(set_aside(folder)) == 1


def test_clearing_the_cache_never_touches_the_memory(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    filled(folder)
    (folder / "memory.sqlite").write_bytes(POEM)
    before = (folder / "memory.sqlite").stat()
    outcome = nightdesk("cache", "clear", NIGHTDESK_STATE=str(folder))
    assert outcome.err == "forgot 300 results\n"
    assert nightdesk("cache", "info", NIGHTDESK_STATE=str(folder)).code == 0
    after = (folder / "memory.sqlite").stat()
    assert (before.st_mtime_ns, before.st_ino) == (after.st_mtime_ns, after.st_ino)
    assert (folder / "memory.sqlite").read_bytes() == POEM


@pytest.mark.parametrize("damage", [lambda path: path.write_bytes(POEM), overwrite_pages])
def test_a_damaged_memory_is_told_with_its_backup_and_left_alone(
    tmp_path: Path, damage: Callable[[Path], object]
) -> None:
    filled(tmp_path)
    path = memory_path(tmp_path)
    damage(path)
    content = path.read_bytes()

    def use() -> None:
        State(tmp_path).close()
        NameMemory(path).recall([Key(f"имя{i}", "ru", "en") for i in range(300)])

    with pytest.raises(DamagedError, match=r"memory\.sqlite: is damaged") as caught:
        use()
    assert "no backup" in caught.value.hint
    (tmp_path / "memory.sqlite.before-v2").write_bytes(b"")
    with pytest.raises(DamagedError) as caught:
        use()
    assert f"copy the backup {tmp_path / 'memory.sqlite.before-v2'} to {path}" in caught.value.hint
    assert path.read_bytes() == content


def test_names_are_recalled_by_the_thousand_and_keep_the_better_reason(tmp_path: Path) -> None:
    memory = NameMemory(memory_path(tmp_path))
    keys = [Key(f"имя{i}", "ru", "en") for i in range(1300)]
    memory.remember({key: (key.stem, "standard") for key in keys})
    memory.remember(dict.fromkeys(keys[:700], ("worse", "vote")))
    memory.remember(dict.fromkeys(keys[600:], ("better", "text")))
    unknown = Key("имя1", "uk", "en")
    found = memory.recall([*keys, unknown])
    assert list(found) == keys
    assert [form for form, _ in found.values()] == [k.stem for k in keys[:600]] + ["better"] * 700
    assert memory.recall([]) == {}


def test_a_name_of_an_origin_that_is_not_known_gives_way(tmp_path: Path) -> None:
    memory = NameMemory(memory_path(tmp_path))
    memory.remember({KEY: ("Worren", "text")})
    with closing(sqlite3.connect(memory_path(tmp_path))) as other:
        other.execute("UPDATE names SET origin = 'oracle'")
        other.commit()
    assert memory.recall([KEY]) == {}
    memory.remember({KEY: ("Warren", "vote")})
    assert memory.recall([KEY]) == {KEY: ("Warren", "vote")}


def test_a_file_name_of_undecodable_bytes_can_be_remembered(tmp_path: Path) -> None:
    wire = document("wire\udce9.txt", BOAT)
    path = memory_path(tmp_path)
    assert RestoreRules(path).add(wire, wire.paragraphs) == 1
    nights(path, "2026-03-01").remember([wire])
    [(place, _)] = nights(path, "2026-03-02").like([BOAT])
    assert place.document == wire.name


def _file(path: Path) -> str:
    path.write_bytes(POEM)
    return str(path)


@pytest.mark.parametrize(
    ("named", "said", "hint"),
    [
        (lambda folder: ":memory:", "not memory", "mktemp -d"),
        (lambda folder: _file(folder / "poem"), "poem is a file, not a folder", "to a folder"),
        (lambda folder: f"{_file(folder / 'poem')}/a/b", "poem is a file, not", "to a folder"),
        (lambda folder: f"{folder}/memory.sqlite", "is a file in a state folder", "itself"),
        (lambda folder: "n" * 300, "File name too long", "to a folder"),
    ],
)
def test_a_place_that_is_no_folder_is_refused(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    named: Callable[[Path], str],
    said: str,
    hint: str,
) -> None:
    monkeypatch.setenv("NIGHTDESK_STATE", named(tmp_path))
    with pytest.raises(UsageError) as caught:
        state_folder()
    assert said in str(caught.value)
    assert "NIGHTDESK_STATE" in caught.value.hint
    assert hint in caught.value.hint
    outcome = nightdesk("cache", "info")
    assert (outcome.code, outcome.out) == (2, "")


def test_a_folder_below_a_file_is_refused_when_it_is_opened(tmp_path: Path) -> None:
    _file(tmp_path / "poem")
    with pytest.raises(UsageError, match="cannot be the state folder"):
        State(tmp_path / "poem" / "a")


@pytest.mark.parametrize("name", ["results.sqlite", "memory.sqlite"])
def test_files_of_a_newer_version_are_not_touched(tmp_path: Path, name: str) -> None:
    with closing(sqlite3.connect(tmp_path / name)) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(OutputError, match="newer Nightdesk") as caught:
        State(tmp_path)
    assert "update Nightdesk" in caught.value.hint
    assert set_aside(tmp_path) == []


@pytest.mark.parametrize("name", ["results.sqlite", "memory.sqlite"])
def test_a_file_that_another_process_holds_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    filled(tmp_path)
    monkeypatch.setattr(database, "BUSY_S", 0.05)
    with closing(sqlite3.connect(tmp_path / name, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(BusyError, match=f"{name}: another process") as caught:
            _write(tmp_path)
        assert "wait until" in caught.value.hint
        other.execute("ROLLBACK")
    _write(tmp_path)
    assert set_aside(tmp_path) == []


def _write(folder: Path) -> None:
    with open_state(folder) as state:
        NameMemory(state.memory).remember({KEY: ("Warren", "text")})
        state.results.remember("k", FOUND)


def test_a_full_file_is_told_and_is_no_damage(tmp_path: Path) -> None:
    results = ResultCache(tmp_path / "results.sqlite")
    results._connection.execute("PRAGMA max_page_count = 3")  # SQLite answers as on a full disk
    with pytest.raises(OutputError, match=r"results\.sqlite: the disk is full") as caught:
        results.remember("k", Hypothesis("long " * 10_000, 1, "stop", "m"))
    assert "free disk space" in caught.value.hint
    results.close()
    assert set_aside(tmp_path) == []


def test_a_mistake_in_a_statement_is_no_damage_of_the_file(tmp_path: Path) -> None:
    results = ResultCache(tmp_path / "results.sqlite")
    results.remember("k", FOUND)
    with pytest.raises(sqlite3.OperationalError, match="syntax error"):
        results._do(lambda connection: connection.execute("SELECT FROM WHERE"))
    assert results.hypotheses(["k"]) == {"k": FOUND}
    results.close()
    assert set_aside(tmp_path) == []


def test_a_file_of_other_tables_is_no_state(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "memory.sqlite")) as other:
        other.execute("CREATE TABLE names (given TEXT)")
    with pytest.raises(DamagedError, match=r"memory\.sqlite: is damaged: table names already"):
        State(tmp_path)
