"""Products by chosen rows of a matrix that stays in the number format of its file, and in the file.

The output matrix of a model is its word embeddings in most models, and a reply has part of them. In
float32 these rows would be copied for every language, 0.2 to 0.7 GB each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.runtime.kernel import Kernel, load_kernel
from models.runtime.prepacked import product

if TYPE_CHECKING:
    import torch

    from models.runtime.prepacked import Product


def rows_product(weight: torch.Tensor, rows: torch.Tensor | None, *, dtype: torch.dtype) -> Product:
    """Return the function x (..., in) -> x W^T (..., out), with W the `rows` of a matrix.

    x is of the format `dtype`. Where the matrix is bfloat16 and x is float32, the rows are read
    where they lie; else they are copied and laid out. None takes all rows.
    """
    import torch

    stored = (weight.dtype, dtype, weight.device.type) == (torch.bfloat16, torch.float32, "cpu")
    kernel = load_kernel() if stored else None
    if kernel is not None and weight.is_contiguous():
        return _in_place(kernel, weight, rows)
    chosen = weight if rows is None else weight[rows]
    return product(chosen.to(dtype))


def _in_place(kernel: Kernel, weight: torch.Tensor, rows: torch.Tensor | None) -> Product:
    import torch

    which = None if rows is None else rows.to(torch.int64).contiguous()
    if which is not None and not (0 <= int(which.min()) <= int(which.max()) < len(weight)):
        raise IndexError(f"rows from {int(which.min())} to {int(which.max())} of {len(weight)}")
    count, depth = (len(weight) if which is None else len(which)), weight.shape[1]
    run = kernel.library.multiply_rows

    def multiply(x: torch.Tensor, plus: torch.Tensor | None = None) -> torch.Tensor:
        if x.dtype != torch.float32 or x.shape[-1] != depth:
            raise ValueError(f"expected float32 (..., {depth}), got {x.dtype} {tuple(x.shape)}")
        x = x.contiguous()
        found = torch.empty(*x.shape[:-1], count)
        place = None if which is None else which.data_ptr()
        inputs, threads = x.numel() // depth, torch.get_num_threads()
        run(x.data_ptr(), inputs, depth, weight.data_ptr(), place, count, found.data_ptr(), threads)
        return found if plus is None else found.add_(plus)

    return multiply
