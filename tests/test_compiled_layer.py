"""A layer in one compiled call computes what its parts do, bit for bit."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from tiny_decoders import tiny_decoder

from models.decoding.batch import new_batch
from models.decoding.pages import PagedContext, Pages, Row
from models.runtime import compiled_layer, functions, int8
from models.runtime.adapter import Adapter, beside
from models.runtime.by_rows import Rows, kept
from models.runtime.checkpoint import load_causal
from models.runtime.kernel import load_kernel
from models.runtime.prepacked import prepack

pytestmark = pytest.mark.skipif(
    not int8.available() or load_kernel() is None or functions.library() is None,
    reason="no C compiler",
)
KINDS = ["qwen2", "gemma3"]
LINEAR = {"self_attn.q_proj": 0, "self_attn.o_proj": 1, "mlp.up_proj": 1, "mlp.down_proj": 2}


def prepacked(kind: str, folder: Path, *, rows: Rows = "together") -> Any:
    tiny_decoder(kind).to(torch.bfloat16).save_pretrained(folder)
    model = load_causal(folder, device="cpu", dtype="int8")
    prepack(model.get_decoder(), int8=True)
    return kept(model, rows, int8=True)


def adapted(model: Any) -> Any:
    """Return a model with factors of different ranks on some matrices of some layers."""
    torch.manual_seed(5)
    factors = {}
    for name, layer in LINEAR.items():
        path = f"layers.{layer}.{name}"
        matrix = model.get_decoder().get_submodule(path)
        rank = 2 + layer
        factors[path] = (
            torch.randn(rank, matrix.in_features), torch.randn(matrix.out_features, rank),
        )  # fmt: skip
    return beside(model, Adapter(scale=0.5, factors=factors, rows={}))


def read(backbone: Any, cuts: tuple[int, ...], wanted: torch.Tensor | None) -> torch.Tensor:
    """Return the states of two rows that are read in pieces; of the last piece those wanted."""
    pages = Pages.of(backbone.settings)
    rows, found = [Row(), Row()], []
    numbers = torch.Generator().manual_seed(1)
    with torch.inference_mode():
        for at, count in enumerate(cuts):
            ids = torch.randint(3, 97, (1, 2 * count), generator=numbers)
            context = PagedContext(pages, rows, [count, count])
            last = at == len(cuts) - 1
            found.append(backbone(ids, context=context, wanted=wanted if last else None))
    return torch.cat(found, dim=1)


@pytest.fixture(params=[1, 2])
def path(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Take each way of multiplying that this processor has."""
    best = load_kernel()
    if best is None or request.param > best.path:
        pytest.skip("this processor lacks the instructions")
    monkeypatch.setattr(int8, "load_kernel", lambda: replace(best, path=request.param))


def compiled_ones(model: Any) -> int:
    return sum("forward" in vars(layer) for layer in model.get_decoder().layers)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("rows", ["together", "apart"])
@pytest.mark.parametrize("with_adapter", [False, True])
@pytest.mark.usefixtures("path")
def test_a_compiled_layer_is_the_sum_of_its_parts(
    kind: str, rows: Rows, tmp_path: Path, *, with_adapter: bool
) -> None:
    """Pieces of more tokens than go through the feed-forward layer at a time, and of one."""
    model = prepacked(kind, tmp_path, rows=rows)
    model = adapted(model) if with_adapter else model
    backbone = model.get_decoder()
    assert compiled_ones(model) == 3
    cuts = (1, 300, 1, 7)
    for wanted in (None, torch.tensor([13]), torch.tensor([0, 6, 13])):
        found = read(backbone, cuts, wanted)
        for layer in backbone.layers:
            layer.forward, layer.kept = type(layer).forward.__get__(layer), layer.forward
        assert torch.equal(read(backbone, cuts, wanted), found)
        for layer in backbone.layers:
            layer.forward = layer.kept


@pytest.mark.parametrize("kind", KINDS)
def test_an_adapter_leaves_its_base_as_it_is(kind: str, tmp_path: Path) -> None:
    base = prepacked(kind, tmp_path)
    before = read(base.get_decoder(), (9, 1), None)
    twin = adapted(base)
    assert torch.equal(read(base.get_decoder(), (9, 1), None), before)
    assert not torch.equal(read(twin.get_decoder(), (9, 1), None), before)


@pytest.mark.parametrize("kind", KINDS)
def test_only_the_states_that_are_wanted_are_returned(kind: str, tmp_path: Path) -> None:
    batch = new_batch(prepacked(kind, tmp_path).get_decoder(), pad_id=0)
    texts = [[5, 6, 7, 8, 9], [10, 11], [12] * 40]
    with torch.inference_mode():
        whole = batch.states(texts, behind=[1, 3], last=[5, 2, 40])
        some = batch.states(texts, behind=[1, 3], last=[2, 1, 17])
    assert [len(part) for part in some] == [2, 1, 17]
    for part, of_text in zip(some, whole, strict=True):
        assert torch.equal(part, of_text[-len(part) :])


def test_a_layer_of_which_a_part_is_not_compiled_goes_on_as_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = prepacked("qwen2", tmp_path)
    matrix = model.get_decoder().get_submodule("layers.1.mlp.down_proj")
    product = matrix.forward
    matrix.forward = product.__call__
    compiled_layer.compile_layers(model.get_decoder())
    assert compiled_ones(model) == 2
    monkeypatch.setattr(compiled_layer, "_library", lambda: None)
    compiled_layer.compile_layers(model.get_decoder())
    assert compiled_ones(model) == 0


def test_a_gate_that_is_not_compiled_leaves_its_layer_alone(tmp_path: Path) -> None:
    """Its rows are no multiple of eight numbers."""
    model = tiny_decoder("qwen2")
    model.config.intermediate_size = 44
    odd = type(model)(model.config).eval()
    odd.to(torch.bfloat16).save_pretrained(tmp_path)
    found = load_causal(tmp_path, device="cpu", dtype="int8")
    prepack(found.get_decoder(), int8=True)
    kept(found, "together", int8=True)
    assert found.get_decoder().paged
    assert compiled_ones(found) == 0
    assert torch.isfinite(read(found.get_decoder(), (9, 1), None)).all()
