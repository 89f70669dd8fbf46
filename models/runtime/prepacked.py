"""Matrices laid out once, in the order in which the processor multiplies them.

On a CPU torch brings a matrix into oneDNN's order anew for every product. For the few rows of a
decoding step that costs as much as half of the product itself (scripts/bench/LOG.md).
What follows a product in a gated feed-forward layer, activation and gate, is left to oneDNN as
well, which does it while the result is still in the processor's cache.

The operators are those that torch.compile uses for frozen weights; where a build of torch has not
got them, and on any other device or in any other format, everything stays as it is. Where matrices
are to be bytes, they are FBGEMM's (models/runtime/int8.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from models.runtime.device import pick_dtype
from models.runtime.int8 import int8_products
from models.runtime.mapped import release_pages

if TYPE_CHECKING:
    from collections.abc import Callable

    import torch

    Product = Callable[..., torch.Tensor]

EXPECTED_ROWS = 64  # what the order is chosen for; any number of rows can be multiplied
# oneDNN's name and variant of the activations that transformers has under these class names.
_ACTIVATIONS = {
    "GELUTanh": ("gelu", "tanh"),
    "SiLUActivation": ("swish", ""),
}


def product(weight: torch.Tensor, bias: torch.Tensor | None = None) -> Product:
    """Return the function x (..., in) -> x W^T + b (..., out) for a fixed matrix W (out, in).

    It takes what else is to be added, of the shape of the result, as a second argument.
    """
    import torch

    if _packable(weight):
        return _packed_product(_laid_out(weight), bias)

    def multiply(x: torch.Tensor, plus: torch.Tensor | None = None) -> torch.Tensor:
        found = torch.nn.functional.linear(x, weight, bias)
        return found if plus is None else found + plus

    return multiply


def prepack(model: Any, *, int8: bool = False) -> None:
    """Let the linear layers of a model keep their matrices in that order only, where it pays.

    The layers' weights are gone afterwards: what is to be added to them is added before.
    """
    import torch

    if not int8:
        for layer in [layer for layer in model.modules() if _is_gated(layer)]:
            _prepack_gated(layer)
    layers = [
        layer
        for layer in model.modules()
        if isinstance(layer, torch.nn.Linear)
        and hasattr(layer, "weight")
        and (int8 or _packable(layer.weight))
    ]
    products = int8_products(layers) if int8 else map(_product, layers)
    for layer, forward in zip(layers, products, strict=True):
        _keep_only(layer, forward)


def unfuse(model: Any) -> None:
    """Let a packed model's gated layers call their parts again, so that these can be replaced."""
    for layer in model.modules():
        if hasattr(layer, "act_fn") and "forward" in vars(layer):
            del layer.forward


def _is_gated(layer: Any) -> bool:
    """Tell whether a layer is down(f(gate(x)) * up(x)), without biases, and f is known."""
    import torch

    parts = [getattr(layer, name, None) for name in ("gate_proj", "up_proj", "down_proj")]
    return type(getattr(layer, "act_fn", None)).__name__ in _ACTIVATIONS and all(
        isinstance(part, torch.nn.Linear) and part.bias is None and _packable(part.weight)
        for part in parts
    )


def _prepack_gated(layer: Any) -> None:
    """Let a layer compute down(f(x G^T) * x U^T) with what follows its products left to oneDNN."""
    import torch

    activation, variant = _ACTIVATIONS[type(layer.act_fn).__name__]
    gate, up = (_laid_out(part.weight.detach()) for part in (layer.gate_proj, layer.up_proj))
    multiply = torch.ops.mkldnn._linear_pointwise

    def gated(x: torch.Tensor) -> torch.Tensor:
        opening = multiply(x, gate, None, activation, [], variant)
        found: torch.Tensor = layer.down_proj(multiply.binary(x, opening, up, None, "mul"))
        return found

    layer.forward = gated
    for part, packed in ((layer.gate_proj, gate), (layer.up_proj, up)):
        _keep_only(part, _packed_product(packed, None))


def _keep_only(layer: torch.nn.Linear, forward: Product) -> None:
    """Let a layer compute `forward`, without the weight that it is made of."""
    weight = layer.weight
    layer.forward = forward  # type: ignore[method-assign]
    release_pages(weight)
    del layer.weight


def _product(layer: torch.nn.Linear) -> Product:
    return product(layer.weight.detach(), None if layer.bias is None else layer.bias.detach())


def _packed_product(packed: torch.Tensor, bias: torch.Tensor | None) -> Product:
    import torch

    linear = torch.ops.mkldnn._linear_pointwise

    def multiply(x: torch.Tensor, plus: torch.Tensor | None = None) -> torch.Tensor:
        found: torch.Tensor = (
            linear(x, packed, bias, "none", [], "")
            if plus is None
            else linear.binary(x, plus, packed, bias, "add")
        )
        return found

    return multiply


def _laid_out(weight: torch.Tensor) -> torch.Tensor:
    import torch

    packed: torch.Tensor = torch.ops.mkldnn._reorder_linear_weight(weight, EXPECTED_ROWS)
    return packed


def _packable(weight: torch.Tensor) -> bool:
    import torch

    formats = {torch.float32, pick_dtype("auto", device="cpu")}
    return (
        weight.device.type == "cpu"
        and weight.dtype in formats
        and bool(torch.cpu.get_capabilities().get("avx2"))
        and hasattr(torch.ops.mkldnn, "_reorder_linear_weight")
        and hasattr(torch.ops.mkldnn, "_linear_pointwise")
    )
