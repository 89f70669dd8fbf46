"""Keys and values of the rows that are decoded, in memory with room for the columns to come.

transformers' own cache copies all its tensors to append one column, and copies them again to put
the beams of a search into a new order. This cache works in three ways:

1. A step that finds no free column takes memory for `SPARE_COLUMNS` more, and the next ones write
   their column into it. `keys` and `values` are views of the upper left part of the memory.
2. Only rows that change their place are copied (`move`), and of beams of the same text only the
   columns of the reply.
3. New rows are appended by copying old and new rows into new memory (`stack`).
4. On a CPU, memory is mapped from the system, and goes back there. Each new block is larger than
   the last one: taken from the heap, no block would fit into the holes that the others leave.

The gain is measured in scripts/bench/LOG.md.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass

import torch

from models.networks.attention import Seen, attend
from models.runtime.mapped import anonymous

_MAPPED_BYTES = 1 << 18
SPARE_COLUMNS = 24  # room for so many more tokens, when a step finds none


class PaddedContext:
    """What the last `tokens` columns of padded rows stand beside.

    Implements `models.networks.decoder.Context`. `mask` is (rows, columns of the cache + tokens), 1
    for a token and 0 for padding; `cache` takes the new columns.
    """

    def __init__(self, cache: KVCache, mask: torch.Tensor, *, tokens: int) -> None:
        self.positions = (mask.cumsum(dim=1) - 1).clamp(min=0)[:, -tokens:]
        self._cache, self._mask, self._tokens = cache, mask, tokens
        self._seen: dict[int | None, Seen] = {}

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
        """Keep keys and values of a layer, and return what the queries gather."""
        if window not in self._seen:
            self._seen[window] = Seen(self._mask, queries=self._tokens, causal=True, window=window)
        k, v = self._cache.update(k, v, layer)
        return attend(q, k, v, seen=self._seen[window], scale=scale)


@dataclass(frozen=True, slots=True)
class Move:
    """A copy of the rows `sources` to the rows `targets`, from column `since` on."""

    targets: Sequence[int]
    sources: Sequence[int]
    since: int = 0


class KVCache:
    """The keys and values of all layers; each of shape (rows, heads, columns, head size)."""

    def __init__(self) -> None:
        self.layers: list[_Layer] = []

    def update(
        self, keys: torch.Tensor, values: torch.Tensor, layer: int
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Append columns to a layer; return all its keys and all its values.

        Layers come in their order, the first time.
        """
        if layer == len(self.layers):
            self.layers.append(_Layer(keys, values))
        else:
            self.layers[layer].append(keys, values)
        return self.layers[layer].keys, self.layers[layer].values

    def keep(self, rows: int) -> None:
        """Drop all rows but the first `rows`."""
        for layer in self.layers:
            layer.show(rows, layer.columns)

    def expand(self, sources: torch.Tensor) -> None:
        """Replace the rows by copies of the rows `sources`, a 1-D tensor that may be longer."""
        for layer in self.layers:
            layer.repeat(sources)

    def move(self, moves: Sequence[Move]) -> None:
        """Copy rows to the places of others; all sources are read before any target is written."""
        device = self.layers[0].keys.device
        indices = [
            (torch.tensor(m.targets, device=device), torch.tensor(m.sources, device=device))
            for m in moves
        ]
        for layer in self.layers:
            for held in (layer.keys, layer.values):
                parts = [held[:, :, move.since :] for move in moves]
                read = [
                    part.index_select(0, sources)
                    for part, (_, sources) in zip(parts, indices, strict=True)
                ]
                for part, (targets, _), rows in zip(parts, indices, read, strict=True):
                    part.index_copy_(0, targets, rows)

    def stack(self, others: Sequence[KVCache], *, first: int) -> None:
        """Append the rows of `others` to the rows of this cache.

        1. This cache drops its columns before `first`, which hold only padding.
        2. Every cache is padded on the left to the columns of the widest one, so that the last
           token of every row stands in the last column.
        """
        for layer in self.layers:
            below = [other.layers.pop(0) for other in others]
            layer.hold(
                [layer.keys[:, :, first:], *(other.keys for other in below)],
                [layer.values[:, :, first:], *(other.values for other in below)],
            )


class _Layer:
    """Keys and values of one layer, each (rows, heads, columns, head size).

    Both are views of `_memory`, which has room for more columns.
    """

    def __init__(self, keys: torch.Tensor, values: torch.Tensor) -> None:
        self.keys: torch.Tensor
        self.values: torch.Tensor
        self._memory: tuple[torch.Tensor, torch.Tensor]
        self.hold([keys], [values])

    @property
    def columns(self) -> int:
        """The number of columns that are held."""
        return self.keys.shape[2]

    def append(self, keys: torch.Tensor, values: torch.Tensor) -> None:
        """Append columns (rows, heads, new columns, head size)."""
        rows, columns = len(self.keys), self.columns
        new = keys.shape[2]
        end = columns + new
        if end > self._memory[0].shape[2]:
            spare = new if new > 1 else SPARE_COLUMNS  # behind a prompt rows may yet be moved
            self.hold([self.keys], [self.values], spare=spare)
        for memory, states in zip(self._memory, (keys, values), strict=True):
            memory[:rows, :, columns:end] = states
        self.show(rows, end)

    def hold(
        self,
        keys: Sequence[torch.Tensor],
        values: Sequence[torch.Tensor],
        *,
        spare: int = 0,
    ) -> None:
        """Copy the rows of all parts into new memory, with room for `spare` more columns."""
        self._memory = (_stacked(keys, spare=spare), _stacked(values, spare=spare))
        self.show(sum(map(len, keys)), max(part.shape[2] for part in keys))

    def repeat(self, sources: torch.Tensor) -> None:
        """Replace the rows by copies of the rows `sources` (rows,)."""
        rows, columns = len(sources), self.columns

        def copies(held: torch.Tensor) -> torch.Tensor:
            taken = _taken((rows, *held.shape[1:]), like=held)
            return torch.index_select(held, 0, sources, out=taken)

        self._memory = (copies(self.keys), copies(self.values))
        self.show(rows, columns)

    def show(self, rows: int, columns: int) -> None:
        """Make `keys` and `values` views of the first rows and columns of the memory."""
        self.keys, self.values = (memory[:rows, :, :columns] for memory in self._memory)


def _taken(shape: tuple[int, ...], *, like: torch.Tensor) -> torch.Tensor:
    """Return new memory of a shape, whatever it holds."""
    size_bytes = math.prod(shape) * like.itemsize
    if sys.platform == "win32" or like.device.type != "cpu" or size_bytes < _MAPPED_BYTES:
        return like.new_empty(shape)
    return torch.frombuffer(anonymous(size_bytes), dtype=like.dtype).view(shape)


def _stacked(parts: Sequence[torch.Tensor], *, spare: int) -> torch.Tensor:
    """Return the rows of all parts in new memory, (all rows, heads, width + spare, head size).

    Every part ends in column `width`, that of the widest part; `spare` columns are free.
    """
    rows, width = sum(map(len, parts)), max(part.shape[2] for part in parts)
    _, heads, _, size = parts[0].shape
    stacked = _taken((rows, heads, width + spare, size), like=parts[0])
    top = 0
    for part in parts:
        row, start = slice(top, top + len(part)), width - part.shape[2]
        # Zeros, not whatever memory holds: padding has no weight, but nought times NaN is NaN.
        stacked[row, :, :start] = 0
        stacked[row, :, start:width] = part
        top += len(part)
    return stacked
