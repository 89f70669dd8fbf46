"""A packed model computes what it computed before."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from transformers import Gemma3TextConfig, Qwen2Config
from transformers.models.gemma3.modeling_gemma3 import Gemma3MLP
from transformers.models.qwen2.modeling_qwen2 import Qwen2MLP

from models.runtime.device import pick_dtype
from models.runtime.prepacked import prepack, product

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


@pytest.mark.parametrize("kind", ["gelu", "silu"])
def test_a_gated_layer_is_the_same_in_one_go(kind: str) -> None:
    torch.manual_seed(2)
    layer: Any = (
        Gemma3MLP(Gemma3TextConfig(**SIZES)) if kind == "gelu" else Qwen2MLP(Qwen2Config(**SIZES))
    )
    for parameter in layer.parameters():
        torch.nn.init.normal_(parameter, std=0.3)
    layer.to(torch.bfloat16)
    x = torch.randn(2, 7, 32, dtype=torch.bfloat16)
    with torch.inference_mode():
        before = layer(x)
        prepack(layer)
        torch.testing.assert_close(layer(x), before, rtol=0.05, atol=0.1)
    if pick_dtype("auto", device="cpu") == torch.bfloat16:
        assert not hasattr(layer.up_proj, "weight")  # else nothing was packed


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
