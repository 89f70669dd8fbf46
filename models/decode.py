"""The decoding loop for decoder-only models: full batches, whose finished rows are refilled.

Greedy, or sampled from what the model thinks at least `MIN_PROBABILITY` likely (epsilon sampling,
Freitag et al. 2023, https://arxiv.org/abs/2305.09860: the samples that a consensus can be chosen
from). A row's random numbers come from its own seed and prompt, so its sample does not depend on
the batch it is decoded in.

A static batch waits for its longest row; here a row that ends is taken out at once and, when
enough places are free, new prompts are prefilled and join. That keeps the matrix products wide,
which is where the time goes: one step for sixteen rows costs less than two steps for one.

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

LOOP_CHECK_EVERY = 8  # tokens between two looks for a loop; a look is cheap but not free
MAX_LOOP_PERIOD = 48  # tokens; longer repetitions are sentences, and those are triaged as text
MIN_LOOP_TOKENS = 16
REFILL_SHARE = 0.75  # refill once this share of the places, or less, is taken
MIN_PROBABILITY = 0.02  # of a token that is sampled; Freitag et al. found 0.02 best for news
MAX_CANDIDATES = 50  # no more than this many can have that probability
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
    """The tokens a prompt was continued with, without the one that stopped it."""

    ids: tuple[int, ...]
    finish: Finish


@dataclass(slots=True)
class _Row:
    index: int
    prompt: Prompt
    ids: list[int] = field(default_factory=list)
    dice: Random = field(init=False)

    def __post_init__(self) -> None:
        self.dice = Random(f"{self.prompt.seed} {list(self.prompt.ids)}")


def loop_start(ids: Sequence[int]) -> int | None:
    """Return where the repetition at the end of `ids` begins, or None if there is none.

    A loop is at least three copies of one period at the very end, `MIN_LOOP_TOKENS` long in all.
    The first copy is not part of what is repeated, so the index points behind it.
    """
    for period in range(1, min(MAX_LOOP_PERIOD, len(ids) // 3) + 1):
        length = period
        while length < len(ids) and ids[-1 - length] == ids[-1 - length + period]:
            length += 1
        if length >= max(3 * period, MIN_LOOP_TOKENS):
            return len(ids) - length + period
    return None


class Decoder:
    """Continuation of many prompts by one transformers decoder-only model.

    `allowed` restricts the output vocabulary: a sorted 1-D tensor of token ids. The rows of the
    output matrix that are not in it are not even multiplied.
    """

    def __init__(
        self,
        model: Any,
        *,
        pad_id: int,
        max_batch_tokens: int,
        max_batch_size: int,
        allowed: torch.Tensor | None = None,
    ) -> None:
        self._backbone = model.get_decoder()
        head = model.get_output_embeddings().weight.detach()
        self._head = head if allowed is None else head[allowed]
        self._allowed = allowed
        self._pad_id = pad_id
        self._max_batch_tokens = max_batch_tokens
        self._max_batch_size = max_batch_size
        self._device = head.device

    def run(self, prompts: Sequence[Prompt]) -> Iterator[tuple[int, Continuation]]:
        """Yield `(index, continuation)` once for every prompt, as soon as it is finished."""
        import torch

        # Longest first: they need the most steps, and the short ones fill the gaps behind them.
        waiting = [_Row(i, p) for i, p in enumerate(prompts)]
        waiting.sort(key=lambda row: (row.prompt.max_new_tokens, len(row.prompt.ids)))
        batch = _Batch(self._backbone, pad_id=self._pad_id, shared=_shared_prefix(prompts))
        while waiting or batch.rows:
            # 1. refill the free places
            with torch.inference_mode():
                joining = self._take(waiting, batch)
                for chunk in _prefill_chunks(joining):
                    self._append(chunk, batch.join(chunk))
                # 2. hand out what has ended, and take it out of the cache
                ended = [row for row in batch.rows if _finish(row) is not None]
                if ended:
                    batch.drop({row.index for row in ended})
                # 3. one step for all others
                elif batch.rows:
                    self._append(batch.rows, batch.step())
            for row in ended:
                yield row.index, _continuation(row)

    def _take(self, waiting: list[_Row], batch: _Batch) -> list[_Row]:
        """Take the rows that fit beside those being decoded off the end of `waiting`."""
        if batch.rows and len(batch.rows) > REFILL_SHARE * self._max_batch_size:
            return []
        taken: list[_Row] = []
        width = max((_width(row) for row in batch.rows), default=0)
        while waiting and len(batch.rows) + len(taken) < self._max_batch_size:
            width = max(width, _width(waiting[-1]))
            count = len(batch.rows) + len(taken) + 1
            if count > 1 and width * count > self._max_batch_tokens:
                break
            taken.append(waiting.pop())
        return taken

    def _append(self, rows: Sequence[_Row], hidden: torch.Tensor) -> None:
        """Choose the next token of each row from its last hidden state (rows, hidden size)."""
        logits = hidden @ self._head.T
        for position, row in enumerate(rows):
            if not row.ids:  # an empty reply is never what was asked for
                stops = self._columns(row.prompt.stop_ids)
                logits[position, stops] = float("-inf")
        best = logits.argmax(dim=-1)
        for position, row in enumerate(rows):
            if row.prompt.temperature:
                best[position] = _sample(logits[position], row)
        chosen = best if self._allowed is None else self._allowed[best]
        for row, token in zip(rows, chosen.tolist(), strict=True):
            row.ids.append(token)

    def _columns(self, ids: frozenset[int]) -> torch.Tensor:
        import torch

        wanted = torch.tensor(sorted(ids), device=self._device)
        if self._allowed is None:
            return wanted
        return torch.isin(self._allowed, wanted).nonzero().squeeze(1)


def _sample(logits: torch.Tensor, row: _Row) -> int:
    """Draw a column of `logits` (columns), by the row's temperature, from the likely ones."""
    scaled = logits.float() / row.prompt.temperature
    total = scaled.logsumexp(dim=-1)
    values, columns = scaled.topk(min(MAX_CANDIDATES, len(scaled)))
    weights = (values - total).exp().tolist()
    likely = [w if w >= MIN_PROBABILITY else 0.0 for w in weights]
    if not any(likely):
        likely[0] = 1.0
    (place,) = row.dice.choices(range(len(likely)), weights=likely)
    return int(columns[place])


