"""How numpy sorts: not by AVX-512 on Zen 4, whose compressed stores are slow.

It takes five times as long there as by AVX2 (scripts/bench/LOG.md), and looking for copies is to a
large part sorting. numpy reads its variable when it is loaded, so this has to happen before.
Source: https://github.com/numpy/x86-simd-sort/issues/6
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

_VARIABLE = "NPY_DISABLE_CPU_FEATURES"
_AVX512 = "X86_V4 AVX512_ICL"  # as numpy calls what Zen 4 has of it
_CPUINFO = Path("/proc/cpuinfo")
_FAMILY = "25"  # Zen 3, which has no AVX-512, and Zen 4


def prepare_sorting(*, cpuinfo: Path = _CPUINFO) -> None:
    """Set the variable that numpy reads, where it is needed; the user's own one stands."""
    if _is_zen_4(_first_processor(cpuinfo)):
        os.environ.setdefault(_VARIABLE, _AVX512)


def _is_zen_4(about: Mapping[str, str]) -> bool:
    return (
        about.get("vendor_id") == "AuthenticAMD"
        and about.get("cpu family") == _FAMILY
        and "avx512f" in about.get("flags", "").split()
    )


def _first_processor(cpuinfo: Path) -> Mapping[str, str]:
    """Return what the system says of the first processor; nothing where it says nothing."""
    found = {}
    try:
        with cpuinfo.open(encoding="utf-8", errors="replace") as lines:
            for line in lines:
                if not line.strip():
                    break
                name, _, value = line.partition(":")
                found[name.strip()] = value.strip()
    except OSError:
        return {}
    return found
