"""A GGUF file becomes the same model in safetensors, in silence and without a network."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.errors import WeightsError
from models.repository.convert import convert_gguf

PIECES = ["a", "b", "c", "d", "e", "Ġ", "ab", "Ġc", "<|end|>"]
MERGES = ["a b", "Ġ c"]


@pytest.fixture(scope="module")
def gguf_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A chat model of two small layers with random weights and nine tokens."""
    import numpy
    from gguf import GGUFWriter

    path = tmp_path_factory.mktemp("published") / "model.gguf"
    width, heads, inner, layers = 32, 4, 64, 2
    writer = GGUFWriter(path, "qwen2")
    writer.add_name("tiny")
    writer.add_context_length(64)
    writer.add_embedding_length(width)
    writer.add_block_count(layers)
    writer.add_feed_forward_length(inner)
    writer.add_head_count(heads)
    writer.add_head_count_kv(heads)
    writer.add_rope_freq_base(10_000.0)
    writer.add_layer_norm_rms_eps(1e-6)
    writer.add_vocab_size(len(PIECES))
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("qwen2")
    writer.add_token_list(PIECES)
    writer.add_token_types([1] * (len(PIECES) - 1) + [3])
    writer.add_token_merges(MERGES)
    writer.add_eos_token_id(len(PIECES) - 1)
    writer.add_pad_token_id(len(PIECES) - 1)
    shapes = {"token_embd.weight": (len(PIECES), width), "output.weight": (len(PIECES), width)}
    shapes["output_norm.weight"] = (width,)
    for layer in range(layers):
        block = f"blk.{layer}."
        for name in ("attn_norm.weight", "ffn_norm.weight", "attn_q.bias", "attn_k.bias",
                     "attn_v.bias"):  # fmt: skip
            shapes[block + name] = (width,)
        for name in ("attn_q", "attn_k", "attn_v", "attn_output"):
            shapes[f"{block}{name}.weight"] = (width, width)
        shapes[f"{block}ffn_gate.weight"] = shapes[f"{block}ffn_up.weight"] = (inner, width)
        shapes[f"{block}ffn_down.weight"] = (width, inner)
    random = numpy.random.default_rng(7)
    for name, shape in shapes.items():
        writer.add_tensor(name, random.standard_normal(shape, dtype=numpy.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def test_the_model_is_the_same_and_nothing_is_printed(
    gguf_file: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    import numpy
    import torch
    from gguf import GGUFReader
    from safetensors.torch import load_file
    from transformers import AutoModelForCausalLM, AutoTokenizer

    convert_gguf(gguf_file, tmp_path)
    assert capfd.readouterr() == ("", "")
    assert {path.suffix for path in tmp_path.iterdir()} <= {".safetensors", ".json", ".jinja"}

    saved = load_file(tmp_path / "model.safetensors")
    assert {tensor.dtype for tensor in saved.values()} == {torch.bfloat16}
    published = {tensor.name: numpy.array(tensor.data) for tensor in GGUFReader(gguf_file).tensors}
    for ours, theirs in {
        "model.embed_tokens.weight": "token_embd.weight",
        "model.layers.1.self_attn.q_proj.weight": "blk.1.attn_q.weight",
        "model.layers.0.mlp.down_proj.weight": "blk.0.ffn_down.weight",
        "lm_head.weight": "output.weight",
    }.items():
        wanted = torch.from_numpy(published[theirs]).to(torch.bfloat16)
        assert torch.equal(saved[ours], wanted), ours

    tokenizer = AutoTokenizer.from_pretrained(tmp_path, local_files_only=True)
    assert tokenizer.tokenize("ab ce") == ["ab", "Ġc", "e"]
    assert tokenizer.decode(tokenizer("ab ce")["input_ids"]) == "ab ce"
    model = AutoModelForCausalLM.from_pretrained(tmp_path, local_files_only=True)
    assert model.config.num_hidden_layers == 2
    capfd.readouterr()


def test_what_transformers_shows_is_shown_again_afterwards(gguf_file: Path, tmp_path: Path) -> None:
    from transformers import modeling_gguf_pytorch_utils as reader
    from transformers.utils import logging

    before = (reader.tqdm, logging.get_verbosity(), logging.is_progress_bar_enabled())
    convert_gguf(gguf_file, tmp_path)
    assert (reader.tqdm, logging.get_verbosity(), logging.is_progress_bar_enabled()) == before


@pytest.mark.parametrize("content", [b"", b"GGUF", b"not a model at all" * 10])
def test_what_is_no_gguf_is_an_error_that_says_so(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "model.gguf").write_bytes(content)
    with pytest.raises(WeightsError, match=r"model\.gguf: cannot be converted: .+") as caught:
        convert_gguf(tmp_path / "model.gguf", tmp_path / "out")
    assert "constraints.txt" in caught.value.hint


def test_a_file_that_was_cut_off_is_an_error(gguf_file: Path, tmp_path: Path) -> None:
    content = gguf_file.read_bytes()
    (tmp_path / "model.gguf").write_bytes(content[: len(content) // 2])
    with pytest.raises(WeightsError, match="cannot be converted"):
        convert_gguf(tmp_path / "model.gguf", tmp_path / "out")
