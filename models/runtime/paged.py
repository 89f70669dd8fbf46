"""Attention to rows whose keys and values lie in pages, by the compiled code (functions.c)."""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING

from models.runtime.functions import View, dense, library_or_error, view_of, whole_eights

if TYPE_CHECKING:
    import numpy as np
    import torch
    from numpy.typing import NDArray


class Paged(ctypes.Structure):
    """One call of the attention to rows in pages, as the compiled code reads it (views.h)."""

    _fields_ = (
        *((name, View) for name in ("q", "k", "v")),
        *((name, ctypes.c_void_p) for name in ("out", "pages", "paged", "begin", "held")),
        *((n, ctypes.c_int64) for n in ("rows", "heads", "kv_heads", "size")),
        *((n, ctypes.c_int64) for n in ("page_tokens", "layer_bytes", "offset")),
        ("scale", ctypes.c_float),
        ("window", ctypes.c_int64),
    )


class PagedRows:
    """Where the tokens of some rows lie, and how many each is given now; all arrays are int64.

    `pages` are the addresses of the pages, row after row; those of row i, with room for its new
    tokens, are `pages[paged[i] : paged[i + 1]]`. Its new tokens are those from `begin[i]` up to
    `begin[i + 1]`; before them it has `held`. A page has `page_tokens` tokens of each layer, whose
    keys and values take `layer_bytes`. `struct` says so to the compiled code.
    """

    def __init__(
        self,
        *,
        pages: NDArray[np.int64],
        paged: NDArray[np.int64],
        begin: NDArray[np.int64],
        held: NDArray[np.int64],
        page_tokens: int,
        layer_bytes: int,
    ) -> None:
        self._arrays = (pages, paged, begin, held)  # `struct` points to them
        self.struct = Paged(
            pages=pages.ctypes.data,
            paged=paged.ctypes.data,
            begin=begin.ctypes.data,
            held=held.ctypes.data,
            rows=len(held),
            page_tokens=page_tokens,
            layer_bytes=layer_bytes,
        )


def attend_paged(
    q: torch.Tensor,
    k: torch.Tensor,
    v: torch.Tensor,
    *,
    rows: PagedRows,
    layer: int,
    scale: float,
    window: int | None,
) -> torch.Tensor:
    """Keep keys and values in their rows' pages, as halves, and let the queries attend to them.

    `q` is (1, heads, new tokens of all rows, size), `k` and `v` (1, kv heads, new tokens, size),
    all of float32. A token sees those of its row up to itself, at most `window` of them. Returns
    what the queries gather, (1, new tokens, heads, size).
    """
    import torch

    library = library_or_error()
    _, heads, tokens, size = whole_eights(q).shape
    parts = [dense(part) for part in (q, k, v)]
    out = torch.empty(1, tokens, heads, size)
    call = Paged.from_buffer_copy(rows.struct)
    call.q, call.k, call.v = map(view_of, parts)
    call.out = out.data_ptr()
    call.heads, call.kv_heads, call.size = heads, k.shape[1], size
    call.offset = layer * call.layer_bytes
    call.scale, call.window = scale, window or 0
    if not library.attend_paged(ctypes.byref(call), torch.get_num_threads()):
        raise MemoryError("not enough memory for attention")
    return out
