"""Matrices prepacked: laid out once in the order in which the processor multiplies them.

On a CPU torch reorders a matrix into oneDNN's blocked layout for every product. For the few rows of
a decoding step that costs as much as half of the product itself (scripts/bench/LOG.md).

1. The weight of each linear layer is reordered once, and the layer's `forward` multiplies with the
   reordered copy (`product`).
2. The original weight is deleted, and its pages of the mapped file are released.
3. In a gated feed-forward layer, activation and gate are fused into the products: oneDNN applies
   them while the result is still in the processor's cache.

The operators are those that torch.compile uses for frozen weights. Where a build of torch lacks
them, on any other device and in any other number format, layers stay as they are. Matrices in int8
are the business of `models.runtime.int8`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from models.runtime.device import pick_dtype
from models.runtime.int8 import int8_products, stored_products
from models.runtime.mapped import release_pages
from models.runtime.panels import PanelProduct

if TYPE_CHECKING:
    from collections.abc import Callable

    import torch

    from models.runtime.stored import Store

    Product = Callable[..., torch.Tensor]

EXPECTED_ROWS = 64  # the layout is chosen for so many; any number of rows can be multiplied
# oneDNN's name and variant of the activations that have these class names, here or in transformers.
_ACTIVATIONS = {
    "GELUTanh": ("gelu", "tanh"),
    "SiLU": ("swish", ""),
    "SiLUActivation": ("swish", ""),
}


def product(weight: torch.Tensor, bias: torch.Tensor | None = None) -> Product:
    """Return the function x (..., in) -> x W^T + b (..., out) for a fixed matrix W (out, in).

    The function adds its second argument, if there is one, which is of the shape of the result.
    """
    import torch

    if _packable(weight):
        return _packed_product(_laid_out(weight), bias)

    def multiply(x: torch.Tensor, plus: torch.Tensor | None = None) -> torch.Tensor:
        found = torch.nn.functional.linear(x, weight, bias)
        return found if plus is None else found + plus

    return multiply


def prepack(model: Any, *, int8: bool = False, store: Store | None = None) -> None:
    """Prepack the matrices of a model's linear layers, where that is faster.

    With `int8` all of them become int8, and are kept in `store` for the next time. The `weight` of
    a prepacked layer is deleted, so adapters are merged before.
    """
    if not int8:
        for layer in [layer for layer in model.modules() if _is_gated(layer)]:
            _prepack_gated(layer)
    layers = [layer for layer in _linear(model) if int8 or _packable(layer.weight)]
    products = int8_products(layers, store=store) if int8 else map(_product, layers)
    for layer, forward in zip(layers, products, strict=True):
        _keep_only(layer, forward)


def prepack_stored(model: Any, store: Store | None) -> bool:
    """Prepack a model by the int8 matrices in a store; tell whether the store has them.

    The matrices of the model itself are not read.
    """
    layers = _linear(model)
    products = None if store is None else stored_products(layers, store)
    if products is None:
        return False
    for layer, forward in zip(layers, products, strict=True):
        layer.forward = forward  # type: ignore[method-assign]
        del layer.weight
    return True


def rest(model: Any) -> None:
    """Release the pages of a model's weights that are mapped from files.

    They come back as they are read: a model that rests while another one works costs no memory.
    """
    release_pages(
        [
            *model.parameters(),
            *(
                layer.forward.matrix.bytes
                for layer in model.modules()
                if isinstance(vars(layer).get("forward"), PanelProduct)
            ),
        ]
    )


def unfuse(model: Any) -> None:
    """Restore the `forward` of a prepacked model's gated layers, which calls their linear layers.

    Only then does a replaced linear layer take effect.
    """
    for layer in model.modules():
        if hasattr(layer, "act_fn") and "forward" in vars(layer):
            del layer.forward


def _linear(model: Any) -> list[torch.nn.Linear]:
    """Return the linear layers of a model that are not prepacked yet."""
    import torch

    return [m for m in model.modules() if isinstance(m, torch.nn.Linear) and hasattr(m, "weight")]


def _is_gated(layer: Any) -> bool:
    """Tell whether a layer is down(f(gate(x)) * up(x)), without biases, f being in the table."""
    import torch

    parts = [getattr(layer, name, None) for name in ("gate_proj", "up_proj", "down_proj")]
    return type(getattr(layer, "act_fn", None)).__name__ in _ACTIVATIONS and all(
        isinstance(part, torch.nn.Linear) and part.bias is None and _packable(part.weight)
        for part in parts
    )


def _prepack_gated(layer: Any) -> None:
    """Make a layer compute down(f(x G^T) * x U^T) with f and the product by x U^T fused."""
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
    """Replace the `forward` of a layer, and delete the weight."""
    weight = layer.weight
    layer.forward = forward  # type: ignore[method-assign]
    release_pages([weight])
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
