"""Products by chosen rows of a matrix that stays in the number format of its file, and in the file.

The output matrix of a model is its word embeddings in most models, and a reply has part of them. In
float32 these rows would be copied for every language, 0.2 to 0.7 GB each.

A product by all rows in bytes finds those that matter: the largest results, which a search chooses
from, are computed anew from the file's rows, exactly. The others are a few hundredths off: they
have a fiftieth of the best one's probability, or less.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from models.runtime.int8 import int8_rows
from models.runtime.kernel import Kernel, load_kernel
from models.runtime.mapped import release_pages
from models.runtime.panels import PanelProduct, checked
from models.runtime.prepacked import product
from models.runtime.stored import Store

if TYPE_CHECKING:
    import torch

    from models.runtime.prepacked import Product

MARGIN = 4.0  # results so far below the largest of their input, or less, are exact
_FEW = 4_096  # rows: so few are multiplied exactly at once


def rows_product(
    weight: torch.Tensor, rows: torch.Tensor | None, *, dtype: torch.dtype, made_of: str = ""
) -> Product:
    """Return the function x (..., in) -> x W^T (..., out), with W the `rows` of a matrix.

    x is of the format `dtype`. Where the matrix is bfloat16 and x is float32, the rows are read
    where they lie, and results that are more than `MARGIN` below the largest may be inexact; else
    they are copied and laid out. None takes all rows. `made_of` names the weights of the matrix, if
    they have a name: what is made of them is kept for the next time.
    """
    import torch

    stored = (weight.dtype, dtype, weight.device.type) == (torch.bfloat16, torch.float32, "cpu")
    kernel = checked(load_kernel()) if stored else None
    if kernel is not None and weight.is_contiguous():
        return StoredRows(kernel, weight, rows, made_of)
    chosen = weight if rows is None else weight[rows]
    return product(chosen.to(dtype))


class StoredRows:
    """The product by rows of a matrix of bfloat16, x being float32; see `rows_product`."""

    def __init__(
        self, kernel: Kernel, weight: torch.Tensor, rows: torch.Tensor | None, made_of: str
    ) -> None:
        import torch

        which = None if rows is None else rows.to(torch.int64).contiguous()
        if which is not None and not (0 <= int(which.min()) <= int(which.max()) < len(weight)):
            raise IndexError(f"rows from {int(which.min())} to {int(which.max())} of {len(weight)}")
        self._weight, self._which, self._library = weight, which, kernel.library
        self._count = len(weight) if which is None else len(which)
        self._nearly: PanelProduct | None = None
        if self._count > _FEW:
            store = _store(kernel, which, made_of)
            self._nearly = int8_rows(kernel, weight, which, store=store)

    def __call__(self, x: torch.Tensor, plus: torch.Tensor | None = None) -> torch.Tensor:
        """Return the product of x, and add `plus`, if there is one, which has its shape."""
        import torch

        depth = self._weight.shape[1]
        if x.dtype != torch.float32 or x.shape[-1] != depth:
            raise ValueError(f"expected float32 (..., {depth}), got {x.dtype} {tuple(x.shape)}")
        x, threads = x.contiguous(), torch.get_num_threads()
        which = None if self._which is None else self._which.data_ptr()
        what = (
            x.data_ptr(), x.numel() // depth, depth, self._weight.data_ptr(), which, self._count,
        )  # fmt: skip
        if self._nearly is None:
            found = torch.empty(*x.shape[:-1], self._count)
            self._library.multiply_rows(*what, found.data_ptr(), threads)
        else:
            found = self._nearly(x)
            self._library.refine_rows(*what, MARGIN, found.data_ptr(), threads)
        return found if plus is None else found.add_(plus)

    def rest(self) -> None:
        """Release the pages of the rows that are mapped from a file: they come back when read."""
        if self._nearly is not None:
            release_pages([self._nearly.matrix.bytes])


def _store(kernel: Kernel, which: torch.Tensor | None, made_of: str) -> Store | None:
    """Return the store of the bytes of rows, where the weights have a name."""
    if not made_of:
        return None
    names = b"" if which is None else which.numpy().tobytes()
    return Store(f"{made_of} rows {hashlib.sha256(names).hexdigest()}", width=kernel.width)
