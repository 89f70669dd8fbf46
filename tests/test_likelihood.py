"""The likelihood of a claim after its evidence: token by token, as transformers has it."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from tiny_tokenizer import save_tokenizer
from transformers import AutoModelForCausalLM, Qwen2Config, Qwen2ForCausalLM

from models.chat.causal import ChatModel
from models.chat.likelihood import MAX_CLAIM_TOKENS, MAX_EVIDENCE_TOKENS, CausalLikelihood
from models.engine import ConditionalLikelihood

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
        vocab_size=259, hidden_size=32, intermediate_size=48, num_hidden_layers=2,
        num_attention_heads=4, num_key_value_heads=1, max_position_embeddings=1024,
        initializer_range=0.25, eos_token_id=2, pad_token_id=0,
    )  # fmt: skip
    Qwen2ForCausalLM(config).save_pretrained(place)
    return place


@pytest.fixture(scope="module")
def likelihood(folder: Path, one_thread: None) -> CausalLikelihood:
    return CausalLikelihood(
        ChatModel(lambda: folder, identity="tiny", device="cpu", dtype="float32")
    )


def by_transformers(folder: Path, prompt: bytes, claim: bytes) -> list[float]:
    """Log-probabilities of the bytes of a claim: the tokenizer knows nothing else."""
    from tokenizers import pre_tokenizers

    alphabet = {token: i + 3 for i, token in enumerate(sorted(pre_tokenizers.ByteLevel.alphabet()))}
    level = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)

    def ids(text: bytes) -> list[int]:
        ((shown, _),) = level.pre_tokenize_str(text.decode()) or [("", (0, 0))]
        return [alphabet[c] for c in shown]

    before, after = ids(prompt), ids(claim)
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
    with torch.inference_mode():
        chances = model(torch.tensor([before + after])).logits[0].log_softmax(dim=-1)
    return [float(chances[len(before) + i - 1, token]) for i, token in enumerate(after)]


def test_each_token_is_as_likely_as_transformers_finds_it(
    folder: Path, likelihood: CausalLikelihood
) -> None:
    engine: ConditionalLikelihood = likelihood
    found = engine.log_probabilities(PAIRS)
    prompts = [
        b"Text:The port is closed.\nSummary:",
        b"Text:\nSummary:",
        b"Text:Two ferries stayed. Nobody left.\nSummary:",
    ]
    for (_, claim), prompt, ours in zip(PAIRS, prompts, found, strict=True):
        theirs = by_transformers(folder, prompt, f" {claim}".encode())
        assert ours == pytest.approx(theirs, abs=1e-3)


def test_long_texts_are_read_up_to_a_bound(likelihood: CausalLikelihood) -> None:
    ((*chances,),) = likelihood.log_probabilities([("word " * 400, "claim " * 200)])
    assert len(chances) == MAX_CLAIM_TOKENS
    reply = likelihood._reply("word " * 400, "x")
    assert len(reply.prompt) <= MAX_EVIDENCE_TOKENS + len("Text:\nSummary:")


def test_control_tokens_of_a_text_are_text(likelihood: CausalLikelihood) -> None:
    reply = likelihood._reply("<eos> <bos>", "<eos>")
    assert not {1, 2} & {*reply.prompt, *reply.ids}


def test_the_identity_names_model_and_prompt(likelihood: CausalLikelihood) -> None:
    assert likelihood.identity == "tiny likelihood 1"
