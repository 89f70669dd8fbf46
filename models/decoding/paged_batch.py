"""The batch of networks whose attention is compiled: rows in pages, none of them padded.

The new tokens of all rows stand in one line: a prefill of prompts of any lengths, a step, replies
that are read. What prompts begin with is read once, and rows list its pages.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any

import torch

from models.decoding.batch import MAX_PREFILL_TOKENS, BatchRow, alike, prefix_of
from models.decoding.pages import PagedContext, Pages, Row
from models.decoding.prefixes import Prefix


class PagedBatch:
    """Rows in pages. Implements `models.decoding.batch.Batch`.

    `shared` are the prefixes of `models.decoding.prefixes`.
    """

    def __init__(self, backbone: Any, *, shared: Sequence[Prefix]) -> None:
        self.rows: list[BatchRow] = []
        self._backbone = backbone
        self._shared = shared
        self._kept: list[Row] = []  # of each row
        self._of_prefix: dict[Prefix, Row] = {}
        settings = backbone.settings
        self._pages = Pages(
            layers=len(settings.layers), kv_heads=settings.kv_heads, head_size=settings.head_size
        )

    def join(self, joining: Sequence[BatchRow]) -> tuple[list[BatchRow], torch.Tensor]:
        """Prefill new rows and append them to the batch. See `Batch.join`."""
        added: list[BatchRow] = []
        hidden: list[torch.Tensor] = []
        for groups in _chunks(alike(joining)):
            prefixes = [prefix_of(group[0], self._shared) for group in groups]
            kept = [self._pages.fork(self._prefix(prefix)) for prefix in prefixes]
            own = [
                group[0].prompt.ids[len(prefix) :]
                for group, prefix in zip(groups, prefixes, strict=True)
            ]
            states = self._forward(own, kept)
            for group, row, of_row in zip(groups, kept, states, strict=True):
                added += group
                hidden += [of_row[-1]] * len(group)
                self._kept += [row, *(self._pages.fork(row) for _ in group[1:])]
        self.rows = [*self.rows, *added]
        return added, torch.stack(hidden)

    def step(self) -> torch.Tensor:
        """Feed each row its last token; return the hidden states (rows, size)."""
        return torch.cat(self._forward([row.ids[-1:] for row in self.rows], self._kept))

    def read(self, replies: Sequence[Sequence[int]]) -> list[torch.Tensor]:
        """Feed each row all tokens of a reply; return the hidden states (tokens, size) of each."""
        return self._forward(replies, self._kept)

    def select(self, places: Sequence[int], rows: Sequence[BatchRow]) -> None:
        """Replace row i of the batch by a copy of row `places[i]`. See `Batch.select`."""
        before = self._kept
        self.rows, self._kept = list(rows), [self._pages.fork(before[place]) for place in places]
        for row in before:
            self._pages.drop(row)

    def states(
        self, texts: Sequence[Sequence[int]], *, behind: Sequence[int]
    ) -> list[torch.Tensor]:
        """Return the states (tokens, size) behind some layers of texts that do not join."""
        kept = [Row() for _ in texts]
        ids, context = self._line(texts, kept)
        states = self._backbone.states(ids, context=context, behind=behind)
        for row in kept:
            self._pages.drop(row)
        return list(torch.split(states[0], [len(text) for text in texts]))

    def _prefix(self, prefix: Prefix) -> Row:
        """Return a row of a prefix, which is read the first time."""
        if prefix not in self._of_prefix:
            self._of_prefix[prefix] = Row()
            if prefix:
                self._forward([prefix], [self._of_prefix[prefix]])
        return self._of_prefix[prefix]

    def _forward(self, ids: Sequence[Sequence[int]], kept: Sequence[Row]) -> list[torch.Tensor]:
        """Return the hidden states (tokens, size) of the next tokens of some rows, which grow."""
        line, context = self._line(ids, kept)
        hidden: torch.Tensor = self._backbone(line, context=context)
        return list(torch.split(hidden[0], [len(tokens) for tokens in ids]))

    def _line(
        self, ids: Sequence[Sequence[int]], kept: Sequence[Row]
    ) -> tuple[torch.Tensor, PagedContext]:
        """Return the tokens of some rows in one line (1, tokens), and what they stand beside."""
        context = PagedContext(self._pages, kept, [len(tokens) for tokens in ids])
        return torch.tensor([list(chain.from_iterable(ids))]), context


def _chunks(groups: Sequence[list[BatchRow]]) -> Iterator[list[list[BatchRow]]]:
    """Split groups of rows into prefills, one prompt of each group being read."""
    chunk: list[list[BatchRow]] = []
    size = 0
    for group in groups:
        length = len(group[0].prompt.ids)
        if chunk and size + length > MAX_PREFILL_TOKENS:
            yield chunk
            chunk, size = [], 0
        chunk.append(group)
        size += length
    if chunk:
        yield chunk
