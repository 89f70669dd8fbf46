"""The device and the number format that models run in, and a line about both for the doctor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.errors import EngineError
from models.runtime.int8 import available
from models.runtime.kernel import load_kernel
from models.runtime.speed import measured

if TYPE_CHECKING:
    import torch

DEVICES = ("cpu", "cuda", "mps")
DTYPES = ("bfloat16", "float16", "float32")
INT8 = "int8"  # matrices of decoder-only models in int8, everything else in float32


def pick_device(device: str) -> str:
    """Return the device to run on; "auto" takes a GPU if there is one.

    A CUDA device may be numbered, as in "cuda:1". Raises EngineError for a device that is not
    there, and where torch is not installed.
    """
    try:
        import torch
    except ImportError as error:
        raise EngineError(
            "torch is not installed, and models on this machine need it",
            hint="pip install 'nightdesk[local]', or use the server profile",
        ) from error
    if device == "auto":
        if torch.cuda.is_available():
            return "cuda"
        return "mps" if torch.backends.mps.is_available() else "cpu"
    kind, _, number = device.partition(":")
    if kind not in DEVICES or (number and not (kind == "cuda" and number.isdecimal())):
        raise EngineError(
            f"unknown device {device!r}", hint=f"known: auto, {', '.join(DEVICES)}, cuda:0 ..."
        )
    if kind == "cuda":
        _require_cuda(device, number=int(number or 0))
    if kind == "mps" and not torch.backends.mps.is_available():
        raise EngineError(
            "device 'mps' is not there: it needs a Mac with Apple silicon",
            hint='set engine.device to "auto" or "cpu"',
        )
    return device


def pick_dtype(dtype: str, *, device: str) -> torch.dtype:
    """Return the number format to run in; "auto" is bfloat16 where the device computes in it.

    Elsewhere "auto" is float32: bfloat16 that is emulated is slower than that, and float16
    overflows in mT5. Raises EngineError for a format that is not known.
    """
    import torch

    if dtype == "auto":
        return torch.bfloat16 if _computes_bfloat16(device) else torch.float32
    if dtype not in DTYPES:
        raise EngineError(
            f"unknown dtype {dtype!r}",
            hint=f"known: auto, {', '.join(DTYPES)}; for embedded models on a CPU also {INT8}",
        )
    picked: torch.dtype = getattr(torch, dtype)
    return picked


def runs_int8(dtype: str, *, device: str) -> bool:
    """Tell whether the matrices of a decoder-only model run in int8 on a device.

    With "auto" they do on a processor that does not compute in bfloat16, or more slowly than in
    int8 (`models.runtime.speed`). Raises EngineError where "int8" is asked for and is not
    available.
    """
    if dtype == "auto":
        if device != "cpu" or not available():
            return False
        if not _computes_bfloat16(device):
            return True
        speeds = measured()
        return speeds is not None and speeds.faster == INT8
    if dtype == INT8 and not (device == "cpu" and available()):
        raise EngineError(
            f"int8 is not there on {device!r}: it needs an x86 processor with AVX2",
            hint='set engine.dtype to "auto"',
        )
    return dtype == INT8


def describe() -> str:
    """Return, in one line, the device, number format, capability and threads of "auto".

    Raises ImportError where torch is not installed.
    """
    import torch

    device = pick_device("auto")
    dtype = dtype_name(pick_dtype("auto", device=device))
    if runs_int8("auto", device=device):
        dtype = INT8
    if device == "cuda":
        major, minor = torch.cuda.get_device_capability()
        memory = torch.cuda.get_device_properties(0).total_memory / 1e9
        what = f"{torch.cuda.get_device_name()} (capability {major}.{minor}, {memory:.0f} GB)"
    elif device == "mps":
        what = "Apple GPU"
    else:
        what = f"{torch.backends.cpu.get_cpu_capability()}, {torch.get_num_threads()} threads"
    if dtype == INT8:
        kernel = load_kernel()
        what += (
            ", torch's products: packed at each start, for want of a C compiler"
            if kernel is None
            else f", our products by {kernel.instructions}: mapped from the cache"
        )
    if device == "cpu" and _computes_bfloat16(device) and (speeds := measured()):
        what += f", measured: int8 {speeds.int8_ms:.1f} ms, bfloat16 {speeds.bfloat16_ms:.1f} ms"
    return f"{device}, {dtype}, {what}"


def dtype_name(dtype: torch.dtype) -> str:
    """Return the name of a number format as it is written in a configuration."""
    return str(dtype).removeprefix("torch.")


def _require_cuda(device: str, *, number: int) -> None:
    import torch

    hint = 'set engine.device to "auto" or "cpu"'
    if not torch.cuda.is_available():
        if torch.version.cuda is None:
            hint += ", or install a build of torch that has CUDA: this one has not"
        raise EngineError(f"device {device!r} is not there: torch sees no NVIDIA GPU", hint=hint)
    count = torch.cuda.device_count()
    if number >= count:
        raise EngineError(f"device {device!r} is not there: torch sees {count} of them", hint=hint)


def _computes_bfloat16(device: str) -> bool:
    import torch

    if device.startswith("cuda"):
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    if device == "mps":
        return bool(torch.backends.mps.is_macos_or_newer(14, 0))
    capabilities = torch.cpu.get_capabilities()
    return bool(capabilities.get("avx512_bf16") or capabilities.get("amx_bf16"))
