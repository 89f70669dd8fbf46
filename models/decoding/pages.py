"""Keys and values in pages: a row has as many as its tokens fill, and rows share what they can.

Nothing is padded, and nothing is moved when rows come and go: a row is a list of pages. Rows that
begin alike list the same pages, and whoever goes on in a page that others list gets a copy of it
(Kwon et al. 2023, https://arxiv.org/abs/2309.06180). Numbers are halves, whose error is an eighth
of bfloat16's.
"""

from __future__ import annotations

import ctypes
import mmap
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import accumulate, chain
from typing import TYPE_CHECKING

import numpy as np

from models.runtime.mapped import anonymous
from models.runtime.paged import PagedRows, attend_paged

if TYPE_CHECKING:
    import torch

    from models.networks.settings import DecoderSettings

PAGE_TOKENS = 16
_SLAB_PAGES = 32  # that are mapped together: 10 to 15 MB of the embedded models
_HALF = 2  # bytes


@dataclass(slots=True)
class Row:
    """The pages of a row, by their addresses, and how many tokens they hold."""

    pages: list[int] = field(default_factory=list)
    tokens: int = 0


class Pages:
    """The memory of all rows: pages of `PAGE_TOKENS` tokens with their keys and values.

    A page holds (layers, keys and values, tokens, `kv_heads`, `head_size`) halves. Pages that no
    row lists are taken again; memory goes back to the system with the object.
    """

    def __init__(self, *, layers: int, kv_heads: int, head_size: int) -> None:
        self.layer_bytes = 2 * PAGE_TOKENS * kv_heads * head_size * _HALF
        self._page_bytes = layers * self.layer_bytes
        self.token_bytes = self._page_bytes // PAGE_TOKENS
        self._slabs: list[object] = []  # what keeps the memory mapped
        self._free: list[int] = []
        self._uses: Counter[int] = Counter()

    @classmethod
    def of(cls, settings: DecoderSettings) -> Pages:
        """Return empty pages for a decoder of some sizes."""
        return cls(
            layers=len(settings.layers), kv_heads=settings.kv_heads, head_size=settings.head_size
        )

    def fork(self, row: Row) -> Row:
        """Return a row of the same tokens, which lists the same pages."""
        self._uses.update(row.pages)
        return Row(list(row.pages), row.tokens)

    def drop(self, row: Row) -> None:
        """Forget a row: its pages that no other row lists are free."""
        for page in row.pages:
            self._uses[page] -= 1
            if not self._uses[page]:
                del self._uses[page]
                self._free.append(page)

    def extend(self, row: Row, count: int) -> None:
        """Make room for so many tokens behind those of a row, and count them as its own."""
        if row.tokens % PAGE_TOKENS and self._uses[row.pages[-1]] > 1:
            shared, row.pages[-1] = row.pages[-1], self._taken()
            ctypes.memmove(row.pages[-1], shared, self._page_bytes)
            self._uses[shared] -= 1
        row.tokens += count
        while len(row.pages) * PAGE_TOKENS < row.tokens:
            row.pages.append(self._taken())

    def _taken(self) -> int:
        if not self._free:
            self._free = self._mapped()
        page = self._free.pop()
        self._uses[page] = 1
        return page

    def _mapped(self) -> list[int]:
        """Return the addresses of new pages. Raises MemoryError where there is no room."""
        slab = anonymous(_SLAB_PAGES * self._page_bytes)
        with suppress(OSError):  # the kernel may have no large pages
            slab.madvise(mmap.MADV_HUGEPAGE)
        self._slabs.append(begin := ctypes.c_char.from_buffer(slab))
        first = ctypes.addressof(begin)
        return [first + number * self._page_bytes for number in range(_SLAB_PAGES)]


class PagedContext:
    """What new tokens of some rows stand beside. Implements `models.networks.decoder.Context`.

    `counts` are the numbers of new tokens; `pages` get room for them. All stand in one line, those
    of the first row, then those of the second.
    """

    def __init__(self, pages: Pages, rows: Sequence[Row], counts: Sequence[int]) -> None:
        import torch

        held = [row.tokens for row in rows]
        for row, count in zip(rows, counts, strict=True):
            pages.extend(row, count)
        places = chain.from_iterable(
            range(before, row.tokens) for before, row in zip(held, rows, strict=True)
        )
        self.positions = torch.tensor([list(places)])
        self.rows = PagedRows(
            pages=np.fromiter(chain.from_iterable(row.pages for row in rows), np.int64),
            paged=_ends([len(row.pages) for row in rows]),
            begin=_ends(counts),
            held=np.array(held, np.int64),
            page_tokens=PAGE_TOKENS,
            layer_bytes=pages.layer_bytes,
        )

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
        return attend_paged(q, k, v, rows=self.rows, layer=layer, scale=scale, window=window)


def _ends(counts: Sequence[int]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Return where each of some stretches begins, and where the last one ends."""
    return np.array([0, *accumulate(counts)], np.int64)
