"""Qwen2 and Gemma 3 as networks of torch, for the decoding loop alone.

The parts have the names that transformers gives them, so that its files fit, and compute what they
compute there, operation by operation (`tests/test_networks.py`). transformers itself takes longer
to import than these models take to load.

Qwen2: https://arxiv.org/abs/2407.10671; Gemma 3: https://arxiv.org/abs/2503.19786
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Protocol, cast

import torch
from torch import nn

from models.networks.layers import Embedding, Linear
from models.networks.rotation import Rotate, Rotation, Turn, rotate, turned

if TYPE_CHECKING:
    from models.networks.settings import DecoderSettings

_WIDE_TOKENS = 512  # that a CPU widens at a time: more are no faster, and take 72 KB each


class Open(Protocol):
    """A way to multiply by an activated gate."""

    def __call__(self, gate: torch.Tensor, up: torch.Tensor) -> torch.Tensor:
        """Return f(gate) * up, of tensors of one shape; `gate` may be changed."""


class Context(Protocol):
    """What new tokens stand beside: the earlier tokens of their rows (`models.decoding`).

    `positions` (rows, tokens) count the tokens of each row.
    """

    positions: torch.Tensor

    def attend(
        self,
        q: torch.Tensor,
        k: torch.Tensor,
        v: torch.Tensor,
        *,
        layer: int,
        scale: float,
        window: int | None,
    ) -> torch.Tensor:
        """Keep the keys and values of a layer; return what queries gather of all it has.

        `q` is (rows, heads, tokens, head size), `k` and `v` are (rows, kv heads, tokens, head
        size), the result is (rows, tokens, heads, head size). A token sees those of its row up to
        itself, and at most `window` of them.
        """


class RMSNorm(nn.Module):
    """Division by the root of the mean square, times a weight (https://arxiv.org/abs/1910.07467).

    With `around_one` the weight is a difference from 1, which is Gemma's way.
    """

    def __init__(self, size: int, *, epsilon: float, around_one: bool) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(size))
        self.epsilon = epsilon
        self._around_one = around_one

    def factors(self) -> torch.Tensor:
        """Return what the normalised numbers are multiplied by, (size,) in float32."""
        weight = self.weight.detach().float()
        return 1.0 + weight if self._around_one else weight

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return the normalised x (..., size), in the number format of x."""
        wide = x.float()
        wide = wide * torch.rsqrt(wide.pow(2).mean(-1, keepdim=True) + self.epsilon)
        if self._around_one:
            return (wide * (1.0 + self.weight.float())).type_as(x)
        return self.weight * wide.to(x.dtype)


class GELUTanh(nn.Module):
    """GELU by the tangent (https://arxiv.org/abs/1606.08415)."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return the activations of x, in its shape."""
        return nn.functional.gelu(x, approximate="tanh")


class GatedFeedForward(nn.Module):
    """down(f(gate(x)) * up(x)) (https://arxiv.org/abs/2002.05202).

    `open` is how the middle is computed.
    """

    def __init__(self, settings: DecoderSettings) -> None:
        super().__init__()
        inside, outside = settings.hidden_size, settings.intermediate_size
        self.gate_proj = Linear(inside, outside, bias=False)
        self.up_proj = Linear(inside, outside, bias=False)
        self.down_proj = Linear(outside, inside, bias=False)
        self.act_fn = nn.SiLU(inplace=True) if settings.kind == "qwen2" else GELUTanh()
        self.open: Open | None = None  # by the activation

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return the layer's output (rows, tokens, size) of x in the same shape."""
        if x.device.type != "cpu" or x.shape[:-1].numel() <= _WIDE_TOKENS:
            return self._together(x)
        parts = torch.split(x.reshape(-1, x.shape[-1]), _WIDE_TOKENS)
        return torch.cat([self._together(part) for part in parts]).view(x.shape)

    def _together(self, x: torch.Tensor) -> torch.Tensor:
        gate, up = self.gate_proj(x), self.up_proj(x)
        inner = self.act_fn(gate).mul_(up) if self.open is None else self.open(gate, up)
        return cast(torch.Tensor, self.down_proj(inner))


class Attention(nn.Module):
    """Grouped-query attention (https://arxiv.org/abs/2305.13245) with rotated positions.

    `turn` is how positions are rotated.
    """

    def __init__(self, settings: DecoderSettings, number: int) -> None:
        super().__init__()
        self.turn: Turn = turned
        self.number, self.window = number, settings.layers[number].window
        self.head_size, self._scale = settings.head_size, settings.score_scale
        inside, own, shared = (
            settings.hidden_size,
            settings.heads * settings.head_size,
            settings.kv_heads * settings.head_size,
        )
        bias = settings.kind == "qwen2"
        self.q_proj = Linear(inside, own, bias=bias)
        self.k_proj = Linear(inside, shared, bias=bias)
        self.v_proj = Linear(inside, shared, bias=bias)
        self.o_proj = Linear(own, inside, bias=False)
        self._normed = settings.kind == "gemma3_text"
        if self._normed:
            self.q_norm = RMSNorm(self.head_size, epsilon=settings.epsilon, around_one=True)
            self.k_norm = RMSNorm(self.head_size, epsilon=settings.epsilon, around_one=True)

    def forward(self, x: torch.Tensor, *, rotation: Rotation, context: Context) -> torch.Tensor:
        """Return what the tokens x (rows, tokens, size) gather from those they stand beside."""
        rows, tokens, _ = x.shape
        q, k, v = (
            layer(x).view(rows, tokens, -1, self.head_size).transpose(1, 2)
            for layer in (self.q_proj, self.k_proj, self.v_proj)
        )
        if self._normed:
            q, k = self.q_norm(q), self.k_norm(k)
        q, k = self.turn(q, rotation), self.turn(k, rotation)
        found = context.attend(q, k, v, layer=self.number, scale=self._scale, window=self.window)
        return cast(torch.Tensor, self.o_proj(found.reshape(rows, tokens, -1)))


class DecoderLayer(nn.Module):
    """Attention and feed-forward layer, each added to its own input.

    Qwen2 normalises what goes into them, Gemma 3 what comes out of them, too.
    """

    def __init__(self, settings: DecoderSettings, number: int) -> None:
        super().__init__()
        gemma = settings.kind == "gemma3_text"

        def norm() -> RMSNorm:
            return RMSNorm(settings.hidden_size, epsilon=settings.epsilon, around_one=gemma)

        self.self_attn = Attention(settings, number)
        self.mlp = GatedFeedForward(settings)
        self.input_layernorm = norm()
        self.post_attention_layernorm = norm()
        self.both_sides = gemma
        if gemma:
            self.pre_feedforward_layernorm = norm()
            self.post_feedforward_layernorm = norm()

    def forward(
        self,
        x: torch.Tensor,
        *,
        rotation: Rotation,
        context: Context,
        wanted: torch.Tensor | None = None,
    ) -> torch.Tensor:
        """Return the layer's output (rows, tokens, size); see `Attention.forward`.

        With `wanted`, it is that of so many tokens of each row, by their places.
        """
        told = self.self_attn(self.input_layernorm(x), rotation=rotation, context=context)
        if wanted is not None:
            x, told = x[:, wanted], told[:, wanted]
        if not self.both_sides:
            x = told.add_(x)
            return cast(torch.Tensor, self.mlp(self.post_attention_layernorm(x)).add_(x))
        x = self.post_attention_layernorm(told).add_(x)
        found = self.post_feedforward_layernorm(self.mlp(self.pre_feedforward_layernorm(x)))
        return cast(torch.Tensor, found.add_(x))


class ScaledEmbedding(Embedding):
    """Word embeddings times a number, which Gemma rounds to the number format of its weights."""

    def __init__(self, count: int, size: int, *, scale: float) -> None:
        super().__init__(count, size)
        self._scale = scale

    def finished(self, rows: torch.Tensor) -> torch.Tensor:
        """Return the embeddings that rows of the table stand for, in any number format."""
        return rows * torch.tensor(self._scale).to(rows)


class Backbone(nn.Module):
    """The layers of a decoder, from token ids to hidden states.

    `rotate` is how the rotation of positions is computed, `paged` tells whether keys and values
    are kept in pages.
    """

    def __init__(self, settings: DecoderSettings) -> None:
        super().__init__()
        gemma = settings.kind == "gemma3_text"
        sizes = settings.vocabulary, settings.hidden_size
        self.embed_tokens = (
            ScaledEmbedding(*sizes, scale=settings.hidden_size**0.5) if gemma else Embedding(*sizes)
        )
        self.layers = nn.ModuleList(
            DecoderLayer(settings, number) for number in range(len(settings.layers))
        )
        self.norm = RMSNorm(settings.hidden_size, epsilon=settings.epsilon, around_one=gemma)
        self.rotate: Rotate = rotate
        self.paged = False
        self.settings = settings

    @property
    def device(self) -> torch.device:
        """The device of the weights."""
        return self.embed_tokens.weight.device

    def forward(
        self, ids: torch.Tensor, *, context: Context, wanted: torch.Tensor | None = None
    ) -> torch.Tensor:
        """Return the hidden states (rows, tokens, size) of `ids` (rows, tokens).

        `wanted` are the places of the tokens whose states are returned, the same in each row; None
        stands for all. What the others would need the last layer for is not computed.
        """
        (x,) = deque(
            self._through(ids, context=context, layers=len(self.layers), wanted=wanted), maxlen=1
        )
        return cast(torch.Tensor, self.norm(x))

    def states(
        self,
        ids: torch.Tensor,
        *,
        context: Context,
        behind: Sequence[int],
        wanted: torch.Tensor | None = None,
    ) -> torch.Tensor:
        """Return the states behind some layers, counted from 1, side by side and not normalised.

        No layer is computed that lies behind them. See `forward`.
        """
        found = {}
        states = self._through(ids, context=context, layers=max(behind), wanted=wanted)
        for number, x in enumerate(states, start=1):
            if number in behind:
                whole = wanted is None or number == max(behind)
                found[number] = x if whole else x[:, wanted]
        return torch.cat([found[number] for number in behind], dim=-1)

    def _through(
        self, ids: torch.Tensor, *, context: Context, layers: int, wanted: torch.Tensor | None
    ) -> Iterator[torch.Tensor]:
        """Yield the states behind each of the first `layers`; the last one's of those `wanted`."""
        rotations: dict[float, Rotation] = {}
        x = self.embed_tokens(ids)
        for number in range(layers):
            theta = self.settings.layers[number].theta
            if theta not in rotations:
                cosines, sines = self.rotate(
                    context.positions, theta=theta, size=self.settings.head_size
                )
                rotations[theta] = cosines.to(x.dtype), sines.to(x.dtype)
            x = self.layers[number](
                x,
                rotation=rotations[theta],
                context=context,
                wanted=wanted if number == layers - 1 else None,
            )
            yield x


class CausalModel(nn.Module):
    """A decoder and its output matrix. `made_of` names its weights, if they have a name."""

    made_of = ""

    def __init__(self, settings: DecoderSettings) -> None:
        super().__init__()
        self.settings = settings
        self.model = Backbone(settings)
        self.lm_head = Linear(settings.hidden_size, settings.vocabulary, bias=False)
        if settings.tied:
            self.lm_head.weight = self.model.embed_tokens.weight

    @property
    def device(self) -> torch.device:
        """The device of the weights."""
        return self.model.device

    def get_decoder(self) -> Backbone:
        """Return the network without the output matrix."""
        return self.model

    def get_input_embeddings(self) -> nn.Embedding:
        """Return the word embeddings."""
        return self.model.embed_tokens

    def get_output_embeddings(self) -> nn.Linear:
        """Return the output matrix."""
        return self.lm_head
