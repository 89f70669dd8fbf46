"""The batch that decoding works on: prompts in rows, which join and leave while others go on.

Chat prompts begin alike: the instruction is the same, the text differs. What all prompts share is
prefilled once and its keys and values are copied under every row. Where prefill is bound by
arithmetic, as on a CPU, that is more than half of the work (scripts/bench/LOG.md).

Rows are padded on the left of their own part, so that every row's next token has the same column
in the cache: `[padding] shared [padding] own reply`. The mask knows which columns are padding.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, Any

from models.batching import batches
from models.engine import Finish

if TYPE_CHECKING:
    import torch

REFILL_SHARE = 0.75  # refill once this share of the places, or less, is taken
MAX_PREFILL_TOKENS = 512  # padded tokens in one prefill: small ones hold rows of like length


@dataclass(frozen=True, slots=True)
class Prompt:
    """Token ids to continue, the most tokens to add, the tokens that end the reply, the dice."""

    ids: Sequence[int]
    max_new_tokens: int
    stop_ids: frozenset[int]
    temperature: float = 0.0  # 0 is greedy
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Continuation:
    """The tokens a prompt was continued with, without the one that stopped it.

    `alternatives` are what else a beam search ended with by itself, best first.
    """

    ids: tuple[int, ...]
    finish: Finish
    alternatives: tuple[tuple[int, ...], ...] = ()


@dataclass(slots=True)
class Row:
    """A prompt with its number, and the tokens it has been continued with so far."""

    index: int
    prompt: Prompt
    ids: list[int] = field(default_factory=list)
    dice: Random = field(init=False)

    def __post_init__(self) -> None:
        self.dice = Random(f"{self.prompt.seed} {list(self.prompt.ids)}")

    @property
    def width(self) -> int:
        """The most columns it can come to take in the cache."""
        return len(self.prompt.ids) + self.prompt.max_new_tokens


class Batch:
    """The rows being decoded, with their keys and values.

    `_mask` is (rows, columns), 1 where the cache holds a token and 0 where it holds padding.
    Every cache layer holds keys and values of shape (rows, heads, columns, head size).
    """

    def __init__(self, backbone: Any, *, pad_id: int, shared: list[int]) -> None:
        self.rows: list[Row] = []
        self._backbone = backbone
        self._device = backbone.device
        self._pad_id = pad_id
        self._shared = shared
        self._shared_cache: Any = None
        self._cache: Any = None
        self._mask: Any = None

    def join(self, joining: list[Row]) -> torch.Tensor:
        """Prefill new rows and add them; return their last hidden states (new rows, size)."""
        import torch

        own = [row.prompt.ids[len(self._shared) :] for row in joining]
        width = max(len(ids) for ids in own)
        ids = torch.full((len(own), width), self._pad_id, device=self._device)
        mask = torch.zeros_like(ids)
        for i, tokens in enumerate(own):
            ids[i, width - len(tokens) :] = torch.tensor(tokens)
            mask[i, width - len(tokens) :] = 1
        cache = self._copy_shared(len(joining))
        mask = torch.cat([mask.new_ones(len(own), len(self._shared)), mask], dim=1)
        hidden = self._forward(ids=ids, mask=mask, cache=cache)
        if self.rows:
            self._merge(cache, mask)
        else:
            self._cache, self._mask = cache, mask
        self.rows = [*self.rows, *joining]
        return hidden

    def step(self) -> torch.Tensor:
        """Feed each row its last token; return the hidden states (rows, size)."""
        import torch

        ids = torch.tensor([[row.ids[-1]] for row in self.rows], device=self._device)
        self._mask = torch.cat([self._mask, torch.ones_like(ids)], dim=1)
        return self._forward(ids=ids, mask=self._mask, cache=self._cache)

    def select(self, places: Sequence[int], rows: Sequence[Row]) -> None:
        """Let row i be what row `places[i]` was, with `rows[i]` for its text.

        Rows can be copied, dropped and put into another order; the columns that are then padding
        in every row are dropped, too.
        """
        import torch

        unmoved = list(places) == list(range(len(self.rows)))
        self.rows = list(rows)
        if not places:
            self._cache = self._mask = None
            return
        if unmoved:
            return
        index = torch.tensor(places, device=self._device)
        mask = self._mask[index]
        first = int(mask.any(dim=0).to(torch.int8).argmax())
        self._mask = mask[:, first:]
        for layer in self._cache.layers:
            layer.keys = layer.keys[:, :, first:].index_select(0, index)
            layer.values = layer.values[:, :, first:].index_select(0, index)

    def _copy_shared(self, count: int) -> Any:
        """Return a new cache that holds the shared prefix, `count` rows of it."""
        import torch
        from transformers import DynamicCache

        cache = DynamicCache()
        if not self._shared:
            return cache
        if self._shared_cache is None:
            ids = torch.tensor([self._shared], device=self._device)
            self._shared_cache = DynamicCache()
            self._forward(ids=ids, mask=torch.ones_like(ids), cache=self._shared_cache)
        for number, layer in enumerate(self._shared_cache.layers):
            cache.update(
                layer.keys.expand(count, -1, -1, -1),
                layer.values.expand(count, -1, -1, -1),
                number,
            )
        return cache

    def _merge(self, cache: Any, mask: torch.Tensor) -> None:
        """Put prefilled rows under the present ones, both padded on the left to one width."""
        import torch
        from torch.nn.functional import pad

        width = max(self._mask.shape[1], mask.shape[1])
        old, new = width - self._mask.shape[1], width - mask.shape[1]
        self._mask = torch.cat([pad(self._mask, (old, 0)), pad(mask, (new, 0))])
        for mine, other in zip(self._cache.layers, cache.layers, strict=True):
            mine.keys = torch.cat([pad(mine.keys, (0, 0, old, 0)), pad(other.keys, (0, 0, new, 0))])
            mine.values = torch.cat(
                [pad(mine.values, (0, 0, old, 0)), pad(other.values, (0, 0, new, 0))]
            )

    def _forward(self, *, ids: torch.Tensor, mask: torch.Tensor, cache: Any) -> torch.Tensor:
        # A row's positions count its own tokens, whatever padding stands between them.
        positions = (mask.cumsum(dim=1) - 1).clamp(min=0)[:, -ids.shape[1] :]
        output = self._backbone(
            input_ids=ids,
            attention_mask=mask,
            position_ids=positions,
            cache=cache,
            use_cache=True,
        )
        hidden: torch.Tensor = output.last_hidden_state[:, -1]
        return hidden


def shared_prefix(prompts: Sequence[Prompt]) -> list[int]:
    """Return the tokens that all prompts begin with, short of any prompt's last token."""
    if not prompts:
        return []
    first = min((p.ids for p in prompts), key=len)
    length = len(first) - 1
    for prompt in prompts:
        length = next((i for i in range(length) if prompt.ids[i] != first[i]), length)
    return list(first[:length])


def prefill_chunks(rows: list[Row]) -> Iterator[list[Row]]:
    """Split rows into prefills of like length, so that little of each is padding."""
    lengths = [len(row.prompt.ids) for row in rows]
    for indices in batches(
        lengths, max_batch_tokens=MAX_PREFILL_TOKENS, max_batch_size=max(1, len(rows))
    ):
        yield [rows[i] for i in indices]
