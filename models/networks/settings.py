"""The shape of a decoder, read from the config.json that transformers writes.

Only what is computed here is accepted: a setting that would make the network another one, such as
soft-capped scores or stretched positions, is a ValueError and never passed over.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["qwen2", "gemma3_text"]

# Settings that are only computed here where they have this value, or are left out.
_PLAIN: Mapping[str, tuple[Any, ...]] = {
    "attention_bias": (False, None),
    "attn_logit_softcapping": (None,),
    "final_logit_softcapping": (None,),
    "use_bidirectional_attention": (False, None),
    "use_sliding_window": (False, None),
}
_ACTIVATIONS: Mapping[Kind, tuple[str, str]] = {
    "qwen2": ("hidden_act", "silu"),
    "gemma3_text": ("hidden_activation", "gelu_pytorch_tanh"),
}


@dataclass(frozen=True, slots=True)
class Layer:
    """The attention of one layer: the base of its rotations, and the columns that it sees back."""

    theta: float
    window: int | None = None


@dataclass(frozen=True, slots=True)
class DecoderSettings:
    """The sizes of a decoder, in numbers, and which of the two known kinds it is.

    `heads` are those of queries, `kv_heads` those of keys and values, `score_scale` is multiplied
    to their products. `ends` are the tokens that end a reply, `tied` tells that the word embeddings
    are the output matrix, too.
    """

    kind: Kind
    vocabulary: int
    hidden_size: int
    intermediate_size: int
    heads: int
    kv_heads: int
    head_size: int
    epsilon: float
    score_scale: float
    layers: tuple[Layer, ...]
    tied: bool
    ends: tuple[int, ...]


def decoder_settings(config: Mapping[str, Any]) -> DecoderSettings:
    """Return the settings in a config.json.

    Raises ValueError for a model of another kind, and for settings that are not computed here;
    KeyError, TypeError and AttributeError where the file does not say how the network is made.
    """
    kind = next((k for k in _ACTIVATIONS if k == config.get("model_type")), None)
    if kind is None:
        known = ", ".join(_ACTIVATIONS)
        raise ValueError(f"model_type {config.get('model_type')!r} is none of {known}")
    key, activation = _ACTIVATIONS[kind]
    for name, plain in (*_PLAIN.items(), (key, (activation,))):
        if config.get(name) not in plain:
            raise ValueError(f"{name} = {config.get(name)!r} is not run here")
    return _settings(kind, config)


def _settings(kind: Kind, config: Mapping[str, Any]) -> DecoderSettings:
    hidden, heads = int(config["hidden_size"]), int(config["num_attention_heads"])
    head_size = int(config.get("head_dim") or hidden // heads)
    scale = int(config["query_pre_attn_scalar"]) if kind == "gemma3_text" else head_size
    ends = config.get("eos_token_id")
    return DecoderSettings(
        kind=kind,
        vocabulary=int(config["vocab_size"]),
        hidden_size=hidden,
        intermediate_size=int(config["intermediate_size"]),
        heads=heads,
        kv_heads=int(config["num_key_value_heads"]),
        head_size=head_size,
        epsilon=float(config["rms_norm_eps"]),
        score_scale=scale**-0.5,
        layers=tuple(_layers(config)),
        tied=bool(config.get("tie_word_embeddings", kind == "gemma3_text")),
        ends=tuple(ends) if isinstance(ends, list) else () if ends is None else (int(ends),),
    )


def _layers(config: Mapping[str, Any]) -> list[Layer]:
    count = int(config["num_hidden_layers"])
    types = config.get("layer_types") or ["full_attention"] * count
    if len(types) != count:
        raise ValueError(f"{len(types)} layer_types for {count} layers")
    return [_layer(config, kind) for kind in types]


def _layer(config: Mapping[str, Any], kind: str) -> Layer:
    rotations = config["rope_parameters"]
    rotations = rotations.get(kind, rotations)
    if rotations.get("rope_type", "default") != "default":
        raise ValueError(f"rope_type {rotations['rope_type']!r} is not run here")
    if kind == "full_attention":
        return Layer(float(rotations["rope_theta"]))
    if kind == "sliding_attention":
        return Layer(float(rotations["rope_theta"]), int(config["sliding_window"]))
    raise ValueError(f"layers of {kind!r} are not run here")
