"""The batch of networks whose attention is compiled: rows in pages, none of them padded.

The new tokens of all rows stand in one line: a prefill of prompts of any lengths, a step, replies
that are read. What prompts begin with is read once, and rows list its pages.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate, chain
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
        self._pages = Pages.of(backbone.settings)
        self.device = backbone.device

    @property
    def token_bytes(self) -> int:
        """The memory that the keys and values of a token take."""
        return self._pages.token_bytes

    def join(self, joining: Sequence[BatchRow]) -> tuple[list[BatchRow], torch.Tensor]:
        """Prefill new rows and append them to the batch. See `Batch.join`."""
        added: list[BatchRow] = []
        hidden: list[torch.Tensor] = []
        parts = [(group, prefix_of(group[0], self._shared)) for group in alike(joining)]
        for chunk in _chunks(parts):
            kept = [self._pages.fork(self._prefix(prefix)) for _, prefix in chunk]
            own = [group[0].prompt.ids[len(prefix) :] for group, prefix in chunk]
            states = self._forward(own, kept, last=[1] * len(own))
            for (group, _), row, of_row in zip(chunk, kept, states, strict=True):
                added += group
                hidden += [of_row] * len(group)
                self._kept += [row, *(self._pages.fork(row) for _ in group[1:])]
        self.rows = [*self.rows, *added]
        return added, torch.cat(hidden)

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

    def clear(self) -> None:
        """Let all rows leave, and give back the memory of their keys and values."""
        self.rows, self._kept, self._of_prefix = [], [], {}
        self._pages = Pages.of(self._backbone.settings)

    def states(
        self, texts: Sequence[Sequence[int]], *, behind: Sequence[int], last: Sequence[int]
    ) -> list[torch.Tensor]:
        """Return the states behind some layers of texts that do not join. See `Batch.states`."""
        kept = [Row() for _ in texts]
        line, context = self._line(texts, kept)
        states = self._backbone.states(
            line, context=context, behind=behind, wanted=_wanted(texts, last)
        )
        for row in kept:
            self._pages.drop(row)
        return list(torch.split(states[0], list(last)))

    def _prefix(self, prefix: Prefix) -> Row:
        """Return a row of a prefix, which is read the first time."""
        if prefix not in self._of_prefix:
            self._of_prefix[prefix] = Row()
            if prefix:
                self._forward([prefix], [self._of_prefix[prefix]], last=[1])
        return self._of_prefix[prefix]

    def _forward(
        self,
        ids: Sequence[Sequence[int]],
        kept: Sequence[Row],
        *,
        last: Sequence[int] | None = None,
    ) -> list[torch.Tensor]:
        """Let some rows grow by tokens; return the hidden states of the `last` of each, or of all.

        Each is (tokens, size).
        """
        line, context = self._line(ids, kept)
        wanted = None if last is None else _wanted(ids, last)
        hidden: torch.Tensor = self._backbone(line, context=context, wanted=wanted)
        counts = [len(tokens) for tokens in ids] if last is None else list(last)
        return list(torch.split(hidden[0], counts))

    def _line(
        self, ids: Sequence[Sequence[int]], kept: Sequence[Row]
    ) -> tuple[torch.Tensor, PagedContext]:
        """Return the tokens of some rows in one line (1, tokens), and what they stand beside."""
        context = PagedContext(self._pages, kept, [len(tokens) for tokens in ids])
        return torch.tensor([list(chain.from_iterable(ids))]), context


def _wanted(ids: Sequence[Sequence[int]], last: Sequence[int]) -> torch.Tensor:
    """Return the places of the last tokens of rows in their line."""
    ends = accumulate(map(len, ids))
    places = [range(end - count, end) for end, count in zip(ends, last, strict=True)]
    return torch.tensor(list(chain.from_iterable(places)), dtype=torch.int64)


def _chunks(
    parts: Sequence[tuple[list[BatchRow], Prefix]],
) -> Iterator[list[tuple[list[BatchRow], Prefix]]]:
    """Split groups of rows, each with its prefix, into prefills of some tokens behind those."""
    chunk: list[tuple[list[BatchRow], Prefix]] = []
    size = 0
    for group, prefix in parts:
        length = len(group[0].prompt.ids) - len(prefix)
        if chunk and size + length > MAX_PREFILL_TOKENS:
            yield chunk
            chunk, size = [], 0
        chunk.append((group, prefix))
        size += length
    if chunk:
        yield chunk
