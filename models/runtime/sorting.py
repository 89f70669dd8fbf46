"""How numpy sorts: not by AVX-512 on Zen 4, whose compressed stores are slow.

It takes five times as long there as by AVX2 (scripts/bench/LOG.md), and looking for copies is to a
large part sorting. numpy reads its variable when it is loaded, so this has to happen before.
Source: https://github.com/numpy/x86-simd-sort/issues/6
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from models.runtime.processor import PROCESSORS, first_processor

_VARIABLE = "NPY_DISABLE_CPU_FEATURES"
_AVX512 = "X86_V4 AVX512_ICL"  # as numpy calls what Zen 4 has of it
_FAMILY = "25"  # Zen 3, which has no AVX-512, and Zen 4


def prepare_sorting(*, cpuinfo: Path = PROCESSORS) -> None:
    """Set the variable that numpy reads, where it is needed; the user's own one stands."""
    with suppress(OSError):
        if _is_zen_4(first_processor(cpuinfo)):
            os.environ.setdefault(_VARIABLE, _AVX512)


def _is_zen_4(about: Mapping[str, str]) -> bool:
    return (
        about.get("vendor_id") == "AuthenticAMD"
        and about.get("cpu family") == _FAMILY
        and "avx512f" in about.get("flags", "").split()
    )
