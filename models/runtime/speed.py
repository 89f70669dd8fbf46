"""The format in which this processor multiplies faster, bfloat16 or bytes: measured once.

What a processor computes in says little of how fast it does: by AVX-512 alone, bfloat16 has half
the pace of bytes, and with AMX many times as much. Results depend on the format, so what was
measured stands for this processor until torch or the compiled product is another one.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from models.repository.weights import cache_root
from models.runtime.processor import PROCESSORS

if TYPE_CHECKING:
    from collections.abc import Callable

    import torch

_PROCESSOR = PROCESSORS
_PRODUCT = Path(__file__).with_name("int8_product.c")
_COLUMNS, _DEPTH = 8_960, 1_536  # the largest matrices of the embedded translator
_ROWS = (4, 64)  # a few texts, and a full batch
_ROUNDS = 5


@dataclass(frozen=True, slots=True)
class Speeds:
    """How long the same products take in either format, in milliseconds."""

    bfloat16_ms: float
    int8_ms: float

    @property
    def faster(self) -> str:
        """The name of the faster format."""
        return "int8" if self.int8_ms < self.bfloat16_ms else "bfloat16"


def remembered() -> Speeds | None:
    """Return what was measured on this processor, without torch; None where nothing was."""
    try:
        found = json.loads(_place().read_text(encoding="utf-8"))
        return Speeds(float(found["bfloat16_ms"]), float(found["int8_ms"]))
    except (OSError, ValueError, TypeError, LookupError, metadata.PackageNotFoundError):
        return None


def measured() -> Speeds | None:
    """Return what was measured on this processor, now if need be; None without compiled product."""
    return remembered() or _measured(_place())


@cache
def _measured(place: Path) -> Speeds | None:
    import torch

    from models.runtime.int8 import int8_products
    from models.runtime.kernel import load_kernel
    from models.runtime.prepacked import product

    if load_kernel() is None:
        return None
    layer = torch.nn.Linear(_DEPTH, _COLUMNS, bias=False)
    numbers = torch.Generator().manual_seed(1)
    with torch.inference_mode():
        layer.weight.copy_(torch.randn(_COLUMNS, _DEPTH, generator=numbers))
        (by_bytes,) = int8_products([layer])
        by_halves = product(layer.weight.detach().bfloat16())
        found = Speeds(
            bfloat16_ms=_duration_ms(by_halves, torch.bfloat16),
            int8_ms=_duration_ms(by_bytes, torch.float32),
        )
    with suppress(OSError):
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        beside = place.with_suffix(f".{os.getpid()}")
        beside.write_text(json.dumps(asdict(found)), encoding="utf-8")
        beside.replace(place)
    return found


def _duration_ms(multiply: Callable[[torch.Tensor], torch.Tensor], dtype: torch.dtype) -> float:
    """Return the shortest time of a product with each number of rows, added up."""
    import torch

    total = 0.0
    for rows in _ROWS:
        x, shortest = torch.ones(rows, _DEPTH, dtype=dtype), float("inf")
        for _ in range(_ROUNDS):
            began = time.perf_counter()
            multiply(x)
            shortest = min(shortest, time.perf_counter() - began)
        total += 1e3 * shortest
    return total


def _place() -> Path:
    """Return the file of this processor's speeds. Raises OSError where the system tells none."""
    lines = _PROCESSOR.read_text(encoding="utf-8", errors="replace").splitlines()
    known = {line for line in lines if line.startswith(("model name", "flags"))}
    parts = [*sorted(known), metadata.version("torch"), _PRODUCT.read_text(encoding="utf-8")]
    key = hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
    return cache_root() / "kernels" / f"speed-{key}.json"
