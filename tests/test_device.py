"""Which device and number format models run on, and what is said when they are not there."""

from __future__ import annotations

import pytest
import torch

from models.errors import EngineError
from models.runtime import device as device_module
from models.runtime.device import describe, dtype_name, pick_device, pick_dtype, runs_int8
from models.runtime.int8 import available
from models.runtime.speed import Speeds


def test_auto_takes_what_is_there() -> None:
    device = pick_device("auto")
    assert device == ("cuda" if torch.cuda.is_available() else pick_device(device))
    assert pick_dtype("auto", device=device) in {torch.bfloat16, torch.float32}


def test_named_formats_are_what_they_say() -> None:
    for name in ("bfloat16", "float16", "float32"):
        assert dtype_name(pick_dtype(name, device="cpu")) == name


@pytest.mark.parametrize(
    ("capabilities", "dtype"),
    [
        ({"avx512_bf16": True, "amx_bf16": False}, torch.bfloat16),
        ({"avx512_bf16": False, "amx_bf16": True}, torch.bfloat16),
        ({"avx2": True}, torch.float32),
    ],
)
def test_a_cpu_runs_in_bfloat16_only_if_it_computes_in_it(
    monkeypatch: pytest.MonkeyPatch, capabilities: dict[str, bool], dtype: torch.dtype
) -> None:
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: capabilities)
    assert pick_dtype("auto", device="cpu") is dtype


@pytest.mark.parametrize("device", ["gpu", "cpu:1", "cuda:x", "", "CPU"])
def test_an_unknown_device_names_the_known_ones(device: str) -> None:
    with pytest.raises(EngineError, match="unknown device") as caught:
        pick_device(device)
    assert "cpu" in caught.value.hint


@pytest.mark.skipif(torch.cuda.is_available(), reason="a CUDA device is here")
@pytest.mark.parametrize("device", ["cuda", "cuda:0"])
def test_a_gpu_that_is_not_there_is_refused_before_anything_loads(device: str) -> None:
    with pytest.raises(EngineError, match="no NVIDIA GPU") as caught:
        pick_device(device)
    assert "engine.device" in caught.value.hint


@pytest.mark.gpu
def test_a_gpu_is_numbered_from_zero() -> None:
    assert pick_device("cuda:0") == "cuda:0"
    with pytest.raises(EngineError, match="torch sees"):
        pick_device("cuda:99")


def test_an_unknown_format_names_the_known_ones() -> None:
    with pytest.raises(EngineError, match="'int8'") as caught:
        pick_dtype("int8", device="cpu")
    assert "bfloat16" in caught.value.hint
    assert "also int8" in caught.value.hint


@pytest.mark.parametrize(
    ("capabilities", "bytes_by_default", "bytes_at_all"),
    [
        ({"avx2": True, "avx512_bf16": True}, False, True),
        ({"avx2": True}, available(), True),
        ({}, False, False),
    ],
)
def test_matrices_are_bytes_where_bfloat16_is_not_computed(
    monkeypatch: pytest.MonkeyPatch,
    capabilities: dict[str, bool],
    bytes_by_default: bool,
    bytes_at_all: bool,
) -> None:
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: capabilities)
    monkeypatch.setattr(device_module, "measured", lambda: Speeds(bfloat16_ms=1.0, int8_ms=2.0))
    assert runs_int8("auto", device="cpu") is bytes_by_default
    assert not runs_int8("auto", device="cuda")
    assert not runs_int8("float32", device="cpu")
    if bytes_at_all and available():
        assert runs_int8("int8", device="cpu")
    else:
        with pytest.raises(EngineError, match="int8 is not there"):
            runs_int8("int8", device="cpu")
    with pytest.raises(EngineError, match="'cuda:0'"):
        runs_int8("int8", device="cuda:0")


def test_the_description_is_one_line_for_people() -> None:
    formats = ("bfloat16", "float32", "int8")
    assert describe().startswith(tuple(f"{pick_device('auto')}, {name}, " for name in formats))
    assert "\n" not in describe()
