"""Matrices of bytes in the order in which int8_product.c reads them, and products by them."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from models.runtime.kernel import WIDTHS, Kernel, MatrixPointers

if TYPE_CHECKING:
    import torch


ROWS, DEPTH = 8, 16  # of a block, of a chunk; those of int8_product.c
_ZERO = 127  # the byte that stands for 0.0
# 255 x 128 fits in 16 bits: so large the positive weights of a sum may be together, and so large
# the negative ones.
_MOST = 128
_PARTS = 1 << 22  # weights that are laid out at a time, for they are widened


@dataclass(frozen=True, slots=True)
class Panels:
    """A matrix W (columns, depth) of bytes, laid out; int8_product.c tells the order of each part.

    A panel has `width` columns. `steps` are what one unit of a column's sums is worth, `zeros` what
    0.0 in the input adds to them, `bias` is added to the result. Parts are padded to whole panels
    and chunks.
    """

    columns: int
    depth: int
    width: int
    bytes: torch.Tensor
    order: torch.Tensor
    classes: torch.Tensor
    steps: torch.Tensor
    zeros: torch.Tensor
    bias: torch.Tensor | None = None


def laid_out(
    values: torch.Tensor, steps: torch.Tensor, bias: torch.Tensor | None = None, *, width: int
) -> Panels:
    """Return a matrix (columns, depth) of bytes between -63 and 63 in panels of `width` columns."""
    import torch

    columns, depth = values.shape
    panels, chunks = -(-columns // width), -(-depth // DEPTH)
    laid = torch.empty((panels, chunks, 4, width, 4), dtype=torch.int8)
    order = torch.empty(panels if is_sorted(width) else 0, chunks, dtype=torch.int16)
    classes = torch.empty(len(order), 2, dtype=torch.int32)
    zeros = torch.empty(panels * width, dtype=torch.int32)
    step = max(1, _PARTS // (width * chunks * DEPTH))
    for first in range(0, panels, step):
        part = values[first * width : (first + step) * width]
        count = -(-len(part) // width)
        here = slice(first, first + count)
        whole = torch.zeros(count * width, chunks * DEPTH, dtype=torch.int8)
        whole[: len(part), :depth] = part
        grouped = whole.view(count, width, chunks, 4, 4)
        by_chunk = grouped.permute(0, 2, 3, 1, 4)
        if is_sorted(width):
            kinds = _kinds(grouped)
            order[here] = kinds.argsort(dim=1, stable=True).to(torch.int16)
            classes[here] = torch.stack(
                [(kinds == kind).sum(dim=1) for kind in (0, 1)], dim=1
            ).int()
            index = order[here].long()[:, :, None, None, None].expand(-1, -1, 4, width, 4)
            torch.gather(by_chunk, 1, index, out=laid[here])
        else:
            laid[here] = by_chunk
        zeros[first * width : (first + count) * width] = _ZERO * whole.sum(dim=1, dtype=torch.int32)
    return Panels(
        columns, depth, width, laid.view(-1), order.view(-1), classes.view(-1),
        _padded(steps, panels * width), zeros,
        None if bias is None else _padded(bias.float(), panels * width),
    )  # fmt: skip


def is_sorted(width: int) -> bool:
    """Tell whether the chunks of panels of so many columns are sorted: those for AVX2 are."""
    return width == WIDTHS[1]


def _kinds(grouped: torch.Tensor) -> torch.Tensor:
    """Return for each chunk of a panel (panels, columns, chunks, 4 groups, 4) how sums of it fit.

    0: all four groups fit in 16 bits together; 1: each half of them; 2: only each by itself.
    """
    import torch

    # Two products are added to begin with.
    wide = grouped.view(*grouped.shape[:-1], 2, 2).to(torch.int16)
    up, down = wide.clamp(min=0).sum(dim=-1), (-wide).clamp_(min=0).sum(dim=-1)

    def fit(since: int, until: int) -> torch.Tensor:
        fits = [(part[:, :, :, since:until].sum(dim=3) <= _MOST) for part in (up, down)]
        both: torch.Tensor = (fits[0] & fits[1]).all(dim=-1).all(dim=1)
        return both

    pairs = fit(0, 2) & fit(2, 4)
    return torch.where(fit(0, 4), 0, torch.where(pairs, 1, 2))


def _padded(values: torch.Tensor, size: int) -> torch.Tensor:
    padded = values.new_zeros(size)
    padded[: len(values)] = values
    return padded


@cache
def checked(kernel: Kernel | None) -> Kernel | None:
    """Return the compiled code on its best path, or on AVX2's where the two do not agree.

    Processors with VNNI are not at hand wherever this is developed: each user's one is asked.
    """
    import torch

    if kernel is None or kernel.path == 1:
        return kernel
    numbers = torch.Generator().manual_seed(1)
    values = torch.randint(-63, 64, (40, 80), dtype=torch.int8, generator=numbers)
    x = torch.randn(11, 80, generator=numbers)
    plain = replace(kernel, path=1)
    found, expected = (
        PanelProduct(
            one, laid_out(values, torch.ones(40), width=one.width), tiny=2.0**-126, inverse=127.0
        )(x)
        for one in (kernel, plain)
    )
    return kernel if torch.equal(found, expected) else plain


class PanelProduct:
    """The function x (..., depth) -> x W^T + bias (..., columns), x being float32.

    A row of x is divided by its largest magnitude, at least `tiny`, and multiplied by `inverse`.
    """

    def __init__(self, kernel: Kernel, matrix: Panels, *, tiny: float, inverse: float) -> None:
        if matrix.width != kernel.width:
            raise ValueError(f"panels of {matrix.width} columns are not for {kernel.instructions}")
        parts = (
            matrix.bytes, matrix.order, matrix.classes, matrix.steps, matrix.zeros, matrix.bias,
        )  # fmt: skip
        pointers = MatrixPointers(
            *(None if part is None else part.data_ptr() for part in parts),
            matrix.columns,
            matrix.depth,
        )
        self.matrix = matrix  # the pointers point into its parts
        self.pointers = pointers
        self.kernel = kernel
        self.tiny, self.inverse = tiny, inverse
        self._place = ctypes.byref(pointers)
        self._width = -(-matrix.depth // DEPTH) * DEPTH * ROWS

    def __deepcopy__(self, memo: object) -> PanelProduct:
        return self  # it never changes, and copies of a model share their matrices

    def __call__(self, x: torch.Tensor, plus: torch.Tensor | None = None) -> torch.Tensor:
        """Return the product of x, and add `plus`, if there is one, which has its shape."""
        found = self.multiplied(x, (None, None, 0))
        return found if plus is None else found.add_(plus)

    def with_low_rank(self, down: torch.Tensor, high: torch.Tensor) -> LowRank:
        """Return the function x -> self(x) + x D^T H^T, D (rank, depth), H (columns, rank).

        The second summand is computed while the first one is in the processor's registers, each row
        by itself, as its first product is: rows do not depend on each other.
        """
        return LowRank(self, down, high)

    def multiplied(
        self, x: torch.Tensor, addition: tuple[int | None, int | None, int]
    ) -> torch.Tensor:
        """Return the product of x with an `addition`: low, high, and rank (int8_product.c)."""
        import torch

        columns, depth = self.matrix.columns, self.matrix.depth
        if x.dtype != torch.float32 or x.shape[-1] != depth:
            raise ValueError(f"expected float32 (..., {depth}), got {x.dtype} {tuple(x.shape)}")
        x = x.contiguous()
        rows, threads = x.numel() // depth, torch.get_num_threads()
        found = torch.empty(*x.shape[:-1], columns)
        blocks = torch.empty(-(-rows // ROWS) * self._width, dtype=torch.uint8)
        scales = torch.empty(rows)
        library = self.kernel.library
        library.quantise(
            x.data_ptr(), rows, depth, self.tiny, self.inverse, blocks.data_ptr(),
            scales.data_ptr(), threads,
        )  # fmt: skip
        library.multiply(
            blocks.data_ptr(), scales.data_ptr(), rows, self._place, *addition, found.data_ptr(),
            self.kernel.path, threads,
        )  # fmt: skip
        return found


class LowRank:
    """The function x -> base(x) + x D^T H^T. See `PanelProduct.with_low_rank`.

    `down` is D as `models.runtime.functions` lays it out, `high` is H (panels, rank, columns of a
    panel).
    """

    def __init__(self, base: PanelProduct, down: torch.Tensor, high: torch.Tensor) -> None:
        from models.runtime.functions import in_panels, product_apart

        self.base = base
        self.rank = high.shape[1]
        self.down = in_panels(down)
        self._low = product_apart(down, laid=self.down)
        self.high = in_panels(high, width=base.matrix.width)

    def __deepcopy__(self, memo: object) -> LowRank:
        return self  # it never changes

    def __call__(self, x: torch.Tensor) -> torch.Tensor:
        """Return the sum of both products of x."""
        low = self._low(x)
        return self.base.multiplied(x, (low.data_ptr(), self.high.data_ptr(), self.rank))
