"""The lock on the folder of nights, and how one night comes to stand in it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from pipeline.errors import BusyError, OutputError
from pipeline.nightly.publish import staging
from pipeline.nightly.told import published
from pipeline.output.lock import exclusive
from pipeline.output.own_files import NIGHT_FILE


def test_the_lock_makes_its_folder_and_lets_go(tmp_path: Path) -> None:
    out = tmp_path / "not" / "there"
    for _ in range(2):
        with exclusive(out):
            assert out.is_dir()


def test_the_lock_keeps_others_out_by_any_name(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (tmp_path / "link").symlink_to(out)
    with exclusive(out):
        with pytest.raises(BusyError, match="link: another run"), exclusive(tmp_path / "link"):
            pass
        out.rename(tmp_path / "renamed")
        renamed = exclusive(tmp_path / "renamed")
        with pytest.raises(BusyError, match="renamed: another run"), renamed:
            pass
    with exclusive(tmp_path / "renamed"):
        pass


def test_an_error_under_the_lock_passes_as_it_is(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), exclusive(tmp_path):
        (tmp_path / "nothing").read_text()
    with exclusive(tmp_path):
        pass


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    blocked = tmp_path / "file" / "out"
    with pytest.raises(OutputError, match=f"{blocked}: cannot be written"), exclusive(blocked):
        pass


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_permission_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(OutputError, match="Permission denied"), exclusive(tmp_path):
        pass


def test_only_a_complete_night_is_published(tmp_path: Path) -> None:
    def failing() -> None:
        with staging(tmp_path, "2026-03-01") as folder:
            (folder / NIGHT_FILE).write_text("{}")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        failing()
    with staging(tmp_path, "2026-03-01") as folder:
        (folder / "digest.md").write_text("without a record")
    assert list(tmp_path.iterdir()) == []
    with staging(tmp_path, "2026-03-01") as folder:
        (folder / NIGHT_FILE).write_text("{}")
        assert [p.name for p in tmp_path.iterdir()] == [folder.name]
    assert [p.name for p in tmp_path.iterdir()] == ["2026-03-01"]


def test_a_folder_that_is_no_night_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "2026-03-01").mkdir()
    (tmp_path / "2026-03-02").write_text("a file")
    assert published(tmp_path).dates == frozenset()
    for day in ("2026-03-01", "2026-03-02"):
        with pytest.raises(OutputError, match="is not a night"), staging(tmp_path, day):
            pass
    assert published(tmp_path / "missing").dates == frozenset()


@pytest.mark.parametrize("record", ["", "[]", '{"documents": [{}], "told_before": []}', "{}"])
def test_a_night_with_a_damaged_record_is_named(tmp_path: Path, record: str) -> None:
    (tmp_path / "2026-03-01").mkdir()
    (tmp_path / "2026-03-01" / NIGHT_FILE).write_text(record)
    with pytest.raises(OutputError, match=r"2026-03-01/night\.json: cannot be read") as caught:
        published(tmp_path)
    assert "restore the file" in caught.value.hint


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells what a descriptor names")
def test_the_names_in_a_night_are_on_the_disk_before_the_night_has_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A power cut cannot be tried here; requests to the disk, and their order, can be watched."""
    synced: list[tuple[str, bool]] = []
    target = tmp_path / "out" / "2026-03-01"

    def watched(descriptor: int) -> None:
        fsync(descriptor)
        name = Path(f"/proc/self/fd/{descriptor}").readlink().name
        synced.append((name, target.exists()))

    fsync = os.fsync
    target.parent.mkdir()
    monkeypatch.setattr(os, "fsync", watched)
    with staging(tmp_path / "out", "2026-03-01") as folder:
        (folder / "documents").mkdir()
        (folder / NIGHT_FILE).write_text("{}", encoding="utf-8")
        staged = folder.name
    assert target.is_dir()
    assert {name for name, there in synced if not there} >= {staged, "documents"}
    assert ("out", True) in synced
