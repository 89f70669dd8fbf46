"""A folder that holds no model is refused with what to do about it."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.checkpoint import load_causal
from models.errors import EngineError


def test_an_empty_folder_is_not_a_model(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="cannot be loaded as a language model") as caught:
        load_causal(tmp_path, device="cpu", dtype="float32")
    assert str(tmp_path) in str(caught.value)
    assert "models verify" in caught.value.hint


def test_weights_that_are_not_safetensors_are_not_read(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"model_type": "gemma3_text"}', encoding="utf-8")
    (tmp_path / "pytorch_model.bin").write_bytes(b"\x80\x04N.")
    with pytest.raises(EngineError, match="cannot be loaded as a language model"):
        load_causal(tmp_path, device="cpu", dtype="float32")
