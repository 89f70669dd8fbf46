"""Versions of the state's files: nothing is lost on the way from one to the next."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
import signal
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from newsroom import nightdesk
from states import BOAT, KEY, check_taken_over, document, overwrite_pages, single_file

from pipeline.document import Document, Origin
from pipeline.errors import DamagedError
from pipeline.sources.folder import read_file
from pipeline.stages.naming.mentions import Key
from pipeline.stages.restore import rule_key
from pipeline.state.database import Migration, open_database, transaction, version_of
from pipeline.state.folder import State, memory_path, open_state, state_folder
from pipeline.state.memory import _first
from pipeline.state.names import NameMemory
from pipeline.state.removals import RestoreRules


def _make(connection: sqlite3.Connection, _: Path) -> str:
    connection.execute("CREATE TABLE poems (line TEXT)")
    return ""


def _add_author(connection: sqlite3.Connection, _: Path) -> str:
    connection.execute("ALTER TABLE poems ADD COLUMN author TEXT")
    connection.execute("UPDATE poems SET author = 'nobody'")
    return "poems have authors now"


def _stopped(connection: sqlite3.Connection, path: Path) -> str:
    _add_author(connection, path)
    raise KeyboardInterrupt


def _killed(connection: sqlite3.Connection, path: Path) -> str:
    _add_author(connection, path)
    os.kill(os.getpid(), signal.SIGKILL)
    return ""


def poems(path: Path, *migrations: Migration, precious: bool = True) -> sqlite3.Connection:
    return open_database(path, migrations, precious=precious)


@pytest.fixture
def old_poems(tmp_path: Path) -> Path:
    path = tmp_path / "poems.sqlite"
    with closing(poems(path, _make)) as connection, transaction(connection):
        connection.execute("INSERT INTO poems VALUES ('roses')")
    return path


def check_version_1(path: Path) -> None:
    with closing(poems(path, _make)) as connection:
        assert version_of(connection) == 1
        assert connection.execute("SELECT * FROM poems").fetchall() == [("roses",)]


def test_a_migration_keeps_what_there_is_and_a_copy_of_it(old_poems: Path) -> None:
    remarks: list[str] = []
    for _ in range(2):
        with closing(
            open_database(old_poems, (_make, _add_author), precious=True, remark=remarks.append)
        ) as connection:
            assert connection.execute("SELECT * FROM poems").fetchall() == [("roses", "nobody")]
            assert version_of(connection) == 2
    assert remarks == ["poems have authors now"]
    check_version_1(old_poems.with_name("poems.sqlite.before-v2"))
    names = {p.name.removesuffix("-wal").removesuffix("-shm") for p in old_poems.parent.iterdir()}
    assert names == {"poems.sqlite", "poems.sqlite.before-v2"}


def test_only_a_precious_file_that_is_not_new_is_copied(old_poems: Path) -> None:
    poems(old_poems.with_name("new.sqlite"), _make, _add_author).close()
    poems(old_poems, _make, _add_author, precious=False).close()
    assert not list(old_poems.parent.glob("*.before-*"))


def test_a_migration_that_is_stopped_changes_nothing(old_poems: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        poems(old_poems, _make, _stopped)
    check_version_1(old_poems)
    poems(old_poems, _make, _add_author).close()


def test_a_migration_that_is_killed_changes_nothing(old_poems: Path) -> None:
    process = multiprocessing.get_context("fork").Process(
        target=poems, args=(old_poems, _make, _killed)
    )
    process.start()
    process.join(60)
    assert process.exitcode == -signal.SIGKILL
    check_version_1(old_poems)
    check_version_1(old_poems.with_name("poems.sqlite.before-v2"))
    poems(old_poems, _make, _add_author).close()


def test_a_file_that_another_process_writes_the_old_way_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "poems.sqlite"
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("CREATE TABLE other (line TEXT)")  # in a rollback journal, not a log
    other.execute("BEGIN IMMEDIATE")
    timer = threading.Timer(0.3, lambda: (other.execute("COMMIT"), other.close()))
    timer.start()
    poems(path, _make).close()
    timer.join()


CROWD = """
import sys
from pathlib import Path
from models.engine import Hypothesis
from pipeline.stages.naming.mentions import Key
from pipeline.state.folder import open_state
from pipeline.state.names import NameMemory

folder, number = Path(sys.argv[1]), sys.argv[2]
sys.stdin.read()  # until all are let go at once
with open_state(folder, remark=print) as state:
    for i in range(40):
        state.results.remember(f"{number} {i}", Hypothesis(number, i, "stop", "m"))
    NameMemory(state.memory).remember({Key(number, "ru", "en"): (number, "text")})
