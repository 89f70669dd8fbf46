"""BERT as a network of torch, for sentence encoders (https://arxiv.org/abs/1810.04805).

As with `models.networks.decoder`, names and operations are those of transformers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, cast

import torch
from torch import nn

from models.networks.attention import Attend, Seen, attend
from models.networks.layers import Embedding, LayerNorm, Linear


@dataclass(frozen=True, slots=True)
class EncoderSettings:
    """The sizes of an encoder, named as in the config.json that transformers writes."""

    hidden_size: int
    intermediate_size: int
    num_hidden_layers: int
    num_attention_heads: int
    vocab_size: int
    max_position_embeddings: int
    type_vocab_size: int
    layer_norm_eps: float


class States(NamedTuple):
    """The output of an encoder: hidden states (rows, tokens, size)."""

    last_hidden_state: torch.Tensor


def encoder_settings(config: Mapping[str, Any]) -> EncoderSettings:
    """Return the settings in a config.json.

    Raises ValueError for a model of another kind, KeyError and TypeError where one is missing or no
    number.
    """
    for name, known in (("model_type", "bert"), ("hidden_act", "gelu")):
        if config.get(name) != known:
            raise ValueError(f"{name} = {config.get(name)!r} is not run here")
    if config.get("position_embedding_type", "absolute") != "absolute" or config.get("is_decoder"):
        raise ValueError("only absolute positions and encoders are run here")
    numbers = {name: int(config[name]) for name in EncoderSettings.__slots__[:-1]}
    return EncoderSettings(**numbers, layer_norm_eps=float(config["layer_norm_eps"]))


class Embeddings(nn.Module):
    """Embeddings of words, positions and the one type that a sentence has, added and normalised."""

    def __init__(self, settings: EncoderSettings) -> None:
        super().__init__()
        size = settings.hidden_size
        self.word_embeddings = Embedding(settings.vocab_size, size)
        self.position_embeddings = Embedding(settings.max_position_embeddings, size)
        self.token_type_embeddings = Embedding(settings.type_vocab_size, size)
        self.LayerNorm = LayerNorm(size, eps=settings.layer_norm_eps)

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        """Return the embeddings (rows, tokens, size) of token ids (rows, tokens)."""
        x = self.word_embeddings(ids) + self.token_type_embeddings(torch.zeros_like(ids))
        x = x + self.position_embeddings(torch.arange(ids.shape[1], device=ids.device)[None])
        return cast(torch.Tensor, self.LayerNorm(x))


class SelfAttention(nn.Module):
    """Queries, keys and values of a layer, and what each token gathers from all others.

    `attend` is how that is computed.
    """

    def __init__(self, settings: EncoderSettings) -> None:
        super().__init__()
        size, self._heads = settings.hidden_size, settings.num_attention_heads
        self.head_size = size // self._heads
        self.attend: Attend = attend
        self.query, self.key, self.value = (Linear(size, size) for _ in range(3))

    def forward(self, x: torch.Tensor, seen: Seen) -> torch.Tensor:
        """Return what the tokens x (rows, tokens, size) gather, in the same shape."""
        rows, tokens, size = x.shape
        q, k, v = (
            layer(x).view(rows, tokens, self._heads, -1).transpose(1, 2)
            for layer in (self.query, self.key, self.value)
        )
        return self.attend(q, k, v, seen=seen).reshape(rows, tokens, size)


class Added(nn.Module):
    """A linear layer whose result is added to another input, and normalised."""

    def __init__(self, inside: int, settings: EncoderSettings) -> None:
        super().__init__()
        self.dense = Linear(inside, settings.hidden_size)
        self.LayerNorm = LayerNorm(settings.hidden_size, eps=settings.layer_norm_eps)

    def forward(self, x: torch.Tensor, to: torch.Tensor) -> torch.Tensor:
        """Return the normalised sum of x W^T + b and `to`, in the shape of `to`."""
        return cast(torch.Tensor, self.LayerNorm(self.dense(x) + to))


class EncoderLayer(nn.Module):
    """Attention and feed-forward layer, each added to its own input."""

    def __init__(self, settings: EncoderSettings) -> None:
        super().__init__()
        self.attention = nn.ModuleDict(
            {"self": SelfAttention(settings), "output": Added(settings.hidden_size, settings)}
        )
        self.intermediate = nn.ModuleDict(
            {"dense": Linear(settings.hidden_size, settings.intermediate_size)}
        )
        self.act_fn = nn.GELU()
        self.output = Added(settings.intermediate_size, settings)

    def forward(self, x: torch.Tensor, seen: Seen) -> torch.Tensor:
        """Return the layer's output, in the shape of x (rows, tokens, size)."""
        x = self.attention["output"](self.attention["self"](x, seen), x)
        wide = self.act_fn(self.intermediate["dense"](x))
        return cast(torch.Tensor, self.output(wide, x))


class Encoder(nn.Module):
    """A BERT encoder without a pooling layer."""

    def __init__(self, settings: EncoderSettings) -> None:
        super().__init__()
        self.config = settings
        self.embeddings = Embeddings(settings)
        layers = (EncoderLayer(settings) for _ in range(settings.num_hidden_layers))
        self.encoder = nn.ModuleDict({"layer": nn.ModuleList(layers)})

    @property
    def device(self) -> torch.device:
        """The device of the weights."""
        return self.embeddings.word_embeddings.weight.device

    def get_input_embeddings(self) -> nn.Embedding:
        """Return the word embeddings."""
        return self.embeddings.word_embeddings

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> States:
        """Return the states of token ids (rows, tokens); the mask is 1 for a token, else 0."""
        seen = Seen(attention_mask, queries=input_ids.shape[1], causal=False)
        x = self.embeddings(input_ids)
        for layer in self.encoder["layer"].children():
            x = layer(x, seen)
        return States(x)
