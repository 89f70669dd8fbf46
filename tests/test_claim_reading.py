"""The states of a claim's tokens behind its evidence: as transformers has them, layer by layer."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from tiny_tokenizer import save_tokenizer
from transformers import AutoModelForCausalLM, Qwen2Config, Qwen2ForCausalLM

from models.chat.causal import ChatModel
from models.chat.reading import MAX_CLAIM_TOKENS, MAX_EVIDENCE_TOKENS, CausalReader
from models.engine import ClaimReader

PAIRS = [
    ("The port is closed.", "The port is closed."),
    ("", "The port is closed."),
    ("Two ferries  stayed.\nNobody left.", "Порт закрыт."),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny chat model that reads bytes."""
    place = tmp_path_factory.mktemp("chat")
    save_tokenizer(place)
    torch.manual_seed(5)
    config = Qwen2Config(
        vocab_size=259, hidden_size=32, intermediate_size=48, num_hidden_layers=3,
        num_attention_heads=4, num_key_value_heads=1, max_position_embeddings=1024,
        initializer_range=0.25, eos_token_id=2, pad_token_id=0,
    )  # fmt: skip
    Qwen2ForCausalLM(config).save_pretrained(place)
    return place


@pytest.fixture(scope="module")
def reader(folder: Path, one_thread: None) -> CausalReader:
    return CausalReader(
        ChatModel(lambda: folder, identity="tiny", device="cpu", dtype="float32"), behind=(1, 2)
    )


def by_transformers(folder: Path, prompt: bytes, claim: bytes) -> np.ndarray:
    """States of the bytes of a claim behind either layer: the tokenizer knows nothing else."""
    from tokenizers import pre_tokenizers

    alphabet = {token: i + 3 for i, token in enumerate(sorted(pre_tokenizers.ByteLevel.alphabet()))}
    level = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)

    def ids(text: bytes) -> list[int]:
        ((shown, _),) = level.pre_tokenize_str(text.decode()) or [("", (0, 0))]
        return [alphabet[c] for c in shown]

    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
    with torch.inference_mode():
        found = model(torch.tensor([ids(prompt) + ids(claim)]), output_hidden_states=True)
    return np.concatenate([found.hidden_states[i][0, -len(claim) :] for i in (1, 2)], axis=1)


def test_the_states_are_those_of_transformers(folder: Path, reader: CausalReader) -> None:
    engine: ClaimReader = reader
    prompts = [
        b"Text: The port is closed.\nSummary:",
        b"Text: \nSummary:",
        b"Text: Two ferries stayed. Nobody left.\nSummary:",
    ]
    for (_, claim), prompt, ours in zip(PAIRS, prompts, engine.states(PAIRS), strict=True):
        theirs = by_transformers(folder, prompt, f" {claim}".encode())
        assert ours == pytest.approx(theirs, abs=1e-3)


def test_long_texts_are_read_up_to_a_bound(reader: CausalReader) -> None:
    (states,) = reader.states([("word " * 400, "claim " * 200)])
    assert len(states) == MAX_CLAIM_TOKENS
    ids, said = reader._ids("word " * 400, "x")
    assert len(ids) - said <= MAX_EVIDENCE_TOKENS + len("Text:\nSummary:")


def test_control_tokens_of_a_text_are_text(reader: CausalReader) -> None:
    ids, _ = reader._ids("<eos> <bos>", "<eos>")
    assert not {1, 2} & set(ids)


def test_the_identity_names_model_layer_and_prompt(reader: CausalReader) -> None:
    assert reader.identity == "tiny reading 1 behind 1+2"
