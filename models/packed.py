"""Matrices laid out once, in the order in which the processor multiplies them.

On a CPU torch brings a bfloat16 matrix into oneDNN's order anew for every product. For the few
rows of a decoding step that costs as much as half of the product itself (scripts/bench/LOG.md).
The two operators are those that torch.compile uses for frozen weights; where a build of torch has
not got them, and on any other device or in any other format, everything stays as it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from models.device import pick_dtype

if TYPE_CHECKING:
    from collections.abc import Callable

    import torch

EXPECTED_ROWS = 64  # what the order is chosen for; any number of rows can be multiplied


def product(weight: torch.Tensor, bias: torch.Tensor | None = None) -> Callable[..., torch.Tensor]:
    """Return the function x (..., in) -> x W^T + b (..., out) for a fixed matrix W (out, in)."""
    import torch

    if not _packable(weight):
        return lambda x: torch.nn.functional.linear(x, weight, bias)
    packed = torch.ops.mkldnn._reorder_linear_weight(weight, EXPECTED_ROWS)
    multiply = torch.ops.mkldnn._linear_pointwise
    return lambda x: multiply(x, packed, bias, "none", [], "")


def pack(model: Any) -> None:
    """Let the linear layers of a model keep their matrices in that order only, where it pays.

    The layers' weights are gone afterwards: what is to be added to them is added before.
    """
    import torch

    for layer in model.modules():
        if isinstance(layer, torch.nn.Linear) and _packable(layer.weight):
            bias = None if layer.bias is None else layer.bias.detach()
            layer.forward = product(layer.weight.detach(), bias)  # type: ignore[method-assign]
            del layer.weight


def _packable(weight: torch.Tensor) -> bool:
    import torch

    return (
        weight.device.type == "cpu"
        and weight.dtype == pick_dtype("auto", device="cpu") == torch.bfloat16
        and hasattr(torch.ops.mkldnn, "_reorder_linear_weight")
        and hasattr(torch.ops.mkldnn, "_linear_pointwise")
    )
