"""A packed model computes what it computed before."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from transformers import Gemma3TextConfig, Qwen2Config
from transformers.models.gemma3.modeling_gemma3 import Gemma3MLP
from transformers.models.qwen2.modeling_qwen2 import Qwen2MLP

from models.runtime.device import pick_dtype
from models.runtime.int8 import available
from models.runtime.prepacked import prepack, product, unfuse

SIZES = {"hidden_size": 32, "intermediate_size": 48}


def test_a_packed_matrix_multiplies_as_the_matrix_does() -> None:
    for dtype in (torch.float32, torch.bfloat16):
        weight, bias = torch.randn(33, 20, dtype=dtype), torch.randn(33, dtype=dtype)
        for rows in (1, 7, 130):
            x = torch.randn(2, rows, 20, dtype=dtype)
            for b in (None, bias):
                wide = None if b is None else b.float()
                expected = torch.nn.functional.linear(x.float(), weight.float(), wide)
                found = product(weight, b)(x)
                assert found.dtype == dtype
                torch.testing.assert_close(found.float(), expected, rtol=0.02, atol=0.1)
                plus = torch.randn_like(found)
                added = product(weight, b)(x, plus).float()
                torch.testing.assert_close(added, expected + plus.float(), rtol=0.02, atol=0.1)


def test_packing_a_model_changes_nothing_but_the_layout() -> None:
    torch.manual_seed(1)
    layers = (torch.nn.Linear(16, 24), torch.nn.GELU(), torch.nn.Linear(24, 8, bias=False))
    model = torch.nn.Sequential(*layers).to(torch.bfloat16)
    x = torch.randn(5, 16, dtype=torch.bfloat16)
    with torch.inference_mode():
        before = model(x)
        prepack(model)
        torch.testing.assert_close(model(x), before, rtol=0.02, atol=0.02)


def parts(model: torch.nn.Module) -> dict[str, Any]:
    return {n: m for n, m in model.named_modules() if isinstance(m, torch.nn.Linear)}


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16])
def test_every_matrix_is_packed_where_the_processor_has_an_order_for_its_format(
    dtype: torch.dtype,
) -> None:
    """Float32 has one everywhere; a layer that is packed has no weight, and a product instead."""
    model = torch.nn.Sequential(
        torch.nn.Linear(16, 24), torch.nn.Sequential(torch.nn.Linear(24, 8)), torch.nn.LayerNorm(8)
    ).to(dtype)
    prepack(model)
    native = {torch.float32, pick_dtype("auto", device="cpu")}
    fits = dtype in native and torch.backends.mkldnn.is_available()
    assert len(parts(model)) == 2
    for layer in parts(model).values():
        assert hasattr(layer, "weight") == (not fits)
        assert ("forward" in vars(layer)) == fits
        assert layer.bias is not None
    assert model[2].weight is not None  # no matrix


@pytest.mark.skipif(not available(), reason="FBGEMM is not in this torch")
def test_every_matrix_becomes_bytes_where_bytes_are_wanted() -> None:
    torch.manual_seed(4)
    model = torch.nn.Sequential(Qwen2MLP(Qwen2Config(**SIZES)), torch.nn.Linear(32, 8))
    x = torch.randn(5, 32)
    with torch.inference_mode():
        before = model(x)
        prepack(model, int8=True)
        after = model(x)
    assert len(parts(model)) == 4
    for name, layer in parts(model).items():
        assert not hasattr(layer, "weight"), name
        assert "forward" in vars(layer), name
    torch.testing.assert_close(after, before, rtol=0.1, atol=0.1)
    assert not torch.equal(after, before), "bytes are not as exact as float32"


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("kind", ["gelu", "silu"])
def test_a_gated_layer_is_the_same_in_one_go(kind: str, dtype: torch.dtype) -> None:
    torch.manual_seed(2)
    layer: Any = (
        Gemma3MLP(Gemma3TextConfig(**SIZES)) if kind == "gelu" else Qwen2MLP(Qwen2Config(**SIZES))
    )
    for parameter in layer.parameters():
        torch.nn.init.normal_(parameter, std=0.3)
    layer.to(dtype)
    x = torch.randn(2, 7, 32, dtype=dtype)
    with torch.inference_mode():
        before = layer(x)
        prepack(layer)
        torch.testing.assert_close(layer(x), before, rtol=0.05, atol=0.1)
    if torch.backends.mkldnn.is_available() and dtype in {
        torch.float32,
        pick_dtype("auto", device="cpu"),
    }:
        assert "forward" in vars(layer), "the layer is computed in one go"
        assert not [name for name, part in parts(layer).items() if hasattr(part, "weight")]
        unfuse(layer)
        assert "forward" not in vars(layer)
        with torch.inference_mode():
            torch.testing.assert_close(layer(x), before, rtol=0.05, atol=0.1)


def test_a_gated_layer_with_biases_keeps_them() -> None:
    torch.manual_seed(3)
    layer: Any = Qwen2MLP(Qwen2Config(**SIZES))
    layer.up_proj = torch.nn.Linear(32, 48)
    layer.to(torch.bfloat16)
    x = torch.randn(5, 32, dtype=torch.bfloat16)
    with torch.inference_mode():
        before = layer(x)
        prepack(layer)
        torch.testing.assert_close(layer(x), before, rtol=0.05, atol=0.05)
