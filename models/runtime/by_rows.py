"""Networks whose rows do not depend on the rows beside them: compiled attention and products.

Libraries pick the order of their sums by the shape of a batch, so that a text comes out different
in the sixth decimal when it is padded to another length, and now and then with another word. In
int8 the products are exact (`models.runtime.int8`). What is left is made exact here:

1. Attention, and the products of adapters in float32, are our own (by_rows.c).
2. Functions of single numbers are computed eight at a time, and those that are left over in another
   way: tensors are made longer until none is, and not cut among threads.

Where that cannot be had, each text is computed alone (`Rows`).
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from models.errors import EngineError
from models.runtime.device import INT8
from models.runtime.kernel import can_be_had, compiled

if TYPE_CHECKING:
    import torch

    from models.networks.attention import Seen
    from models.networks.decoder import CausalModel
    from models.networks.encoder import Encoder
    from models.runtime.prepacked import Product

    Network = TypeVar("Network", CausalModel, Encoder)

_SOURCE = Path(__file__).with_name("by_rows.c")
_HINT = "set deterministic = false under [engine], or engine.dtype to float32"
_PANEL = 32  # columns of a matrix that are laid out together
_EIGHT = 8
_WHOLE = 32  # numbers: a multiple of what any processor computes at a time

# How the rows of a batch are kept from each other: not at all, by the code here, or by computing
# each text alone.
Rows = Literal["together", "apart", "alone"]


class _View(ctypes.Structure):
    """A tensor (rows, heads, tokens, size), as the compiled code reads it."""

    _fields_ = (
        ("data", ctypes.c_void_p),
        *((name, ctypes.c_int64) for name in ("row", "head", "token")),
    )


class _Attention(ctypes.Structure):
    """One call of the attention, as the compiled code reads it."""

    _fields_ = (
        *((name, _View) for name in ("q", "k", "v")),
        *((name, ctypes.c_void_p) for name in ("mask", "out")),
        *((n, ctypes.c_int64) for n in ("rows", "heads", "kv_heads", "queries", "keys", "size")),
        ("scale", ctypes.c_float),
        ("causal", ctypes.c_int32),
        ("window", ctypes.c_int64),
    )


@cache
def _library() -> ctypes.CDLL | None:
    library = compiled(_SOURCE)
    if library is None or not library.supported():
        return None
    pointer, number, count = ctypes.c_void_p, ctypes.c_int64, ctypes.c_int
    library.attend.argtypes = (ctypes.POINTER(_Attention), count)
    library.product.argtypes = (pointer, number, number, pointer, number, pointer, count)
    library.product.restype = None
    return library


def rows_of(form: str, *, deterministic: bool) -> Rows:
    """Return how rows are kept from each other in a number format; torch is not loaded."""
    if not deterministic:
        return "together"
    return "apart" if form == INT8 and can_be_had(_SOURCE) else "alone"


def kept(model: Network, rows: Rows) -> Network:
    """Return a model, in int8 on a CPU for "apart", which then keeps rows apart.

    The model itself is changed. Raises EngineError where the code cannot be compiled.
    """
    if rows != "apart":
        return model
    from models.networks.decoder import Attention, Backbone, GatedFeedForward
    from models.networks.encoder import EncoderLayer, SelfAttention

    _library_or_error()
    for module in list(model.modules()):
        if isinstance(module, Attention | SelfAttention):
            module.attend = attend_apart
        elif isinstance(module, GatedFeedForward | EncoderLayer):
            module.act_fn.forward = _by_number(module.act_fn.forward)  # type: ignore[method-assign]
        elif isinstance(module, Backbone):
            module.rotate = rotate_apart
    return model


def _by_number(function: Callable[[torch.Tensor], torch.Tensor]) -> Any:
    """Return a function of each number by itself that computes all numbers in the same way."""

    def forward(x: torch.Tensor) -> torch.Tensor:
        from torch.nn.functional import pad

        width = x.shape[-1]
        spare = -width % _WHOLE
        with _one_thread():
            return function(pad(x, (0, spare)))[..., :width] if spare else function(x)

    return forward


def rotate_apart(
    positions: torch.Tensor, *, theta: float, size: int
) -> tuple[torch.Tensor, torch.Tensor]:
    """Compute the rotation of all positions in the same way.

    Implements `models.networks.decoder.Rotate`.
    """
    from torch.nn.functional import pad

    from models.networks.decoder import rotate

    count = positions.numel()
    with _one_thread():
        found = rotate(
            pad(positions.reshape(1, count), (0, -count % _WHOLE)), theta=theta, size=size
        )
    cosines, sines = (part[0, 0, :count].view(len(positions), 1, -1, size) for part in found)
    return cosines, sines


@contextmanager
def _one_thread() -> Iterator[None]:
    """Let torch compute in one thread, which is quicker than several for the little there is."""
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def _library_or_error() -> ctypes.CDLL:
    library = _library()
    if library is None:
        raise EngineError(f"{_SOURCE}: cannot be compiled on this machine", hint=_HINT)
    return library


def product_apart(weight: torch.Tensor) -> Product:
    """Return the function x (..., in) -> x W^T (..., out), W being (out, in), both float32.

    The function adds its second argument, if there is one, which is of the shape of the result.
    """
    import torch

    library = _library_or_error()
    columns, depth = weight.shape
    padded = torch.zeros(-(-columns // _PANEL) * _PANEL, depth)
    padded[:columns] = weight.detach()
    laid = padded.view(-1, _PANEL, depth).transpose(1, 2).contiguous()
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
    """Compute attention, all of float32, by the compiled code.

    Implements `models.networks.attention.Attend`. Queries that are padding gather nothing: zeros.
    """
    import torch

    library = _library_or_error()
    rows, heads, queries, size = q.shape
    if size % _EIGHT:
        raise EngineError(f"no attention by rows for heads of {size}", hint=_HINT)
    parts = [part if part.stride(-1) == 1 else part.contiguous() for part in (q, k, v)]
    if any(part.dtype != torch.float32 for part in parts):
        raise ValueError(f"expected float32, got {[part.dtype for part in parts]}")
    mask = seen.mask.to(torch.uint8).contiguous()
    out = torch.empty(rows, queries, heads, size)
    call = _Attention(
        *(_View(part.data_ptr(), *part.stride()[:3]) for part in parts),
        mask.data_ptr(),
        out.data_ptr(),
        rows, heads, k.shape[1], queries, k.shape[2], size,
        size**-0.5 if scale is None else scale,
        int(seen.causal),
        seen.window or 0,
    )  # fmt: skip
    if not library.attend(ctypes.byref(call), torch.get_num_threads()):
        raise MemoryError("not enough memory for attention")
    return out
