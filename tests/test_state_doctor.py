"""nightdesk doctor on the state: both files are counted and checked, and nothing is changed."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from newsroom import Newsroom, nightdesk
from states import BOAT, POEM, document, filled, nights, overwrite_pages, set_aside

from pipeline.state.checkup import check_memory, check_results
from pipeline.state.folder import memory_path
from pipeline.state.removals import RestoreRules


@pytest.fixture
def looked_at(room: Newsroom, tmp_path: Path) -> Callable[[], dict[str, dict[str, str]]]:
    def look() -> dict[str, dict[str, str]]:
        outcome = nightdesk("doctor", "--json", NIGHTDESK_STATE=str(tmp_path / "state"))
        assert outcome.code in (0, 1), outcome.err
        return {row["what"]: row for row in json.loads(outcome.out)}

    return look


def test_doctor_counts_both_files_and_tells_what_is_wrong(
    looked_at: Callable[[], dict[str, dict[str, str]]], tmp_path: Path
) -> None:
    folder = tmp_path / "state"
    found = looked_at()
    assert "not there yet" in found["results"]["found"]
    assert not folder.exists(), "looking makes nothing"
    filled(folder)
    wire = document("wire.txt", BOAT)
    RestoreRules(memory_path(folder)).add(wire, wire.paragraphs)
    nights(memory_path(folder), "2026-03-01").remember([wire])
    found = looked_at()
    assert found["results"]["found"].endswith(" bytes, results: 300")
    assert found["memory"]["found"].endswith(" bytes, names: 300, restore rules: 1, nights: 1")
    assert found["memory"]["fix"] == found["results"]["fix"] == ""
    overwrite_pages(folder / "results.sqlite")
    overwrite_pages(folder / "memory.sqlite")
    found = looked_at()
    assert "is damaged" in found["results"]["found"]
    assert "sets it aside" in found["results"]["fix"]
    assert "is damaged" in found["memory"]["found"]
    assert "no backup" in found["memory"]["fix"]
    assert set_aside(folder) == []


def test_a_checkup_finds_damage_that_no_question_has_met(tmp_path: Path) -> None:
    filled(tmp_path)
    assert check_results(tmp_path).problem == check_memory(tmp_path).problem == ""
    path = tmp_path / "memory.sqlite"
    data = path.read_bytes()
    path.write_bytes(data[:-4096] + bytes(4096))  # a page of names
    RestoreRules(path).keys()
    assert "is damaged" in check_memory(tmp_path).problem
    assert check_memory(tmp_path).fix


def test_a_checkup_tells_a_newer_version_and_a_place_that_is_no_folder(
    looked_at: Callable[[], dict[str, dict[str, str]]], tmp_path: Path
) -> None:
    folder = tmp_path / "state"
    folder.mkdir()
    with closing(sqlite3.connect(folder / "memory.sqlite")) as connection:
        connection.execute("PRAGMA user_version = 99")
    assert "newer Nightdesk" in check_memory(folder).problem
    (folder / "memory.sqlite").unlink()
    folder.rmdir()
    folder.write_bytes(POEM)
    found = looked_at()
    assert "is a file, not a folder" in found["state"]["found"]
    assert "NIGHTDESK_STATE" in found["state"]["fix"]
