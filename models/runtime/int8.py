"""Matrices in eight bits, for processors that do not compute in bfloat16.

There FBGEMM multiplies bytes twice (many rows) to nine times (few) as fast as float32 is
multiplied, and they take a quarter of the memory (scripts/bench/LOG.md). Each row of the matrix
has a scale of its own, and so has each row of what it is multiplied with: one scale for a whole
batch, which is what torch's dynamic quantisation has, ruins the output.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

    from models.runtime.prepacked import Product

# Seven bits and a sign would be 127, but AVX2 adds two products in 16 bits, and 2 x 255 x 127 is
# more than these hold.
LARGEST = 63
_ROWS = 256  # are widened at a time: what fits into a cache


def available() -> bool:
    """Tell whether this build of torch multiplies bytes on this processor."""
    import torch

    return (
        "fbgemm" in torch.backends.quantized.supported_engines
        and hasattr(torch, "_make_per_channel_quantized_tensor")
        and bool(torch.cpu.get_capabilities().get("avx2"))
    )


def int8_products(layers: Sequence[torch.nn.Linear]) -> Iterator[Product]:
    """Yield for each layer the function x (..., in) -> x W^T + b (..., out), x being float32.

    W (out, in) is copied into bytes. A function takes what else is to be added, of the shape of
    the result, as a second argument.
    """
    import torch

    # Packing takes one core, and most of the time.
    with _fbgemm(), ThreadPoolExecutor(torch.get_num_threads()) as pool:
        for layer, packed in zip(layers, pool.map(_quantised, layers), strict=True):
            yield _product(packed, None if layer.bias is None else layer.bias.detach().float())


def _product(packed: torch.ScriptObject, bias: torch.Tensor | None) -> Product:
    import torch

    linear = torch.ops.quantized.linear_dynamic

    def multiply(x: torch.Tensor, plus: torch.Tensor | None = None) -> torch.Tensor:
        # Rows that all reach to 1 have a common scale that suits each of them.
        scale = x.abs().amax(dim=-1, keepdim=True).clamp_(min=torch.finfo(x.dtype).tiny)
        found: torch.Tensor = linear(x / scale, packed).mul_(scale)
        for added in (bias, plus):
            if added is not None:
                found += added
        return found

    return multiply


def _quantised(layer: torch.nn.Linear) -> torch.ScriptObject:
    """Return a layer's matrix as FBGEMM holds it."""
    import torch

    weight = layer.weight.detach()
    scales = torch.empty(len(weight))
    values = torch.empty(weight.shape, dtype=torch.int8)
    for start in range(0, len(weight), _ROWS):
        rows = slice(start, start + _ROWS)
        wide = weight[rows].float()
        scales[rows] = wide.abs().amax(dim=1).clamp_(min=torch.finfo(wide.dtype).tiny) / LARGEST
        values[rows] = wide.div_(scales[rows, None]).round_()
    zeros = torch.zeros(len(weight), dtype=torch.int64)
    tensor = torch._make_per_channel_quantized_tensor(values, scales.double(), zeros, 0)
    packed: torch.ScriptObject = torch.ops.quantized.linear_prepack(tensor, None)
    return packed


@contextmanager
def _fbgemm() -> Iterator[None]:
    """Let torch pack matrices for FBGEMM; which library multiplies them is settled by that."""
    import torch

    engine = torch.backends.quantized.engine
    torch.backends.quantized.engine = "fbgemm"
    try:
        with warnings.catch_warnings():
            # torch means to drop the type of these tensors one day; the pinned one has it.
            warnings.filterwarnings("ignore", message=".*quantized tensor creation.*")
            yield
    finally:
        torch.backends.quantized.engine = engine
