"""Functions of float32, compiled: attention, norms, rotations, gates, and products of adapters.

torch computes a norm or a rotation in half a dozen passes over its input, and attention of a single
query at half the pace that memory allows (scripts/bench/LOG.md). And libraries pick the order of
their sums by the shape of a batch; of these functions (functions.c) no row depends on the rows
beside it.
"""

from __future__ import annotations

import ctypes
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from models.errors import EngineError
from models.runtime.kernel import compiled

if TYPE_CHECKING:
    from collections.abc import Callable

    import torch

    from models.networks.attention import Seen
    from models.networks.decoder import Open
    from models.networks.rotation import Rotation
    from models.runtime.prepacked import Product

SOURCE = Path(__file__).with_name("functions.c")
HINT = "set deterministic = false under [engine], or engine.dtype to float32"
_PANEL = 16  # columns of a matrix that are laid out together
EIGHT = 8  # numbers that are computed together


class View(ctypes.Structure):
    """A tensor (rows, heads, tokens, size), as the compiled code reads it."""

    _fields_ = (
        ("data", ctypes.c_void_p),
        *((name, ctypes.c_int64) for name in ("row", "head", "token")),
    )


class _Attention(ctypes.Structure):
    """One call of the attention to padded rows, as the compiled code reads it."""

    _fields_ = (
        *((name, View) for name in ("q", "k", "v")),
        *((name, ctypes.c_void_p) for name in ("mask", "out")),
        *((n, ctypes.c_int64) for n in ("rows", "heads", "kv_heads", "queries", "keys", "size")),
        ("scale", ctypes.c_float),
    )


@cache
def library() -> ctypes.CDLL | None:
    """Return the compiled functions; None where they cannot be compiled or do not run."""
    found = compiled(SOURCE)
    if found is None or not found.supported():
        return None
    pointer, number, count = ctypes.c_void_p, ctypes.c_int64, ctypes.c_int
    found.attend.argtypes = (ctypes.POINTER(_Attention), count)
    found.attend_paged.argtypes = (pointer, count)
    found.product.argtypes = (pointer, number, number, pointer, number, pointer, count)
    found.normalise.argtypes = (pointer, number, number, pointer, ctypes.c_float, pointer, count)
    found.turn.argtypes = (
        ctypes.POINTER(View), number, number, number, number, pointer, pointer, count,
    )  # fmt: skip
    found.gate.argtypes = (pointer, pointer, number, number, count, count)
    for function in (found.product, found.normalise, found.turn, found.gate):
        function.restype = None
    return found


def library_or_error() -> ctypes.CDLL:
    """Return the compiled functions. Raises EngineError where they cannot be had."""
    found = library()
    if found is None:
        raise EngineError(f"{SOURCE}: cannot be compiled on this machine", hint=HINT)
    return found


def normaliser(weight: torch.Tensor, *, epsilon: float) -> Callable[[torch.Tensor], torch.Tensor]:
    """Return the function x (..., size) -> x / sqrt(mean of x^2 + epsilon) * weight (size,)."""
    import torch

    run, held = library_or_error().normalise, weight.detach().float().contiguous()

    def forward(x: torch.Tensor) -> torch.Tensor:
        x = _float32(x).contiguous()
        found, size = torch.empty_like(x), len(held)
        threads = torch.get_num_threads()
        run(
            x.data_ptr(), x.numel() // size, size, held.data_ptr(), epsilon, found.data_ptr(),
            threads,
        )  # fmt: skip
        return found

    return forward


def turned(x: torch.Tensor, rotation: Rotation) -> torch.Tensor:
    """Rotate x in place. Implements `models.networks.rotation.Turn`."""
    import torch

    rows, heads, tokens, size = _float32(x).shape
    if x.stride(-1) != 1:
        x = x.contiguous()
    cosines, sines = (
        part.expand(rows, 1, tokens, size).contiguous() for part in map(_float32, rotation)
    )
    view = View(x.data_ptr(), *x.stride()[:3])
    library_or_error().turn(
        ctypes.byref(view), rows, heads, tokens, size, cosines.data_ptr(), sines.data_ptr(),
        torch.get_num_threads(),
    )  # fmt: skip
    return x


