"""The batch of networks that torch computes: one tensor for all rows, padded to one width.

1. What many prompts begin with is prefilled once, as one row.
2. A new row starts from a copy of the keys and values of its prefix; only the rest of its prompt,
   its own part, is prefilled.
3. New rows are appended to the rows being decoded. Everything is padded on the left, so that the
   next token of every row has the same column in the cache: `[padding] prefix [padding] own part
   and reply`. `_mask` tells padding from tokens, and positions are counted by it.
4. A step feeds every row its last token, which appends one column.
5. Finished rows are dropped; columns that only they filled go with the next join.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import torch
from torch.nn.functional import pad

from models.decoding.batch import MAX_PREFILL_TOKENS, BatchRow, alike, prefix_of
from models.decoding.batching import batches
from models.decoding.kv_cache import KVCache, Move, PaddedContext
from models.decoding.prefixes import Prefix
from models.runtime.checkpoint import hidden_dtype


class PaddedBatch:
    """Rows in one tensor. Implements `models.decoding.batch.Batch`.

    `shared` are those of `models.decoding.prefixes`. `_mask` is (rows, columns), 1 where the cache
    holds a token and 0 where it holds padding. Every cache layer holds keys and values of shape
    (rows, heads, columns, head size).
    """

    def __init__(self, backbone: Any, *, pad_id: int, shared: Sequence[Prefix]) -> None:
        self.rows: list[BatchRow] = []
        self._backbone = backbone
        self.device = backbone.device
        self._pad_id = pad_id
        self._shared = shared
        self._shared_caches: dict[Prefix, KVCache] = {}
        self._cache: Any = None
        self._mask: Any = None

    def join(self, joining: Sequence[BatchRow]) -> tuple[list[BatchRow], torch.Tensor]:
        """Prefill new rows and append them to the batch.

        1. Rows with the same prompt (samples of one answer) become one group.
        2. One row of each group is prefilled, in chunks of like length that begin alike.
        3. The result is copied for the other rows of the group.
        4. The chunks are appended to the rows of the batch.

        Returns the new rows in their order in the batch, and their last hidden states (rows, size).
        """
        groups = {rows[0].index: rows for rows in alike(joining)}
        added, hidden, masks, caches = [], [], [], []
        by_prefix: dict[Prefix, list[BatchRow]] = {}
        for rows in groups.values():
            by_prefix.setdefault(prefix_of(rows[0], self._shared), []).append(rows[0])
        for prefix, chunk in [
            (begin, chunk) for begin, rows in by_prefix.items() for chunk in _chunks(rows, begin)
        ]:
            states, mask, cache = self._prefill(chunk, prefix)
            copies = [groups[row.index] for row in chunk]
            if sum(map(len, copies)) > len(chunk):
                places = [i for i, rows in enumerate(copies) for _ in rows]
                index = torch.tensor(places, device=self.device)
                states, mask = states[index], mask[index]
                cache.expand(index)
            added += [row for rows in copies for row in rows]
            hidden.append(states)
            masks.append(mask)
            caches.append(cache)
        if not self.rows:
            self._mask, self._cache = masks.pop(0), caches.pop(0)
        if caches:
            self._stack(masks, caches)
        self.rows = [*self.rows, *added]
        return added, torch.cat(hidden)

    def step(self) -> torch.Tensor:
        """Feed each row its last token; return the hidden states (rows, size)."""
        ids = torch.tensor([[row.ids[-1]] for row in self.rows], device=self.device)
        self._mask = torch.cat([self._mask, torch.ones_like(ids)], dim=1)
        return self._forward(ids=ids, mask=self._mask, cache=self._cache)[:, -1]

    def read(self, replies: Sequence[Sequence[int]]) -> list[torch.Tensor]:
        """Feed each row all tokens of a reply; return the hidden states (tokens, size) of each."""
        width = max(map(len, replies))
        ids = torch.full((len(replies), width), self._pad_id, device=self.device)
        mask = torch.zeros_like(ids)
        for i, tokens in enumerate(replies):
            ids[i, : len(tokens)] = torch.tensor(tokens)
            mask[i, : len(tokens)] = 1
        self._mask = torch.cat([self._mask, mask], dim=1)
        hidden = self._forward(ids=ids, mask=self._mask, cache=self._cache)
        return [row[: len(tokens)] for row, tokens in zip(hidden, replies, strict=True)]

    @property
    def token_bytes(self) -> int:
        """The memory that the keys and values of a token take."""
        shape = self._backbone.settings
        numbers: int = 2 * len(shape.layers) * shape.kv_heads * shape.head_size
        return numbers * hidden_dtype(self._backbone).itemsize

    def clear(self) -> None:
        """Let all rows leave, and give back the memory of their keys and values."""
        self.rows, self._shared_caches = [], {}
        self._cache = self._mask = None

    def states(
        self, texts: Sequence[Sequence[int]], *, behind: Sequence[int], last: Sequence[int]
    ) -> list[torch.Tensor]:
        """Return the states behind some layers of texts that do not join. See `Batch.states`."""
        ids, mask = _left_padded(texts, pad_id=self._pad_id, device=self.device)
        context = PaddedContext(KVCache(), mask, tokens=ids.shape[1])
        states = self._backbone.states(ids, context=context, behind=behind)
        return [row[-count:] for row, count in zip(states, last, strict=True)]

    def select(self, places: Sequence[int], rows: Sequence[BatchRow]) -> None:
        """Replace row i of the batch by a copy of row `places[i]`; its text is now `rows[i]`.

        Rows can be copied, dropped and put into another order. A row that keeps its place costs
        nothing. Where a row takes the place of another row of the same text, only the columns of
        the reply are copied, for the prompt is the same.
        """
        before, self.rows = self.rows, list(rows)
        if not places:
            self._cache = self._mask = None
            return
        moved = [(i, place) for i, place in enumerate(places) if i != place]
        if not moved and len(places) == len(before):
            return
        index = torch.tensor(places, device=self.device)
        self._mask = self._mask[index]
        if len(places) > len(before):
            self._cache.expand(index)
            return
        self._cache.move(_moves(moved, before, columns=self._mask.shape[1]))
        self._cache.keep(len(places))

    def _copy_shared(self, prefix: Prefix, count: int) -> KVCache:
        """Return a new cache of `count` rows, each with the keys and values of a prefix."""
        cache = KVCache()
        if not prefix:
            return cache
        if prefix not in self._shared_caches:
            ids = torch.tensor([prefix], device=self.device)
            self._shared_caches[prefix] = KVCache()
            self._forward(ids=ids, mask=torch.ones_like(ids), cache=self._shared_caches[prefix])
        for number, layer in enumerate(self._shared_caches[prefix].layers):
            keys, values = (part.expand(count, -1, -1, -1) for part in (layer.keys, layer.values))
            cache.update(keys, values, number)
        return cache

    def _prefill(
        self, rows: Sequence[BatchRow], prefix: Prefix
    ) -> tuple[torch.Tensor, torch.Tensor, KVCache]:
        """Return last hidden states (rows, size), mask (rows, columns) and cache of new rows.

        All of them begin with `prefix`.
        """
        own = [row.prompt.ids[len(prefix) :] for row in rows]
        ids, mask = _left_padded(own, pad_id=self._pad_id, device=self.device)
        cache = self._copy_shared(prefix, len(rows))
        mask = torch.cat([mask.new_ones(len(own), len(prefix)), mask], dim=1)
        last = torch.tensor([ids.shape[1] - 1], device=self.device)
        states = self._forward(ids=ids, mask=mask, cache=cache, wanted=last)
        return states[:, 0], mask, cache

    def _stack(self, masks: Sequence[torch.Tensor], caches: Sequence[KVCache]) -> None:
        """Append prefilled rows to the rows of the batch, all padded on the left to one width.

        The leading columns that hold padding in every row of the batch are dropped: the rows that
        filled them have left.
        """
        first = int(self._mask.any(dim=0).to(torch.int8).argmax())
        masks = [self._mask[:, first:], *masks]
        width = max(mask.shape[1] for mask in masks)
        self._mask = torch.cat([pad(mask, (width - mask.shape[1], 0)) for mask in masks])
        self._cache.stack(caches, first=first)

    def _forward(
        self,
        *,
        ids: torch.Tensor,
        mask: torch.Tensor,
        cache: KVCache,
        wanted: torch.Tensor | None = None,
    ) -> torch.Tensor:
        """Return the hidden states (rows, tokens, size) of `ids` (rows, tokens).

        `mask` is (rows, columns of the cache + tokens); the cache takes the new columns. `wanted`
        are the columns of `ids` whose states are returned, all without it.
        """
        context = PaddedContext(cache, mask, tokens=ids.shape[1])
        hidden: torch.Tensor = self._backbone(ids, context=context, wanted=wanted)
        return hidden


def _left_padded(
    rows: Sequence[Sequence[int]], *, pad_id: int, device: torch.device
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return token ids and their mask, both (rows, tokens), with padding in front of short rows."""
    width = max(len(tokens) for tokens in rows)
    ids = torch.full((len(rows), width), pad_id, device=device)
    mask = torch.zeros_like(ids)
    for i, tokens in enumerate(rows):
        ids[i, width - len(tokens) :] = torch.tensor(tokens)
        mask[i, width - len(tokens) :] = 1
    return ids, mask


def _moves(
    moved: Sequence[tuple[int, int]], before: Sequence[BatchRow], *, columns: int
) -> list[Move]:
    """Return the copies that bring the row at `place` to `row`, for each pair `(row, place)`.

    Between rows of the same text, only the last columns are copied, which hold the replies.
    """
    among = [pair for pair in moved if before[pair[0]].index == before[pair[1]].index]
    others = [pair for pair in moved if before[pair[0]].index != before[pair[1]].index]
    reply = max((len(before[i].ids) for i, _ in among), default=0)
    found = []
    for pairs, since in ((among, columns - reply), (others, 0)):
        if pairs:
            targets, sources = zip(*pairs, strict=True)
            found.append(Move(targets, sources, since))
    return found


def _chunks(rows: Sequence[BatchRow], prefix: Prefix) -> Iterator[list[BatchRow]]:
    """Split rows into prefills of like length behind a prefix: little of each is padding."""
    lengths = [len(row.prompt.ids) - len(prefix) for row in rows]
    for indices in batches(
        lengths, max_batch_tokens=MAX_PREFILL_TOKENS, max_batch_size=max(1, len(rows))
    ):
        yield [rows[i] for i in indices]