def _width(row: _Row) -> int:
    return len(row.prompt.ids) + row.prompt.max_new_tokens


def _finish(row: _Row) -> Finish | None:
    if row.ids and row.ids[-1] in row.prompt.stop_ids:
        return "stop"
    if len(row.ids) % LOOP_CHECK_EVERY == 0 and loop_start(row.ids) is not None:
        return "loop"
    return "length" if len(row.ids) >= row.prompt.max_new_tokens else None


def _continuation(row: _Row) -> Continuation:
    finish = _finish(row)
    if finish is None:
        raise ValueError(f"row {row.index} has not finished")
    end = len(row.ids)
    if finish == "stop":
        end -= 1
    elif finish == "loop":
        end = loop_start(row.ids) or end
    return Continuation(tuple(row.ids[:end]), finish)


def _shared_prefix(prompts: Sequence[Prompt]) -> list[int]:
    """Return the tokens that all prompts begin with, short of any prompt's last token."""
    if not prompts:
        return []
    first = min((p.ids for p in prompts), key=len)
    length = len(first) - 1
    for prompt in prompts:
        length = next((i for i in range(length) if prompt.ids[i] != first[i]), length)
    return list(first[:length])


def _prefill_chunks(rows: list[_Row]) -> Iterator[list[_Row]]:
    """Split rows into prefills of like length, so that little of each is padding."""
    lengths = [len(row.prompt.ids) for row in rows]
    for indices in batches(
        lengths, max_batch_tokens=MAX_PREFILL_TOKENS, max_batch_size=max(1, len(rows))
    ):
        yield [rows[i] for i in indices]


class _Batch:
    """The rows being decoded, with their keys and values.

    `_mask` is (rows, columns), 1 where the cache holds a token and 0 where it holds padding.
    Every cache layer holds keys and values of shape (rows, heads, columns, head size).
    """

    def __init__(self, backbone: Any, *, pad_id: int, shared: list[int]) -> None:
        self.rows: list[_Row] = []
        self._backbone = backbone
        self._device = backbone.device
        self._pad_id = pad_id
        self._shared = shared
        self._shared_cache: Any = None
        self._cache: Any = None
        self._mask: Any = None

    def join(self, joining: list[_Row]) -> torch.Tensor:
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

    def drop(self, ended: set[int]) -> None:
        """Drop rows by index, and the columns that are padding in every row that is left."""
        import torch

        places = [i for i, row in enumerate(self.rows) if row.index not in ended]
        self.rows = [self.rows[i] for i in places]
        if not places:
            self._cache = self._mask = None
            return
        index = torch.tensor(places, device=self._device)
        mask = self._mask[index]
        first = int(mask.any(dim=0).to(torch.int8).argmax())
        self._mask = mask[:, first:]
        for layer in self._cache.layers:
            layer.keys = layer.keys[index, :, first:]
            layer.values = layer.values[index, :, first:]

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
