"""The number format of "auto", told without torch, is the one that torch picks."""

from __future__ import annotations

import subprocess
import sys

import pytest

from models.runtime import number_format as module
from models.runtime.device import dtype_name, pick_device, pick_dtype, runs_int8
from models.runtime.number_format import number_format
from models.runtime.speed import Speeds
from pipeline.config import Config, Engine
from pipeline.profiles import profile_engines


def test_it_is_the_format_that_models_run_in() -> None:
    for device in ("auto", "cpu"):
        picked = pick_device(device)
        dtype = dtype_name(pick_dtype("auto", device=picked))
        runs = "int8" if runs_int8("auto", device=picked) else dtype
        assert number_format("auto", device=device) == runs


def test_a_format_that_is_asked_for_is_taken_at_its_word() -> None:
    assert number_format("bfloat16", device="cuda") == "bfloat16"


@pytest.mark.parametrize(
    ("flags", "int8_ms", "expected"),
    [
        ("sse avx2", 9.0, "int8"),
        ("avx2 avx512_bf16", 9.0, "bfloat16"),
        ("avx2 avx512_bf16", 1.0, "int8"),
        ("sse", 1.0, "float32"),
    ],
)
def test_processors_are_told_by_their_flags_and_by_what_was_measured(
    flags: str, int8_ms: float, expected: str, tmp_path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "remembered", lambda: Speeds(bfloat16_ms=3.0, int8_ms=int8_ms))
    file = tmp_path / "cpuinfo"
    file.write_text(f"processor\t: 0\nflags\t\t: fpu {flags}\n\n")
    monkeypatch.setattr(module, "_PROCESSOR", file)
    monkeypatch.setattr(module.platform, "system", lambda: "Linux")
    monkeypatch.setattr(module.platform, "machine", lambda: "x86_64")
    module._processors_format.cache_clear()
    try:
        assert number_format("auto", device="cpu") == expected
    finally:
        module._processors_format.cache_clear()


def test_identities_of_two_formats_differ() -> None:
    def identities(dtype: str) -> tuple[str, str]:
        translator, summariser = profile_engines(Config(engine=Engine(dtype=dtype)))
        return translator.identity, summariser.identity

    for one, other in zip(identities("float32"), identities("int8"), strict=True):
        assert one != other
        assert "float32" in one
        assert "int8" in other


@pytest.mark.skipif(module._processors_format() is None, reason="the processor does not tell")
def test_torch_is_not_loaded_to_tell() -> None:
    number_format("auto", device="cpu")  # what has to be measured is, now
    code = (
        "import sys; from models.runtime.number_format import number_format;"
        "number_format('auto', device='cpu'); assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
