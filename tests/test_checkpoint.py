"""A folder is read as it is meant, or refused with the name of the file and what to do about it."""

from __future__ import annotations

import json
import shutil
import struct
from pathlib import Path

import pytest
from safetensors.torch import load_file, save_file
from tiny_decoders import tiny_decoder
from tiny_tokenizer import save_tokenizer

from models.errors import EngineError
from models.repository.registry import EMBEDDED, GEMMA, ModelSpec
from models.repository.weights import require
from models.runtime.checkpoint import load_causal, load_tokenizer

HEADER = b'{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}'


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("whole")
    tiny_decoder("qwen2").save_pretrained(folder)
    save_tokenizer(folder)
    return folder


@pytest.fixture
def folder(whole: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(whole, tmp_path / "model"))


def refused(folder: Path) -> EngineError:
    with pytest.raises(EngineError) as caught:
        load_causal(folder, device="cpu", dtype="float32")
    assert "models verify" in caught.value.hint
    assert "models fetch" in caught.value.hint
    return caught.value


def test_a_whole_folder_is_read(folder: Path) -> None:
    assert load_causal(folder, device="cpu", dtype="float32")
    assert load_tokenizer(folder)("ab")["input_ids"]


@pytest.mark.parametrize("name", ["config.json", "model.safetensors"])
def test_a_file_that_is_missing_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    assert f"{folder / name}: is missing" in str(refused(folder))


def test_weights_that_are_not_safetensors_are_not_read(folder: Path) -> None:
    (folder / "model.safetensors").unlink()
    (folder / "pytorch_model.bin").write_bytes(b"\x80\x04N.")
    assert "model.safetensors: is missing" in str(refused(folder))


@pytest.mark.parametrize(
    "content",
    [
        b"", b"\0" * 7, b"\0" * 8, b"\xff" * 64, struct.pack("<Q", 10**6) + HEADER,
        struct.pack("<Q", len(HEADER)) + HEADER, struct.pack("<Q", 4) + b"nope" + b"\0" * 8,
        struct.pack("<Q", 2) + b"[]", struct.pack("<Q", 50_000) + b"[" * 50_000,
        struct.pack("<Q", 2) + b"\xff\xfe",
    ],
)  # fmt: skip
def test_a_damaged_header_of_the_weights_is_told(folder: Path, content: bytes) -> None:
    path = folder / "model.safetensors"
    path.write_bytes(content)
    assert f"{path}: cannot be read: " in str(refused(folder))


def test_weights_that_are_cut_off_are_told(folder: Path) -> None:
    path = folder / "model.safetensors"
    content = path.read_bytes()
    for length in (9, 500, len(content) // 2, len(content) - 1):
        path.write_bytes(content[:length])
        assert f"{path}: cannot be read: " in str(refused(folder))


def test_a_tensor_that_is_not_there_is_not_drawn_at_random(folder: Path) -> None:
    path = folder / "model.safetensors"
    tensors = load_file(path)
    name = "model.layers.1.mlp.up_proj.weight"
    del tensors[name]
    save_file(tensors, path, metadata={"format": "pt"})
    assert f"lacks 1 tensors that config.json asks for, {name}" in str(refused(folder))


def test_a_tensor_of_another_shape_is_told(folder: Path) -> None:
    path = folder / "model.safetensors"
    tensors = load_file(path)
    name = "model.layers.1.mlp.up_proj.weight"
    tensors[name] = tensors[name][:3].clone()
    save_file(tensors, path, metadata={"format": "pt"})
    assert "cannot be loaded" in str(refused(folder))


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"null", b"\xff\xfe", b"[" * 100_000, b'{"model_type": "?"}']
)
def test_a_configuration_that_is_none_is_told(folder: Path, content: bytes) -> None:
    path = folder / "config.json"
    path.write_bytes(content)
    assert str(refused(folder)).startswith(f"{path}: ")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("hidden_size", "wide"), ("hidden_size", 0), ("num_attention_heads", 0),
        ("num_hidden_layers", -1), ("num_hidden_layers", None), ("vocab_size", 10**18),
        ("model_type", 5), ("model_type", None), ("rope_parameters", [1]), ("hidden_act", "?"),
    ],
)  # fmt: skip
def test_nonsense_in_the_configuration_is_told(folder: Path, key: str, value: object) -> None:
    path = folder / "config.json"
    about = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(about | {key: value}), encoding="utf-8")
    refused(folder)


@pytest.mark.parametrize("name", ["tokenizer.json", "tokenizer_config.json"])
@pytest.mark.parametrize(
    "content", [None, b"", b"{", b"[]", b"null", b"\xff\xfe", b"[" * 100_000, b'{"eos_token": 5}']
)
def test_a_damaged_tokenizer_names_its_file(folder: Path, name: str, content: bytes | None) -> None:
    path = folder / name
    if content is None:
        path.unlink()
    else:
        path.write_bytes(content)
    with pytest.raises(EngineError) as caught:
        load_tokenizer(folder)
    assert str(caught.value).startswith(f"{path}: ")
    assert "models verify" in caught.value.hint


def test_a_chat_template_that_is_no_text_is_told(folder: Path) -> None:
    (folder / "chat_template.jinja").write_bytes(b"\xff\xfe")
    with pytest.raises(EngineError):
        load_tokenizer(folder)


@pytest.mark.model
@pytest.mark.parametrize("spec", [EMBEDDED, GEMMA], ids=lambda spec: spec.name)
def test_a_tokenizer_is_the_one_that_transformers_makes_of_the_folder(spec: ModelSpec) -> None:
    from transformers import AutoTokenizer

    folder = require(spec)
    ours, theirs = load_tokenizer(folder), AutoTokenizer.from_pretrained(folder)
    text = "Зеленський — 20 %, naïve ﬁ\n\n  two  spaces <eos> <|im_end|> 😀"
    ids = theirs(text)["input_ids"]
    assert ours(text)["input_ids"] == ids
    assert ours.convert_ids_to_tokens(ids) == theirs.convert_ids_to_tokens(ids)
    for skipping in (False, True):
        decoded = ours.decode(ids, skip_special_tokens=skipping)
        assert decoded == theirs.decode(ids, skip_special_tokens=skipping)
    assert ours.special_tokens_map == theirs.special_tokens_map
    assert ours.get_vocab() == theirs.get_vocab()
    assert ours.chat_template == theirs.chat_template
