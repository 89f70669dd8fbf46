"""Matrices in bytes: nearly the same products, whatever the batch, and a model that runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from tiny_decoders import logits_of, own, tiny_decoder

from models.runtime.adapter import Adapter, beside
from models.runtime.checkpoint import load_causal
from models.runtime.int8 import available
from models.runtime.prepacked import prepack

pytestmark = pytest.mark.skipif(not available(), reason="FBGEMM is not in this torch")


def layer_of(rows: int, columns: int, *, bias: bool) -> torch.nn.Linear:
    torch.manual_seed(3)
    return torch.nn.Linear(columns, rows, bias=bias)


def packed(layer: torch.nn.Linear) -> torch.nn.Linear:
    prepack(layer, int8=True)
    assert not hasattr(layer, "weight")
    return layer


@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize("rows", [1, 7, 130])
def test_products_are_nearly_those_of_the_matrix(rows: int, bias: bool) -> None:
    layer = layer_of(48, 96, bias=bias)
    x = torch.randn(2, rows, 96)
    with torch.inference_mode():
        expected = layer(x)
        found = packed(layer)(x)
        plus = torch.randn_like(found)
        torch.testing.assert_close(layer.forward(x, plus), found + plus)  # type: ignore[call-arg]
    assert (found - expected).norm() < 0.02 * expected.norm()


@pytest.mark.parametrize("rows", [1, 2, 5, 64])
@pytest.mark.parametrize("loudness", [1e-3, 1.0, 1_000.0])
def test_a_row_does_not_depend_on_the_rows_beside_it(rows: int, loudness: float) -> None:
    """Not in its last bit: the same text is translated alike in any batch."""
    layer = packed(layer_of(48, 96, bias=True))
    x = torch.randn(1 + rows, 96)
    x[0] = x[0].abs()  # alone it would have another range
    with torch.inference_mode():
        alone = layer(x[:1])
        beside_others = layer(torch.cat([x[:1], loudness * x[1:]]))[:1]
        behind_others = layer(torch.cat([loudness * x[1:], x[:1]]))[-1:]
    assert torch.equal(beside_others, alone)
    assert torch.equal(behind_others, alone)


def test_the_largest_bytes_do_not_overflow() -> None:
    layer = torch.nn.Linear(512, 4, bias=False)
    torch.nn.init.ones_(layer.weight)
    with torch.inference_mode():
        torch.testing.assert_close(packed(layer)(torch.ones(1, 512)), torch.full((1, 4), 512.0))


def test_a_row_of_nothing_gives_the_bias() -> None:
    layer = packed(layer_of(48, 96, bias=True))
    with torch.inference_mode():
        torch.testing.assert_close(layer(torch.zeros(2, 96)), layer.bias.expand(2, -1))


@pytest.mark.parametrize("kind", ["qwen2", "gemma3"])
def test_a_decoder_read_in_bytes_is_nearly_itself(kind: str, tmp_path: Path) -> None:
    stored = tiny_decoder(kind).to(torch.bfloat16)
    stored.save_pretrained(tmp_path)
    wide: Any = load_causal(tmp_path, device="cpu", dtype="float32")
    model: Any = load_causal(tmp_path, device="cpu", dtype="int8")
    prepack(model.get_decoder(), int8=True)
    ids = torch.randint(3, 97, (4, 20), generator=torch.Generator().manual_seed(1))
    with torch.inference_mode():
        expected, found = logits_of(wide, ids), logits_of(model, ids)
    assert found.dtype == torch.float32
    assert (found - expected).norm() < 0.1 * expected.norm()


def test_an_adapter_lies_beside_bytes_as_beside_anything() -> None:
    model = own(tiny_decoder("qwen2"))
    name = "layers.1.mlp.down_proj"
    weight = model.get_decoder().get_submodule(name).weight
    factors = (torch.randn(2, weight.shape[1]), torch.randn(weight.shape[0], 2))
    ids = torch.tensor([[5, 6, 7, 8]])
    with torch.inference_mode():
        plain = logits_of(beside(model, Adapter(0.5, {name: factors}, {})), ids)
        prepack(model.get_decoder(), int8=True)
        bare = logits_of(model, ids)
        found = logits_of(beside(model, Adapter(0.5, {name: factors}, {})), ids)
        assert (found - plain).norm() < 0.1 * plain.norm() < (bare - plain).norm()
