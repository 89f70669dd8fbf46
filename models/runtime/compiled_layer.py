"""A decoder's layers, each in one call of compiled code (layer.c).

A step of a few rows through a small model is a thousand calls from Python, which take longer than
what they compute. Where all parts of a layer are compiled, and its rows are kept in pages, one call
does them all.
"""

from __future__ import annotations

import ctypes
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.runtime.functions import library
from models.runtime.kernel import compiled
from models.runtime.paged import Paged
from models.runtime.panels import LowRank, PanelProduct

if TYPE_CHECKING:
    from collections.abc import Callable

    import torch

    from models.networks.decoder import Backbone, DecoderLayer

SOURCE = Path(__file__).with_name("layer.c")
_MATRICES = (
    "self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", "self_attn.o_proj",
    "mlp.gate_proj", "mlp.up_proj", "mlp.down_proj",
)  # fmt: skip
_OF_INT8 = ("quantise", "multiply")
_OF_FLOAT = ("product", "normalise", "turn", "gate", "attend_paged")


class _Functions(ctypes.Structure):
    _fields_ = tuple((name, ctypes.c_void_p) for name in (*_OF_INT8, *_OF_FLOAT))


class _Linear(ctypes.Structure):
    _fields_ = (
        *((name, ctypes.c_void_p) for name in ("matrix", "down", "high")),
        ("rank", ctypes.c_int64),
    )


class _Layer(ctypes.Structure):
    _fields_ = (
        ("call", _Functions),
        *((name, _Linear) for name in ("q", "k", "v", "o", "gate", "up", "down")),
        *(
            (name, ctypes.c_void_p)
            for name in (
                "before_attention", "of_queries", "of_keys", "after_attention", "before_feed",
                "after_feed",
            )
        ),
        *(
            (name, ctypes.c_int64)
            for name in ("hidden", "inner", "heads", "kv_heads", "size", "layer")
        ),
        *((name, ctypes.c_float) for name in ("epsilon", "scale", "tiny", "inverse")),
        ("window", ctypes.c_int64),
        *((name, ctypes.c_int32) for name in ("gelu", "path")),
    )  # fmt: skip


class _Call(ctypes.Structure):
    _fields_ = (
        *((name, ctypes.c_void_p) for name in ("x", "out", "wanted")),
        *((name, ctypes.c_int64) for name in ("tokens", "count")),
        *((name, ctypes.c_void_p) for name in ("cosines", "sines")),
        ("rows", ctypes.POINTER(Paged)),
    )


def compile_layers(backbone: Backbone) -> None:
    """Give those layers of a backbone that can be compiled as a whole a `forward` that is.

    The others keep their own. Both compute the same, bit for bit.
    """
    for layer in backbone.layers:
        vars(layer).pop("forward", None)
        if backbone.paged and (forward := _compiled(layer, backbone)) is not None:
            layer.forward = forward


@cache
def _library() -> ctypes.CDLL | None:
    found = compiled(SOURCE)
    if found is not None:
        found.run_layer.argtypes = (ctypes.POINTER(_Layer), ctypes.POINTER(_Call), ctypes.c_int)
    return found


def _compiled(layer: Any, backbone: Backbone) -> Callable[..., torch.Tensor] | None:
    """Return a layer as a function; None where a part of it is not compiled."""
    import torch

    functions, own = library(), _library()
    products = [vars(layer.get_submodule(name)).get("forward") for name in _MATRICES]
    ours = layer.mlp.open is not None and all(_is_ours(product) for product in products)
    if functions is None or own is None or not ours:
        return None
    bases = [product.base if isinstance(product, LowRank) else product for product in products]
    kernel = bases[0].kernel
    call = _Functions(
        *(_address(kernel.library, name) for name in _OF_INT8),
        *(_address(functions, name) for name in _OF_FLOAT),
    )
    weights = [None if norm is None else norm.factors().contiguous() for norm in _norms(layer)]
    settings, attention = backbone.settings, layer.self_attn
    struct = _Layer(
        call,
        *map(_linear, products),
        *(None if weight is None else weight.data_ptr() for weight in weights),
        settings.hidden_size, settings.intermediate_size, settings.heads, settings.kv_heads,
        settings.head_size, attention.number,
        settings.epsilon, settings.score_scale, bases[0].tiny, bases[0].inverse,
        attention.window or 0,
        int(settings.kind != "qwen2"), kernel.path,
    )  # fmt: skip
    run, place, held = own.run_layer, ctypes.byref(struct), (struct, products, weights)

    def forward(
        x: torch.Tensor, *, rotation: Any, context: Any, wanted: torch.Tensor | None = None
    ) -> torch.Tensor:
        cosines, sines = (part.contiguous() for part in rotation)
        tokens = x.shape[1]
        count = tokens if wanted is None else len(wanted)
        out = torch.empty(1, count, x.shape[2])
        given = _Call(
            x.data_ptr(), out.data_ptr(), None if wanted is None else wanted.data_ptr(),
            tokens, count, cosines.data_ptr(), sines.data_ptr(),
            ctypes.pointer(context.rows.struct),
        )  # fmt: skip
        if not run(place, ctypes.byref(given), torch.get_num_threads()):
            raise MemoryError("not enough memory for a layer")
        return out

    forward.held = held  # type: ignore[attr-defined]  # what the struct points to
    return forward


def _is_ours(product: object) -> bool:
    return isinstance(product, PanelProduct | LowRank)


def _norms(layer: DecoderLayer) -> list[Any]:
    """Return the norms of a layer in the order of layer.c, None for those that it lacks."""
    attention = layer.self_attn
    if not layer.both_sides:
        return [layer.input_layernorm, None, None, None, layer.post_attention_layernorm, None]
    return [
        layer.input_layernorm, attention.q_norm, attention.k_norm, layer.post_attention_layernorm,
        layer.pre_feedforward_layernorm, layer.post_feedforward_layernorm,
    ]  # fmt: skip


def _linear(product: PanelProduct | LowRank) -> _Linear:
    if isinstance(product, PanelProduct):
        return _Linear(ctypes.addressof(product.pointers), None, None, 0)
    return _Linear(
        ctypes.addressof(product.base.pointers),
        product.down.data_ptr(),
        product.high.data_ptr(),
        product.rank,
    )


def _address(library: ctypes.CDLL, name: str) -> int | None:
    return ctypes.cast(getattr(library, name), ctypes.c_void_p).value
