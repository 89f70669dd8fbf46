"""Low-rank adapters (LoRA, Hu et al. 2021, https://arxiv.org/abs/2106.09685) on a base.

A base that serves one adapter has it merged into its matrices, which costs nothing afterwards. A
base that serves several models (the large translator is the chat model with an adapter) shares its
matrices, and the adapter is computed beside them: 37 MB more instead of three GB.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from models.errors import WeightsError, plainly
from models.repository.manifest import sha256_of
from models.runtime.by_rows import Rows, kept
from models.runtime.checkpoint import hidden_dtype, load_causal, load_tokenizer
from models.runtime.compiled_layer import compile_layers
from models.runtime.device import runs_int8
from models.runtime.functions import library
from models.runtime.panels import PanelProduct
from models.runtime.prepacked import prepack, prepack_stored, product, unfuse
from models.runtime.stored import store_of

if TYPE_CHECKING:
    import torch

    from models.runtime.prepacked import Product

_HINT = "install nightdesk again"


@dataclass(frozen=True, slots=True)
class Adapter:
    """Low-rank factors of a base's matrices, and the tokens that the adapted model may write.

    A matrix W of shape (out, in) becomes W + `scale` B A; `factors` holds A (rank, in) and B
    (out, rank) by the name of the matrix. `rows` holds, by language, the sorted ids of the tokens
    that a text in that language may have, which are rows of the output matrix. `sha256` is that
    of the file, empty where the adapter was read from none.
    """

    scale: float
    factors: Mapping[str, tuple[torch.Tensor, torch.Tensor]]
    rows: Mapping[str, torch.Tensor]
    sha256: str = ""


class Base(Protocol):
    """The model that an adapter was trained on: its tokenizer, and its weights to be adapted."""

    @property
    def identity(self) -> str:
        """The base's name, revision and sha256 in one line, known before anything is loaded."""

    @property
    def tokenizer(self) -> Any:
        """The tokenizer that lies beside the weights."""

    def adapted(self, adapter: Adapter) -> Any:
        """Return a model of the base with `adapter` on it."""


class OwnBase:
    """A base that serves one adapter, which is added to its matrices. Implements `Base`.

    `locate` is called once, on first use, and returns the folder of the weights, verified;
    `identity` names them. `device` and `dtype` are "auto" or a torch name. `rows` tells how rows
    of a batch are kept from each other.
    """

    def __init__(
        self,
        locate: Callable[[], Path],
        *,
        identity: str,
        device: str = "auto",
        dtype: str = "auto",
        rows: Rows = "together",
    ) -> None:
        self.identity = identity
        self._locate = locate
        self._device = device
        self._dtype = dtype
        self._rows = rows

    @cached_property
    def tokenizer(self) -> Any:
        """The tokenizer that lies beside the weights."""
        return load_tokenizer(self._folder)

    @cached_property
    def _folder(self) -> Path:
        return self._locate()

    def adapted(self, adapter: Adapter) -> Any:
        """Load the base with `adapter` in its matrices."""
        model = load_causal(self._folder, device=self._device, dtype=self._dtype)
        decoder = model.get_decoder()
        int8 = runs_int8(self._dtype, device=model.device.type)
        known = int8 and adapter.sha256
        store = store_of(self._folder, adapter=adapter.sha256) if known else None
        if not prepack_stored(decoder, store):
            merge(decoder, adapter)
            prepack(decoder, int8=int8, store=store)
        return kept(model, self._rows, int8=int8)


def load_adapter(path: Path, *, sha256: str) -> Adapter:
    """Return the adapter in a file of safetensors; its factors are int8 with a scale for every row.

    Raises WeightsError where the file is missing, is not the one that was published, or holds
    something else than an adapter.
    """
    from safetensors import SafetensorError, safe_open

    try:
        found = sha256_of(path)
    except FileNotFoundError as error:
        raise WeightsError(f"{path}: is missing", hint=_HINT) from error
    except OSError as error:
        raise WeightsError(
            f"{path}: cannot be read: {error.strerror or error}", hint=_HINT
        ) from error
    if found != sha256:
        raise WeightsError(f"{path}: sha256 is {found}, not {sha256}", hint=_HINT)
    try:
        with safe_open(path, framework="pt") as file:
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
            scale = float(json.loads(file.metadata()["adapter"])["scale"])
        return _adapter(tensors, scale=scale, sha256=sha256)
    except (
        SafetensorError, OSError, LookupError, TypeError, ValueError, RuntimeError,
    ) as error:  # fmt: skip
        raise WeightsError(f"{path}: holds no adapter: {plainly(error)}", hint=_HINT) from error


def _adapter(tensors: Mapping[str, torch.Tensor], *, scale: float, sha256: str) -> Adapter:
    """Return the adapter that tensors of a file make, each factor multiplied by its scales."""
    import torch

    def whole(name: str) -> torch.Tensor:
        product: torch.Tensor = tensors[name].to(torch.float32) * tensors[f"{name}.scale"][:, None]
        return product

    names = [name.removesuffix(".a") for name in tensors if name.endswith(".a")]
    factors = {name: (whole(f"{name}.a"), whole(f"{name}.b")) for name in names}
    rows = {
        name.removeprefix("rows.") if name != "rows" else "en": tensors[name].to(torch.int64)
        for name in tensors
        if name.partition(".")[0] == "rows"
    }
    return Adapter(scale=scale, factors=factors, rows=rows, sha256=sha256)


def merge(backbone: Any, adapter: Adapter) -> None:
    """Add an adapter to the matrices of a transformers decoder, in place.

    Raises WeightsError where the two do not fit together.
    """
    import torch

    with torch.no_grad():
        for name, (a, b) in adapter.factors.items():
            weight = _place(backbone, name, a, b).weight
            # The sum is rounded once: on a bfloat16 base, from float32.
            weight.copy_(weight.float() + adapter.scale * (b @ a).to(weight.device))


def beside(model: Any, adapter: Adapter) -> Any:
    """Return a model that shares all weights with `model`, prepacked or not, and has an adapter.

    `model` itself is not changed. Raises WeightsError where the two do not fit together.
    """
    import torch

    shared = {id(tensor): tensor for tensor in (*model.parameters(), *model.buffers())}
    twin = copy.deepcopy(model, shared)
    backbone = twin.get_decoder()
    unfuse(backbone)
    like = torch.empty(0, dtype=hidden_dtype(model), device=model.device)
    for name, (a, b) in adapter.factors.items():
        layer = _place(backbone, name, a, b)
        down, up = a.to(like), (adapter.scale * b).to(like)
        packed = vars(layer).get("forward")
        whole = packed or product(layer.weight.detach(), layer.bias)
        layer.forward = (
            whole.with_low_rank(down, up)
            if isinstance(whole, PanelProduct) and library() is not None
            else _with_addition(whole, product(down), product(up))
        )
    compile_layers(backbone)
    return twin


def _with_addition(whole: Product, down: Product, up: Product) -> Product:
    """Return the function x -> whole(x) + up(down(x))."""
    return lambda x: whole(x, up(down(x)))


def _place(backbone: Any, name: str, a: torch.Tensor, b: torch.Tensor) -> Any:
    """Return the linear layer of a decoder that the factors `a` and `b` belong to."""
    import torch

    try:
        layer = backbone.get_submodule(name)
    except AttributeError:
        layer = None
    fits = isinstance(layer, torch.nn.Linear) and (
        (layer.out_features, layer.in_features) == (b.shape[0], a.shape[1])
    )
    if not fits:
        raise WeightsError(f"the adapter's {name} has no place in this base", hint=_HINT)
    return layer
