"""Matrices laid out once, in the order in which the processor multiplies them.

On a CPU torch brings a bfloat16 matrix into oneDNN's order anew for every product. For the few
rows of a decoding step that costs as much as half of the product itself (scripts/bench/LOG.md).
What follows a product in a gated feed-forward layer, activation and gate, is left to oneDNN as
well, which does it while the result is still in the processor's cache.

The operators are those that torch.compile uses for frozen weights; where a build of torch has not
got them, and on any other device or in any other format, everything stays as it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from models.device import pick_dtype

if TYPE_CHECKING:
    from collections.abc import Callable

    import torch

EXPECTED_ROWS = 64  # what the order is chosen for; any number of rows can be multiplied
# oneDNN's name and variant of the activations that transformers has under these class names.
_ACTIVATIONS = {
    "GELUTanh": ("gelu", "tanh"),
    "SiLUActivation": ("swish", ""),
}


def product(weight: torch.Tensor, bias: torch.Tensor | None = None) -> Callable[..., torch.Tensor]:
    """Return the function x (..., in) -> x W^T + b (..., out) for a fixed matrix W (out, in)."""
    import torch

    if not _packable(weight):
        return lambda x: torch.nn.functional.linear(x, weight, bias)
    packed = _laid_out(weight)
    multiply = torch.ops.mkldnn._linear_pointwise
    return lambda x: multiply(x, packed, bias, "none", [], "")


def gated_product(
    gate: torch.Tensor, up: torch.Tensor, activation: str, variant: str
) -> Callable[..., torch.Tensor]:
    """Return the function x (..., in) -> f(x G^T) * x U^T (..., out) for fixed matrices G and U.

    `activation` and `variant` are oneDNN's names of f. Both matrices can be packed.
    """
    import torch

    packed_gate, packed_up = _laid_out(gate), _laid_out(up)
    multiply = torch.ops.mkldnn._linear_pointwise

    def gated(x: torch.Tensor) -> torch.Tensor:
        opening = multiply(x, packed_gate, None, activation, [], variant)
        found: torch.Tensor = multiply.binary(x, opening, packed_up, None, "mul")
        return found

    return gated


def pack(model: Any) -> None:
    """Let the linear layers of a model keep their matrices in that order only, where it pays.

    The layers' weights are gone afterwards: what is to be added to them is added before.
    """
    import torch

    for layer in model.modules():  # a layer comes before its parts
        weight = getattr(layer, "weight", None)
        if _is_gated(layer):
            _pack_gated(layer)
        elif isinstance(layer, torch.nn.Linear) and weight is not None and _packable(weight):
            bias = None if layer.bias is None else layer.bias.detach()
            layer.forward = product(weight.detach(), bias)  # type: ignore[method-assign]
            del layer.weight


def _is_gated(layer: Any) -> bool:
    """Tell whether a layer is down(f(gate(x)) * up(x)), without biases, and f is known."""
    import torch

    parts = [getattr(layer, name, None) for name in ("gate_proj", "up_proj", "down_proj")]
    return type(getattr(layer, "act_fn", None)).__name__ in _ACTIVATIONS and all(
        isinstance(part, torch.nn.Linear) and part.bias is None and _packable(part.weight)
        for part in parts
    )


def _pack_gated(layer: Any) -> None:
    activation, variant = _ACTIVATIONS[type(layer.act_fn).__name__]
    gate, up = layer.gate_proj, layer.up_proj
    gated = gated_product(gate.weight.detach(), up.weight.detach(), activation, variant)
    layer.forward = lambda x: layer.down_proj(gated(x))
    del gate.weight, up.weight


def _laid_out(weight: torch.Tensor) -> torch.Tensor:
    import torch

    packed: torch.Tensor = torch.ops.mkldnn._reorder_linear_weight(weight, EXPECTED_ROWS)
    return packed


def _packable(weight: torch.Tensor) -> bool:
    import torch

    return (
        weight.device.type == "cpu"
        and weight.dtype == pick_dtype("auto", device="cpu") == torch.bfloat16
        and hasattr(torch.ops.mkldnn, "_reorder_linear_weight")
        and hasattr(torch.ops.mkldnn, "_linear_pointwise")
    )
