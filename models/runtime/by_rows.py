"""Networks whose rows do not depend on the rows beside them.

Libraries pick the order of their sums by the shape of a batch, so that a text comes out different
in the sixth decimal when it is padded to another length, and now and then with another word. In
int8 the products are exact (`models.runtime.int8`). What is left is made exact here:

1. Attention, norms, rotations, gates, and the products of adapters in float32, are our own
   (`models.runtime.functions`); they are ours in int8 anyway, as they are faster.
2. torch's functions of single numbers are computed eight at a time, and those that are left over in
   another way: tensors are made longer until none is, and not cut among threads.

Where that cannot be had, each text is computed alone (`Rows`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from models.errors import EngineError
from models.runtime.compiled_layer import compile_layers
from models.runtime.device import INT8
from models.runtime.functions import (
    EIGHT,
    HINT,
    SOURCE,
    attend_apart,
    gate_of,
    library,
    library_or_error,
    normaliser,
    turned,
)
from models.runtime.kernel import can_be_had

if TYPE_CHECKING:
    import torch

    from models.networks.decoder import CausalModel
    from models.networks.encoder import Encoder

    Network = TypeVar("Network", CausalModel, Encoder)

_WHOLE = 32  # numbers: a multiple of what any processor computes at a time

# How the rows of a batch are kept from each other: not at all, by the code here, or by computing
# each text alone.
Rows = Literal["together", "apart", "alone"]


def rows_of(form: str, *, deterministic: bool) -> Rows:
    """Return how rows are kept from each other in a number format; torch is not loaded."""
    if not deterministic:
        return "together"
    return "apart" if form == INT8 and can_be_had(SOURCE) else "alone"


def kept(model: Network, rows: Rows, *, int8: bool) -> Network:
    """Return a model which, for "apart", keeps rows apart; `int8` tells that it runs in that.

    In int8, which is float32 but for the matrices, it gets the compiled functions, if they can be
    had. The model itself is changed. Raises EngineError where they cannot and `rows` needs them.
    """
    if rows == "apart":
        library_or_error()
    elif not int8 or library() is None:
        return model
    from torch.nn import SiLU

    from models.networks.decoder import Attention, Backbone, GatedFeedForward, RMSNorm
    from models.networks.encoder import EncoderLayer, SelfAttention

    for module in list(model.modules()):
        if isinstance(module, SelfAttention) and _fits(module.head_size, rows):
            module.attend = attend_apart
        elif isinstance(module, Backbone):
            module.paged = _fits(module.settings.head_size, rows)
            if rows == "apart":
                module.rotate = rotate_apart
        elif isinstance(module, Attention):
            module.turn = turned
        elif isinstance(module, RMSNorm):
            compiled_norm: Any = normaliser(module.factors(), epsilon=module.epsilon)
            module.forward = compiled_norm  # type: ignore[method-assign]
        elif isinstance(module, GatedFeedForward) and module.gate_proj.out_features % EIGHT == 0:
            module.open = gate_of("silu" if isinstance(module.act_fn, SiLU) else "gelu")
        elif rows == "apart" and isinstance(module, GatedFeedForward | EncoderLayer):
            module.act_fn.forward = _by_number(module.act_fn.forward)  # type: ignore[method-assign]
    for module in model.modules():
        if isinstance(module, Backbone):
            compile_layers(module)
    return model


def _fits(head_size: int, rows: Rows) -> bool:
    """Tell whether the compiled attention takes heads of a size.

    Raises EngineError where it does not, and rows are to be kept apart.
    """
    if head_size % EIGHT and rows == "apart":
        raise EngineError(f"no attention by rows for heads of {head_size}", hint=HINT)
    return head_size % EIGHT == 0


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

    Implements `models.networks.rotation.Rotate`.
    """
    from torch.nn.functional import pad

    from models.networks.rotation import rotate

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
