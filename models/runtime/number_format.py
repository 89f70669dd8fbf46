"""The number format that "auto" stands for on this machine, found without loading torch.

A result depends on the format, so the identity of a model names it; and a run in which nothing has
changed needs no torch. `models.runtime.device` picks the format that a model runs in, by torch's
own word; the two are compared in tests.
"""

from __future__ import annotations

import platform
from functools import cache
from pathlib import Path

from models.runtime.device import INT8
from models.runtime.processor import PROCESSORS, first_processor
from models.runtime.speed import remembered

# Where a driver of an accelerator shows itself on Linux: NVIDIA, AMD, and Windows below WSL.
_ACCELERATORS = ("/dev/nvidiactl", "/dev/nvidia0", "/dev/kfd", "/dev/dxg")
_PROCESSOR = PROCESSORS
_BFLOAT16 = {"avx512_bf16", "amx_bf16"}


def number_format(dtype: str, *, device: str, exact: bool = False) -> str:
    """Return the name of the format that a decoder-only model runs in: "bfloat16", "int8" ...

    `dtype` and `device` are those of a configuration. With `exact` "auto" on a CPU is int8, in
    which the rows of a batch can be kept apart (`models.runtime.by_rows`). torch is asked only
    where the processor does not tell, or where nobody has measured yet which format is faster.
    Raises EngineError where torch must be asked, and is not installed or has no such device.
    """
    if dtype != "auto":
        return dtype
    known = _processors_format() if device in {"auto", "cpu"} else None
    if known == "bfloat16" and not exact:
        speeds = remembered()
        known = None if speeds is None else speeds.faster
    if known is None or (device == "auto" and any(Path(p).exists() for p in _ACCELERATORS)):
        return _by_torch(device)
    return INT8 if exact and known != "float32" else known


@cache
def _processors_format() -> str | None:
    """Return the format that an x86 processor under Linux computes in; None for any other."""
    if platform.system() != "Linux" or platform.machine() not in {"x86_64", "AMD64"}:
        return None
    try:
        flags = first_processor(_PROCESSOR).get("flags", "").split()
    except OSError:
        return None
    if _BFLOAT16 & set(flags):
        return "bfloat16"
    return INT8 if "avx2" in flags else "float32"


def _by_torch(device: str) -> str:
    from models.runtime.device import dtype_name, pick_device, pick_dtype, runs_int8

    picked = pick_device(device)
    if runs_int8("auto", device=picked):
        return INT8
    return dtype_name(pick_dtype("auto", device=picked))
