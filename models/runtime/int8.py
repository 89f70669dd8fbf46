"""Matrices in eight bits, for processors that do not compute in bfloat16.

On such processors int8 is multiplied twice (many rows) to nine times (few rows) as fast as
float32, and takes a quarter of the memory (scripts/bench/LOG.md). Each row of the matrix has a
scale of its own, and so has each row of the input: torch's dynamic quantisation has one scale for
a whole batch, which ruins the output, and with which a row depends on those beside it.

Products are those of our compiled code (`models.runtime.kernel`), whose matrices are mapped from
the cache; where there is no compiler they are FBGEMM's, which packs matrices at every start. Both
give the same results, bit for bit.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from models.runtime.kernel import Kernel, load_kernel
from models.runtime.mapped import release_pages
from models.runtime.panels import PanelProduct, Panels, checked, laid_out

if TYPE_CHECKING:
    import torch

    from models.runtime.prepacked import Product
    from models.runtime.stored import Shape, Store

# Seven bits and a sign would be 127, but AVX2 adds two products in 16 bits, which cannot hold
# 2 x 255 x 127.
LARGEST = 63
_PRODUCT = "linear_with_input_q_dq_qweight_dq_output_fp32"
# Inputs are in [-1, 1]: 254 steps between them, and zero in the middle.
_STEP, _ZERO = 1 / 127, 127
_TINY = 2.0**-126  # the smallest normal float32: the scale of a row of nothing
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


def int8_products(
    layers: Sequence[torch.nn.Linear], *, store: Store | None = None
) -> Iterator[Product]:
    """Yield for each layer the function x (..., in) -> x W^T + b (..., out), x being float32.

    W (out, in) is copied in int8, into `store` where there is one. The function adds its second
    argument, if there is one, which is of the shape of the result.
    """
    import torch

    kernel = checked(load_kernel())
    if kernel is not None:
        make = partial(map, partial(_panels, width=kernel.width), layers)
        for matrix in _by_way_of(store, make, _shapes(layers)):
            yield _by_panels(kernel, matrix)
        return
    # Packing takes one core, and most of the time.
    with _fbgemm(), ThreadPoolExecutor(torch.get_num_threads()) as pool:
        for layer, packed in zip(layers, pool.map(_packed, layers), strict=True):
            yield _product(packed, _bias(layer))


def stored_products(layers: Sequence[torch.nn.Linear], store: Store) -> list[Product] | None:
    """Return the products of layers whose matrices are in the store; None where they are not.

    The matrices of the layers themselves are not read.
    """
    kernel = checked(load_kernel())
    stored = None if kernel is None else store.read(_shapes(layers))
    if kernel is None or stored is None:
        return None
    return [_by_panels(kernel, matrix) for matrix in stored]


def int8_rows(
    kernel: Kernel, weight: torch.Tensor, which: torch.Tensor | None, *, store: Store | None = None
) -> PanelProduct:
    """Return the function x (..., in) -> x W^T (..., out), with W those rows of a matrix in int8.

    They are kept in `store`, where there is one. None takes all rows.
    """
    import torch

    shapes = [(len(weight) if which is None else len(which), weight.shape[1], False)]

    def make() -> Iterator[Panels]:
        values, scales = _quantised(weight, which)
        yield laid_out(values, torch.tensor(_STEP) * scales, width=kernel.width)

    stored = None if store is None else store.read(shapes)
    (matrix,) = _by_way_of(store, make, shapes) if stored is None else stored
    return _by_panels(kernel, matrix)


def _by_panels(kernel: Kernel, matrix: Panels) -> PanelProduct:
    import torch

    inverse = float(torch.ones(()) / torch.tensor(_STEP))  # in float32, which is FBGEMM's way
    return PanelProduct(kernel, matrix, tiny=_TINY, inverse=inverse)


def _shapes(layers: Sequence[torch.nn.Linear]) -> list[Shape]:
    return [(layer.out_features, layer.in_features, layer.bias is not None) for layer in layers]


def _by_way_of(
    store: Store | None, make: Callable[[], Iterator[Panels]], shapes: Sequence[Shape]
) -> Iterable[Panels]:
    """Return the matrices that are made, written to the store first, if there is one."""
    if store is not None and store.write(make(), shapes):
        stored = store.read(shapes)
        if stored is not None:
            return stored
    return make()


def _panels(layer: torch.nn.Linear, *, width: int) -> Panels:
    import torch

    values, scales = _quantised(layer.weight.detach())
    release_pages([layer.weight])
    return laid_out(values, torch.tensor(_STEP) * scales, _bias(layer), width=width)


def _bias(layer: torch.nn.Linear) -> torch.Tensor | None:
    return None if layer.bias is None else layer.bias.detach().float()


def _product(packed: torch.ScriptObject, bias: torch.Tensor | None) -> Product:
    import torch

    linear = getattr(torch.ops.quantized, _PRODUCT)

    def multiply(x: torch.Tensor, plus: torch.Tensor | None = None) -> torch.Tensor:
        # Once the largest value of every row is 1, one step suits them all.
        scale = x.abs().amax(dim=-1, keepdim=True).clamp_(min=_TINY)
        found: torch.Tensor = linear(x / scale, _STEP, _ZERO, packed).mul_(scale)
        for added in (bias, plus):
            if added is not None:
                found += added
        return found

    return multiply


def _packed(layer: torch.nn.Linear) -> torch.ScriptObject:
    """Return the matrix of a layer in int8, with a scale for each row, in FBGEMM's layout."""
    import torch

    values, scales = _quantised(layer.weight.detach())
    zeros = torch.zeros(len(values), dtype=torch.int64)
    tensor = torch._make_per_channel_quantized_tensor(values, scales.double(), zeros, 0)
    packed: torch.ScriptObject = torch.ops.quantized.linear_prepack(tensor, None)
    return packed


def _quantised(
    weight: torch.Tensor, which: torch.Tensor | None = None
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return a matrix (out, in), or those rows of it, in int8, and the scale of each row (out,)."""
    import torch

    count = len(weight) if which is None else len(which)
    scales = torch.empty(count)
    values = torch.empty(count, weight.shape[1], dtype=torch.int8)
    for start in range(0, count, _ROWS):
        rows = slice(start, start + _ROWS)
        wide = weight[rows if which is None else which[rows]].float()
        scales[rows] = wide.abs().amax(dim=1).clamp_(min=_TINY) / LARGEST
        values[rows] = (wide / scales[rows, None]).round_()
    return values, scales


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
