"""The faster number format is measured once, and then known without torch."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from models.runtime import kernel, speed
from models.runtime.device import runs_int8
from models.runtime.speed import Speeds, measured, remembered


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("NIGHTDESK_CACHE", str(tmp_path))
    return tmp_path


needs_kernel = pytest.mark.skipif(
    kernel.load_kernel() is None or not speed._PROCESSOR.is_file(),
    reason="no C compiler, or the system does not tell its processor",
)


@needs_kernel
def test_what_was_measured_is_read_by_the_next_process_without_torch(cache: Path) -> None:
    assert remembered() is None
    found = measured()
    assert found is not None
    assert found.int8_ms > 0
    assert found.bfloat16_ms > 0
    assert remembered() == found == measured()
    code = (
        "import sys; from models.runtime.speed import remembered;"
        f"assert remembered() == remembered().__class__({found.bfloat16_ms}, {found.int8_ms});"
        "assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
    assert [path.suffix for path in (cache / "kernels").glob("speed-*")] == [".json"]


@needs_kernel
@pytest.mark.parametrize("damaged", ["", "{", "[]", '{"int8_ms": 1}', '{"int8_ms": "x"}'])
def test_a_damaged_record_is_measured_anew(damaged: str) -> None:
    speed._place().parent.mkdir(exist_ok=True)
    speed._place().write_text(damaged, encoding="utf-8")
    assert remembered() is None
    speed._measured.cache_clear()
    assert measured() == remembered() is not None


@needs_kernel
def test_another_processor_is_measured_by_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = speed._place()
    other = tmp_path / "cpuinfo"
    other.write_text("processor: 0\nmodel name: another\nflags: avx2\n", encoding="utf-8")
    monkeypatch.setattr(speed, "_PROCESSOR", other)
    assert speed._place() != here


def test_the_faster_one_is_named() -> None:
    assert Speeds(bfloat16_ms=2.0, int8_ms=1.0).faster == "int8"
    assert Speeds(bfloat16_ms=1.0, int8_ms=2.0).faster == "bfloat16"


@pytest.mark.parametrize(
    ("speeds", "expected"), [(Speeds(2.0, 1.0), True), (Speeds(1.0, 2.0), False), (None, False)]
)
def test_a_processor_of_both_runs_the_faster_one(
    speeds: Speeds | None, expected: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    from models.runtime import device

    monkeypatch.setattr(device, "_computes_bfloat16", lambda _: True)
    monkeypatch.setattr(device, "available", lambda: True)
    monkeypatch.setattr(device, "measured", lambda: speeds)
    assert runs_int8("auto", device="cpu") is expected
    assert not runs_int8("auto", device="cuda")


def test_without_a_compiler_nothing_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernel, "load_kernel", lambda: None)
    speed._measured.cache_clear()
    assert measured() is None