def gate_of(activation: Literal["silu", "gelu"]) -> Open:
    """Return the function (gate, up) -> f(gate) * up; the result is written to `gate`.

    Both are dense and of one shape (..., a multiple of eight). GELU is that by the tangent.
    """
    import torch

    run, gelu = library_or_error().gate, int(activation == "gelu")

    def opened(gate: torch.Tensor, up: torch.Tensor) -> torch.Tensor:
        size = _float32(gate).shape[-1]
        dense = gate.is_contiguous() and up.is_contiguous() and gate.shape == up.shape
        if size % EIGHT or not dense:
            shapes = f"{tuple(gate.shape)}, {tuple(up.shape)}"
            raise ValueError(f"expected dense (..., 8 n), got {shapes}")
        run(
            gate.data_ptr(), _float32(up).data_ptr(), gate.numel() // size, size, gelu,
            torch.get_num_threads(),
        )  # fmt: skip
        return gate

    return opened


def _float32(x: torch.Tensor) -> torch.Tensor:
    import torch

    if x.dtype != torch.float32:
        raise ValueError(f"expected float32, got {x.dtype}")
    return x


def in_panels(weight: torch.Tensor, *, width: int = _PANEL) -> torch.Tensor:
    """Return W (out, in) in float32, laid out in panels of so many of its rows.

    The compiled product of float32 reads panels of `_PANEL`.
    """
    import torch

    columns, depth = weight.shape
    padded = torch.zeros(-(-columns // width) * width, depth)
    padded[:columns] = weight.detach()
    return padded.view(-1, width, depth).transpose(1, 2).contiguous()


def product_apart(weight: torch.Tensor, *, laid: torch.Tensor | None = None) -> Product:
    """Return the function x (..., in) -> x W^T (..., out), W being (out, in), both float32.

    The function adds its second argument, if there is one, which is of the shape of the result.
    `laid` is W in panels, where it is at hand.
    """
    import torch

    library = library_or_error()
    columns, depth = weight.shape
    laid = in_panels(weight) if laid is None else laid
    run = library.product

    def multiply(x: torch.Tensor, plus: torch.Tensor | None = None) -> torch.Tensor:
        if x.dtype != torch.float32 or x.shape[-1] != depth:
            raise ValueError(f"expected float32 (..., {depth}), got {x.dtype} {tuple(x.shape)}")
        x = x.contiguous()
        found = torch.empty(*x.shape[:-1], columns)
        rows, threads = x.numel() // depth, torch.get_num_threads()
        run(x.data_ptr(), rows, depth, laid.data_ptr(), columns, found.data_ptr(), threads)
        return found if plus is None else found.add_(plus)

    return multiply


def attend_apart(
    q: torch.Tensor,
    k: torch.Tensor,
    v: torch.Tensor,
    *,
    seen: Seen,
    scale: float | None = None,
) -> torch.Tensor:
    """Compute attention to all tokens of a row, all of float32, by the compiled code.

    Implements `models.networks.attention.Attend`, for networks that see behind them, too. Queries
    that are padding gather nothing: zeros.
    """
    import torch

    library = library_or_error()
    rows, heads, queries, size = whole_eights(q).shape
    if seen.causal or seen.window is not None:
        raise ValueError("a network that sees no token behind its own has its rows in pages")
    parts = [dense(part) for part in (q, k, v)]
    mask = seen.mask.to(torch.uint8).contiguous()
    out = torch.empty(rows, queries, heads, size)
    call = _Attention(
        *map(view_of, parts), mask.data_ptr(), out.data_ptr(),
        rows, heads, k.shape[1], queries, k.shape[2], size,
        size**-0.5 if scale is None else scale,
    )  # fmt: skip
    if not library.attend(ctypes.byref(call), torch.get_num_threads()):
        raise MemoryError("not enough memory for attention")
    return out


def whole_eights(q: torch.Tensor) -> torch.Tensor:
    """Return queries whose heads can be computed. Raises ValueError for any others."""
    if q.shape[-1] % EIGHT:
        raise ValueError(f"expected heads of 8 n numbers, got {q.shape[-1]}")
    return q


def dense(part: torch.Tensor) -> torch.Tensor:
    """Return a tensor of float32 whose last dimension is dense."""
    return _float32(part) if part.stride(-1) == 1 else _float32(part).contiguous()


def view_of(part: torch.Tensor) -> View:
    """Return a tensor (rows, heads, tokens, size) as the compiled code reads it."""
    return View(part.data_ptr(), *part.stride()[:3])
