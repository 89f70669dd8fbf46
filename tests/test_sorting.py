"""numpy sorts by AVX2 on Zen 4, and on other processors as it likes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from models.runtime.sorting import prepare_sorting

VARIABLE = "NPY_DISABLE_CPU_FEATURES"
ZEN_4 = {"vendor_id": "AuthenticAMD", "cpu family": "25", "flags": "fpu avx2 avx512f avx512dq"}


def said(folder: Path, **changes: str) -> str | None:
    """Return what the variable is set to on a processor that differs from Zen 4."""
    about = ZEN_4 | {name.replace("_family", " family"): value for name, value in changes.items()}
    lines = "".join(f"{name}\t: {value}\n" for name, value in about.items())
    path = folder / "cpuinfo"
    path.write_text(f"processor\t: 0\n{lines}\nprocessor\t: 1\n", encoding="utf-8")
    prepare_sorting(cpuinfo=path)
    return os.environ.get(VARIABLE)


@pytest.fixture(autouse=True)
def unset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "")  # is put back behind the test
    monkeypatch.delenv(VARIABLE)


def test_only_zen_4_is_told_to_do_without(tmp_path: Path) -> None:
    assert said(tmp_path, cpu_family="26") is None
    assert said(tmp_path, vendor_id="GenuineIntel") is None
    assert said(tmp_path, flags="fpu avx2") is None
    prepare_sorting(cpuinfo=tmp_path / "none")
    assert VARIABLE not in os.environ
    assert said(tmp_path) == "X86_V4 AVX512_ICL"


def test_the_users_own_word_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "X86_V3")
    assert said(tmp_path) == "X86_V3"


def test_numpy_knows_the_names_and_sorts_the_same() -> None:
    """On a processor without these features numpy has nothing to leave out."""
    program = """
import warnings
warnings.simplefilter("ignore", ImportWarning)
import numpy as np
from numpy._core._multiarray_umath import __cpu_features__ as has
values = np.random.default_rng(1).integers(0, 2**63, 100_000, dtype=np.uint64)
print(has["X86_V4"], has["AVX512_ICL"], hash(np.sort(values).tobytes()))
"""
    found = [
        subprocess.run(
            [sys.executable, "-c", program], check=True, capture_output=True, text=True,
            env=os.environ | {"PYTHONHASHSEED": "1"} | more,
        ).stdout.split()
        for more in ({}, {VARIABLE: "X86_V4 AVX512_ICL"})
    ]  # fmt: skip
    assert found[1][:2] == ["False", "False"]
    assert found[0][2] == found[1][2]
