"""What a folder holds is read as it is meant, or refused with what to do about it."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.errors import EngineError
from models.repository.registry import EMBEDDED, GEMMA, ModelSpec
from models.repository.weights import require
from models.runtime.checkpoint import load_causal, load_tokenizer


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


@pytest.mark.model
@pytest.mark.parametrize("spec", [EMBEDDED, GEMMA], ids=lambda spec: spec.name)
def test_a_tokenizer_is_the_one_that_transformers_makes_of_the_folder(spec: ModelSpec) -> None:
    from transformers import AutoTokenizer

    folder = require(spec)
    ours, theirs = load_tokenizer(folder), AutoTokenizer.from_pretrained(folder)
    text = "Зеленський — 20 %, naïve ﬁ\n\n  two  spaces <eos> <|im_end|> 😀"
    ids = theirs(text)["input_ids"]
    assert ours(text)["input_ids"] == ids
    for skipping in (False, True):
        decoded = ours.decode(ids, skip_special_tokens=skipping)
        assert decoded == theirs.decode(ids, skip_special_tokens=skipping)
    assert ours.special_tokens_map == theirs.special_tokens_map
    assert ours.get_vocab() == theirs.get_vocab()
    assert ours.chat_template == theirs.chat_template
