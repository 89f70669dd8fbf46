"""Weights on this machine: found again, verified, mended."""

from __future__ import annotations

import os
import re
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from tiny_weights import SPEC, WHOLE, Heard, double

from models.errors import WeightsError
from models.repository import fetch as room
from models.repository import weights
from models.repository.manifest import MANIFEST
from models.repository.registry import EMBEDDED


@pytest.mark.parametrize(
    "content",
    [
        b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"format": 1}',
        b'{"format": 2, "source_sha256": "", "files": {}}',
        b'{"format": 1, "source_sha256": "", "files": {}}',
        b'{"format": 1, "source_sha256": "", "files": {"../x": {"size_bytes": 1, "sha256": ""}}}',
        b'{"format": 1, "source_sha256": "", "files": {"x": {"size_bytes": "?", "sha256": ""}}}',
        b'{"format": 1, "source_sha256": "", "files": {"x": 3}}',
        None,
    ],
)  # fmt: skip
def test_a_damaged_manifest_is_no_model_and_the_next_fetch_mends_it(
    cache: Path, installed: Path, content: bytes | None
) -> None:
    path = room.fetch(SPEC, convert=double) / MANIFEST
    if content is None:
        path.unlink()
    else:
        path.write_bytes(content)
    assert weights.locate(SPEC) is None
    assert len(weights.verify(SPEC)) == 1
    assert MANIFEST in weights.verify(SPEC)[0]
    with pytest.raises(WeightsError, match="is damaged") as caught:
        weights.require(SPEC)
    assert caught.value.hint == "nightdesk models fetch tiny"
    room.fetch(SPEC, convert=double)
    assert weights.verify(SPEC) == []


def test_a_file_that_is_gone_or_short_is_noticed_without_reading(
    cache: Path, installed: Path
) -> None:
    folder = room.fetch(SPEC, convert=double)
    (folder / "model.safetensors").write_bytes(b"short")
    assert weights.locate(SPEC) is None
    with pytest.raises(WeightsError, match=f"has 5 bytes instead of {2 * len(WHOLE)}"):
        weights.require(SPEC)
    (folder / "model.safetensors").unlink()
    with pytest.raises(WeightsError, match=r"model\.safetensors: is missing"):
        weights.require(SPEC)
    room.fetch(SPEC, convert=double)
    assert weights.require(SPEC) == folder


def test_verify_finds_one_changed_bit_and_a_file_too_many(cache: Path, installed: Path) -> None:
    folder = room.fetch(SPEC, convert=double)
    heard = Heard()
    assert weights.verify(SPEC, on_progress=heard) == []
    assert heard[-1][1] == 2 * len(WHOLE) + 2
    content = bytearray((folder / "model.safetensors").read_bytes())
    content[100] ^= 1
    (folder / "model.safetensors").write_bytes(content)
    (folder / "pytorch_model.bin").write_bytes(b"a pickle")
    assert weights.locate(SPEC) == folder
    problems = weights.verify(SPEC)
    assert len(problems) == 2
    assert re.search(r"model\.safetensors: sha256 is [0-9a-f]{64} instead of", problems[0])
    assert problems[1].endswith("pytorch_model.bin: does not belong here")


def test_verify_of_what_was_never_fetched_says_so(cache: Path) -> None:
    assert len(weights.verify(SPEC)) == 1
    assert not cache.exists()


def test_a_model_converted_from_other_weights_is_not_taken(cache: Path, installed: Path) -> None:
    room.fetch(SPEC, convert=double)
    other = replace(SPEC, sha256="0" * 64)
    assert weights.locate(other) is None
    with pytest.raises(WeightsError, match="converted from other weights"):
        weights.require(other)


def test_the_status_is_that_of_the_folder(cache: Path, installed: Path) -> None:
    assert weights.status(SPEC) == weights.ModelStatus(SPEC, None, False, 0)
    folder = room.fetch(SPEC, convert=double)
    found = weights.status(SPEC)
    assert (found.path, found.present) == (folder, True)
    assert found.size_bytes == sum(path.stat().st_size for path in folder.iterdir())


def test_a_shared_cache_can_be_read_by_everyone(cache: Path, installed: Path) -> None:
    def private(gguf: Path, folder: Path) -> None:
        double(gguf, folder)
        (folder / "model.safetensors").chmod(0o600)

    mask = os.umask(0o022)
    try:
        folder = room.fetch(SPEC, convert=private)
    finally:
        os.umask(mask)
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o644}


def test_the_cache_is_where_it_is_told_to_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIGHTDESK_CACHE", "~/weights")
    assert weights.cache_root() == Path.home() / "weights"
    for unset in ("", None):
        if unset is None:
            monkeypatch.delenv("NIGHTDESK_CACHE")
        else:
            monkeypatch.setenv("NIGHTDESK_CACHE", unset)
        assert weights.cache_root().is_absolute()
        assert weights.cache_root().name == "nightdesk"


# The real ones


@pytest.mark.model
def test_the_embedded_weights_are_whole() -> None:
    folder = room.fetch(EMBEDDED)
    assert weights.verify(EMBEDDED) == []
    assert {path.suffix for path in folder.iterdir()} <= {".safetensors", ".json", ".jinja"}
    assert weights.status(EMBEDDED).size_bytes == pytest.approx(EMBEDDED.converted_bytes, rel=0.01)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells what a descriptor names")
def test_weights_are_on_the_disk_before_they_count_as_there(
    cache: Path, installed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[str] = []
    fsync = os.fsync

    def watched(descriptor: int) -> None:
        fsync(descriptor)
        synced.append(Path(f"/proc/self/fd/{descriptor}").readlink().name)

    monkeypatch.setattr(os, "fsync", watched)
    folder = room.fetch(SPEC, convert=double)
    assert {path.name for path in folder.iterdir()} <= set(synced)
    assert synced[-1] == folder.parent.name, "the name of the folder comes last"
