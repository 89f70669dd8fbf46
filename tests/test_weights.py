"""Weights are named by their sha256, and those that are loaded are those that were verified."""

from __future__ import annotations

import json
import os
import time
from dataclasses import replace
from pathlib import Path

import pytest
from newsroom import nightdesk
from tiny_weights import SPEC, double

from models.engine import Decoding, Passage, Segment
from models.errors import WeightsError
from models.repository import stamps, weights
from models.repository.fetch import fetch
from models.repository.manifest import seal, sha256_of
from models.repository.registry import EMBEDDED, GEMMA, LARGE_STUDENT, STUDENT, ModelSpec
from pipeline.config import Config
from pipeline.profiles import profile_engines

CLOCK_S = 0.05  # longer than a tick of the clock that files are dated by


@pytest.fixture
def stamped(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small and new files get stamps, too."""
    monkeypatch.setattr(stamps, "SMALLEST_BYTES", 0)
    monkeypatch.setattr(stamps, "_CLOCK_TICK_S", 0.0)


def sealed(spec: ModelSpec, content: bytes, *, settings: str = "{}") -> Path:
    """Lay a converted model of a few bytes into the cache, under the name of `spec`."""
    folder = weights.folder_of(spec)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.safetensors").write_bytes(content)
    (folder / "config.json").write_text(settings, encoding="utf-8")
    (folder / "nightdesk.json").unlink(missing_ok=True)
    seal(folder, source_sha256=spec.sha256, about={})
    return folder


def damage(path: Path) -> None:
    """Change one bit of a file and put its date back."""
    time.sleep(CLOCK_S)
    before = path.stat()
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert path.stat().st_size == before.st_size


def test_the_identity_is_that_of_the_converted_files(cache: Path) -> None:
    assert weights.identity(SPEC) == "tiny@0.1.0 weights absent"
    folder = sealed(SPEC, b"one")
    one = weights.identity(SPEC)
    assert one.startswith(f"tiny@0.1.0 weights {sha256_of(folder / 'model.safetensors')[:12]} ")
    sealed(SPEC, b"two")
    assert weights.identity(SPEC) != one
    sealed(SPEC, b"one", settings='{"other": 1}')
    assert weights.identity(SPEC) != one
    sealed(SPEC, b"one")
    assert weights.identity(SPEC) == one


def test_the_identity_of_weights_in_several_files_is_that_of_all(cache: Path) -> None:
    folder = sealed(SPEC, b"first")
    for second in (b"second", b"another"):
        (folder / "nightdesk.json").unlink()
        (folder / "model-2.safetensors").write_bytes(second)
        before = weights.identity(SPEC)
        seal(folder, source_sha256=SPEC.sha256, about={})
        assert weights.identity(SPEC) != before


@pytest.mark.parametrize("name", ["model.safetensors", "config.json"])
def test_damaged_weights_are_not_loaded_whatever_their_date(
    cache: Path, stamped: None, name: str
) -> None:
    folder = sealed(SPEC, b"of these weights")
    assert weights.require_verified(SPEC) == folder
    damage(folder / name)
    with pytest.raises(WeightsError, match=f"is damaged: .*{name}: sha256 is") as caught:
        weights.require_verified(SPEC)
    assert caught.value.hint == "nightdesk models fetch tiny"
    assert weights.verify(SPEC)


def test_a_file_that_changes_what_transformers_loads_is_not_beside_the_weights(
    cache: Path,
) -> None:
    folder = sealed(SPEC, b"x")
    (folder / ".directory").write_text("of a desktop", encoding="utf-8")
    weights.require_verified(SPEC)
    (folder / "adapter_config.json").write_text("{}", encoding="utf-8")
    with pytest.raises(WeightsError, match="does not belong here"):
        weights.require_verified(SPEC)


def test_a_file_is_read_once_and_again_when_it_was_touched(
    cache: Path, stamped: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []

    def counted(path: Path, **options: object) -> str:
        read.append(path.name)
        return sha256_of(path)

    monkeypatch.setattr(stamps, "sha256_of", counted)
    folder = sealed(SPEC, b"x")
    time.sleep(CLOCK_S)
    weights.require_verified(SPEC)
    assert read == ["config.json", "model.safetensors"]
    weights.require_verified(SPEC)
    assert len(read) == 2
    os.utime(folder / "config.json", ns=(1, 1))
    weights.require_verified(SPEC)
    assert read[2:] == ["config.json"]
    weights.verify(SPEC)  # reads everything
    assert len(read) == 5


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b'{"sha256": 3}', b"[" * 100_000, None])
def test_a_damaged_stamp_only_costs_time(cache: Path, stamped: None, content: bytes | None) -> None:
    folder = sealed(SPEC, b"x")
    time.sleep(CLOCK_S)
    weights.require_verified(SPEC)
    left = list((cache / "verified").iterdir())
    assert len(left) == 2
    for path in left:
        if content is None:
            stamp = json.loads(path.read_text(encoding="utf-8"))
            path.write_text(json.dumps(stamp | {"inode": 0, "sha256": "0" * 64}), encoding="utf-8")
        else:
            path.write_bytes(content)
    assert weights.require_verified(SPEC) == folder


def test_a_new_file_has_no_stamp_for_it_may_be_written_within_the_same_tick(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stamps, "SMALLEST_BYTES", 0)
    sealed(SPEC, b"x")
    weights.require_verified(SPEC)
    assert not (cache / "verified").exists()


def test_weights_that_were_exchanged_since_the_start_are_not_loaded(cache: Path) -> None:
    absent = weights.identity(SPEC)
    sealed(SPEC, b"one")
    one = weights.identity(SPEC)
    assert weights.require_verified(SPEC, expected=one)
    for before, content in ((absent, b"one"), (one, b"two")):
        sealed(SPEC, content)
        with pytest.raises(WeightsError, match="exchanged since the start") as caught:
            weights.require_verified(SPEC, expected=before)
        assert "run the command again" in caught.value.hint


def test_a_fetch_mends_what_sizes_do_not_tell(cache: Path, installed: Path) -> None:
    folder = fetch(SPEC, convert=double)
    before = weights.identity(SPEC)
    damage(folder / "model.safetensors")
    assert fetch(SPEC, convert=double) == folder
    assert weights.verify(SPEC) == []
    assert weights.identity(SPEC) == before


def test_the_engines_of_the_embedded_profile_are_named_by_what_they_load(cache: Path) -> None:
    def identities() -> tuple[str, str]:
        translator, summariser = profile_engines(Config())
        return translator.identity, summariser.identity

    seen = {identities()}
    for spec, content in ((EMBEDDED, b"1"), (GEMMA, b"2"), (EMBEDDED, b"3")):
        sealed(spec, content)
        seen.add(identities())
    assert len({translator for translator, _ in seen}) == 4
    assert len({summariser for _, summariser in seen}) == 3  # it does not run on the small base
    translator, _ = identities()
    for adapter in (STUDENT, LARGE_STUDENT):
        assert f"{adapter.name}@{adapter.revision} {adapter.sha256[:12]}" in translator


def test_engines_whose_weights_are_damaged_write_nothing(cache: Path) -> None:
    for spec in (EMBEDDED, GEMMA):
        damage(sealed(spec, b"of these weights") / "model.safetensors")
    translator, summariser = profile_engines(Config())
    words = "Паром ушёл без нас вчера."
    for wanted in (Segment(words, "ru", "en"), Segment(words, "ru", "uk")):
        with pytest.raises(WeightsError, match="sha256"):
            list(translator.translate([wanted], decoding=Decoding()))
    with pytest.raises(WeightsError, match="sha256"):
        list(summariser.summarise([Passage("It left.", "en", 1)], decoding=Decoding()))


def test_doctor_and_verify_name_the_damaged_file(cache: Path, tmp_path: Path) -> None:
    for spec in (EMBEDDED, GEMMA):
        sealed(spec, b"of these weights")
    here = {"NIGHTDESK_CACHE": str(cache)}
    outcome = nightdesk("doctor", "--json", **here)
    rows = {row["what"]: row for row in json.loads(outcome.out)}
    for name in (EMBEDDED.name, GEMMA.name, STUDENT.name, LARGE_STUDENT.name):
        assert (rows[name]["found"], rows[name]["fix"]) == ("here", "")
    damage(weights.folder_of(GEMMA) / "model.safetensors")
    outcome = nightdesk("doctor", "--json", **here)
    rows = {row["what"]: row for row in json.loads(outcome.out)}
    assert outcome.code == 1
    assert "model.safetensors: sha256 is" in rows[GEMMA.name]["found"]
    assert rows[GEMMA.name]["fix"] == f"nightdesk models fetch {GEMMA.name}"
    outcome = nightdesk("models", "verify", **here)
    assert outcome.code == 3
    assert "model.safetensors: sha256 is" in outcome.err
    assert f"nightdesk models fetch {GEMMA.name}" in outcome.err


def test_a_damaged_adapter_is_told(tmp_path: Path) -> None:
    assert weights.adapter_problem(STUDENT) is None
    copy = tmp_path / "adapter.safetensors"
    copy.write_bytes(STUDENT.path.read_bytes()[:-1])
    problem = weights.adapter_problem(replace(STUDENT, file=str(copy)))
    assert problem is not None
    assert "sha256" in problem
    copy.unlink()
    missing = weights.adapter_problem(replace(STUDENT, file=str(copy)))
    assert missing == f"{copy}: is missing"
