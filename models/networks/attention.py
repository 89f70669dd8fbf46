"""Attention as the networks here compute it, and which columns its queries see.

Each attention layer holds an `Attend`: torch's is the usual one, and
`models.runtime.by_rows.kept` puts another in its place.
"""

from __future__ import annotations

from functools import cached_property
from typing import Protocol

import torch
from torch.nn.functional import scaled_dot_product_attention


class Seen:
    """The columns that the queries of a call see: tokens of their own row.

    `mask` is (rows, columns), 1 for a token and 0 for padding; the last of `queries` stands in the
    last column. With `causal` a query sees no column behind its own. A `window` is how many tokens
    it looks back on, itself included; padding does not count.
    """

    def __init__(
        self, mask: torch.Tensor, *, queries: int, causal: bool, window: int | None = None
    ) -> None:
        self.mask = mask
        self.queries = queries
        self.causal = causal
        self.window = window

    @cached_property
    def visible(self) -> torch.Tensor | None:
        """Where a query sees a column, (rows, 1, queries or 1, columns).

        None stands for every column, or with `causal` for every column up to the query's own.
        """
        columns, own = self.mask.shape[1], slice(-self.queries, None)
        short = self.window is None or columns < self.window
        plain = short and (not self.causal or self.queries in (1, columns))
        if plain and bool(self.mask.all()):
            return None
        visible = self.mask.bool()[:, None]
        if self.causal:
            places = torch.arange(columns, device=self.mask.device)
            visible = visible & (places <= places[own, None])
        if self.window is not None and not short:
            ranks = self.mask.cumsum(dim=1)
            visible = visible & (ranks[:, own, None] - ranks[:, None] < self.window)
        return visible[:, None]


class Attend(Protocol):
    """A way to compute attention."""

    def __call__(
        self,
        q: torch.Tensor,
        k: torch.Tensor,
        v: torch.Tensor,
        *,
        seen: Seen,
        scale: float | None = None,
    ) -> torch.Tensor:
        """Return what queries gather, (rows, queries, heads, size).

        `q` is (rows, heads, queries, size), `k` and `v` are (rows, heads, columns, size) with as
        many heads or fewer, each for a group of those of `q`. Products of `q` and `k` are
        multiplied by `scale`, which is 1 / sqrt(size) where it is None.
        """


def attend(
    q: torch.Tensor,
    k: torch.Tensor,
    v: torch.Tensor,
    *,
    seen: Seen,
    scale: float | None = None,
) -> torch.Tensor:
    """Compute attention with torch's function. Implements `Attend`."""
    rows, heads, queries, size = q.shape
    group = heads // k.shape[1]
    mask = seen.visible
    if mask is None:
        found = scaled_dot_product_attention(
            q, k, v, scale=scale, is_causal=seen.causal and queries > 1, enable_gqa=group > 1
        )
    elif queries == 1:
        # One query of each head of a group: they are the queries of one head of keys.
        q = q.reshape(rows, -1, group, size)
        found = scaled_dot_product_attention(q, k, v, attn_mask=mask, scale=scale)
        found = found.reshape(rows, -1, 1, size)
    else:
        if group > 1:
            k, v = (part.repeat_interleave(group, dim=1) for part in (k, v))
        found = scaled_dot_product_attention(q, k, v, attn_mask=mask, scale=scale)
    return found.transpose(1, 2)