"""


def test_processes_that_begin_at_once_share_what_they_find(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    folder.mkdir()
    single_file(folder / "state.sqlite")
    crowd = [
        subprocess.Popen(
            [sys.executable, "-c", CROWD, folder, str(n)], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for n in range(5)
    ]  # fmt: skip
    for process in crowd:
        assert process.stdin is not None
        process.stdin.close()
        process.stdin = None
    said = [process.communicate(timeout=120) for process in crowd]
    assert [err for _, err in said] == [""] * 5
    assert sum("taken over" in out for out, _ in said) == 1
    with open_state(folder) as state:
        assert state.results.count() == 200
        keys = [Key(str(n), "ru", "en") for n in range(5)]
        assert list(NameMemory(state.memory).recall(keys)) == keys
    check_taken_over(folder)


def test_the_single_file_that_the_variable_names_is_taken_over_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = single_file(tmp_path / "mine.db")
    content = old.read_bytes()
    monkeypatch.setenv("NIGHTDESK_STATE", str(old))
    remarks: list[str] = []
    for _ in range(2):
        with open_state(remark=remarks.append) as state:
            assert state.folder == tmp_path / "mine.db.d"
            assert state.results.count() == 0
        check_taken_over(state.folder)
    [remark] = remarks
    assert f"{old}: taken over" in remark
    assert "names: 1, restore rules: 1, paragraphs of nights: 1" in remark
    assert old.read_bytes() == content
    NameMemory(state.memory).clear()
    old.unlink()
    assert state_folder() == tmp_path / "mine.db.d", "the folder stays where the memory is"
    with open_state() as state:
        assert NameMemory(state.memory).recall([KEY]) == {}
        assert RestoreRules(state.memory).keys()


def test_the_single_file_in_the_default_folder_is_taken_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NIGHTDESK_STATE")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    folder = tmp_path / "nightdesk"
    folder.mkdir()
    single_file(folder / "state.sqlite")
    assert state_folder() == folder
    wire = document("wire.txt", BOAT)
    assert RestoreRules(memory_path()).discard(wire, wire.paragraphs) == 1, "whoever comes first"
    assert NameMemory(memory_path()).recall([KEY])


def test_a_single_file_in_which_nothing_but_names_was_ever_kept(tmp_path: Path) -> None:
    rest = ("hypotheses", "restored", "night_shingles", "night_paragraphs")
    single_file(tmp_path / "state.sqlite", without=rest)
    with open_state(tmp_path) as state:
        assert NameMemory(state.memory).recall([KEY])
        assert RestoreRules(state.memory).keys() == frozenset()


def test_whichever_command_takes_a_single_file_over_says_so(tmp_path: Path) -> None:
    old = single_file(tmp_path / "mine.db")
    (tmp_path / "wire.txt").write_text(BOAT + "\n", encoding="utf-8")
    restore = ("restore", tmp_path / "wire.txt", "--undo")
    outcome = nightdesk(*restore, NIGHTDESK_STATE=str(old))
    assert outcome.code == 0
    assert outcome.lines(f"{old}: taken over")
    assert outcome.err.endswith("1 paragraph is judged like any other again\n"), outcome.err
    assert not nightdesk(*restore, NIGHTDESK_STATE=str(old)).lines(f"{old}")


def _rule_of_version_1(name: str, text: str, *, at: float) -> tuple[str, str, str, float]:
    return hashlib.sha256(f"{name}\0{text}".encode()).hexdigest()[:32], name, text, at


def test_rules_for_lines_of_a_feed_hold_by_its_file_from_version_2_on(tmp_path: Path) -> None:
    snow = "Снег ❄ лежит на причале Рейни до мая."
    old = [
        _rule_of_version_1("feed.jsonl#3", BOAT, at=2.0),
        _rule_of_version_1("feed.jsonl#9", BOAT, at=1.0),  # the same text, on another night
        _rule_of_version_1("wire/FEED.JSONL.gz#12", snow, at=3.0),
        _rule_of_version_1("report #3.txt", BOAT, at=4.0),
        _rule_of_version_1("#4.md", snow, at=5.0),
    ]
    with closing(open_database(memory_path(tmp_path), (_first,), precious=True)) as connection:
        connection.executemany("INSERT INTO restored VALUES (?,?,?,?)", old)
    feed = tmp_path / "feed.jsonl"
    feed.write_text("\n" + json.dumps({"text": BOAT}) + "\n", encoding="utf-8")
    (line,) = read_file(feed, name="feed.jsonl", max_file_bytes=10_000)
    assert isinstance(line, Document)
    assert line.name == "feed.jsonl#2"
    packed = replace(document("FEED.JSONL.gz#1", snow), origin=Origin(part="1"))
    for _ in range(2):
        with open_state(tmp_path) as state:
            rules = RestoreRules(state.memory)
            assert rules.keys() == {
                rule_key(line, line.paragraphs[0]),
                rule_key(packed, packed.paragraphs[0]),
                *(key for key, *_ in old[3:]),
            }
    with closing(sqlite3.connect(state.memory)) as connection:
        [(name,)] = connection.execute(
            "SELECT document FROM restored WHERE key = ?", (rule_key(line, line.paragraphs[0]),)
        )
    assert name == "feed.jsonl#9", "the older of the two"
    assert rules.discard(line, line.paragraphs) == 1, "and it can be taken back"


def test_a_damaged_single_file_is_told_and_tried_again(tmp_path: Path) -> None:
    old = single_file(tmp_path / "state.sqlite")
    content = old.read_bytes()
    overwrite_pages(old)
    for _ in range(2):
        with pytest.raises(DamagedError, match=r"/state\.sqlite: is damaged"):
            State(tmp_path)
    old.write_bytes(content)
    State(tmp_path).close()
    check_taken_over(tmp_path)


def test_a_row_of_a_single_file_that_says_nothing_stays_behind(tmp_path: Path) -> None:
    single_file(tmp_path / "state.sqlite")
    with closing(sqlite3.connect(tmp_path / "state.sqlite")) as old:
        rows = old.execute("SELECT * FROM restored").fetchall()
        old.executescript(
            "DROP TABLE restored;"
            "CREATE TABLE restored (key TEXT, document TEXT, text TEXT, made_at REAL);"
            "INSERT INTO restored VALUES ('k', NULL, 'x', 0.0), ('k', NULL, 'x', 0.0);"
        )
        old.executemany("INSERT INTO restored VALUES (?,?,?,?)", rows)
        old.commit()
    remarks: list[str] = []
    with open_state(tmp_path, remark=remarks.append):
        pass
    check_taken_over(tmp_path)
    assert "restore rules: 1," in remarks[0]
    assert "2 rows that are no names, rules or paragraphs stayed behind" in remarks[0]
