"""Matrices in eight bits, for processors that do not compute in bfloat16.

On such processors FBGEMM multiplies int8 twice (many rows) to nine times (few rows) as fast as
float32, and int8 takes a quarter of the memory (scripts/bench/LOG.md). Each row of the matrix has a
scale of its own, and so has each row of the input: torch's dynamic quantisation has one scale for
a whole batch, which ruins the output, and with which a row depends on those beside it.
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

# Seven bits and a sign would be 127, but AVX2 adds two products in 16 bits, which cannot hold
# 2 x 255 x 127.
LARGEST = 63
_PRODUCT = "linear_with_input_q_dq_qweight_dq_output_fp32"
# Inputs are in [-1, 1]: 254 steps between them, and zero in the middle.
_STEP, _ZERO = 1 / 127, 127
_ROWS = 256  # rows of a matrix that are widened at a time, for they fit into a cache


def available() -> bool:
    """Tell whether this build of torch multiplies int8 on this processor."""
    import torch

    return (
        "fbgemm" in torch.backends.quantized.supported_engines
        and hasattr(torch.ops.quantized, _PRODUCT)
        and hasattr(torch, "_make_per_channel_quantized_tensor")
        and bool(torch.cpu.get_capabilities().get("avx2"))
    )


def int8_products(layers: Sequence[torch.nn.Linear]) -> Iterator[Product]:
    """Yield for each layer the function x (..., in) -> x W^T + b (..., out), x being float32.

    W (out, in) is copied in int8. The function adds its second argument, if there is one, which is
    of the shape of the result.
    """
    import torch

    # Packing takes one core, and most of the time.
    with _fbgemm(), ThreadPoolExecutor(torch.get_num_threads()) as pool:
        for layer, packed in zip(layers, pool.map(_quantised, layers), strict=True):
            yield _product(packed, None if layer.bias is None else layer.bias.detach().float())


def _product(packed: torch.ScriptObject, bias: torch.Tensor | None) -> Product:
    import torch

    linear = getattr(torch.ops.quantized, _PRODUCT)

    def multiply(x: torch.Tensor, plus: torch.Tensor | None = None) -> torch.Tensor:
        # Once the largest value of every row is 1, one step suits them all.
        scale = x.abs().amax(dim=-1, keepdim=True).clamp_(min=torch.finfo(x.dtype).tiny)
        found: torch.Tensor = linear(x / scale, _STEP, _ZERO, packed).mul_(scale)
        for added in (bias, plus):
            if added is not None:
                found += added
        return found

    return multiply


def _quantised(layer: torch.nn.Linear) -> torch.ScriptObject:
    """Return the matrix of a layer in int8, with a scale for each row, in FBGEMM's layout."""
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
    """Make torch pack matrices for FBGEMM, which then also multiplies them."""
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
