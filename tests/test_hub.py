"""Which model a name means, and what is said of one that cannot be loaded."""

from __future__ import annotations

import os
import shutil
import sys
from importlib import import_module

import pytest
from tiny_engines import summarised, summariser, translated, translator

from models.errors import EngineError
from models.repository import hub
from models.seq2seq.engine import Seq2SeqTranslator

pytestmark = pytest.mark.usefixtures("one_thread")


def test_identity_tells_models_and_number_formats_apart(folders, tmp_path) -> None:
    marian = translator(folders["marian"])
    assert marian.identity.startswith("marian@")
    assert marian.identity.endswith(" float32")
    assert translator(folders["marian"]).identity == marian.identity
    assert translator(folders["marian"], dtype="bfloat16").identity != marian.identity
    paired = Seq2SeqTranslator(
        "facebook/nllb-200-distilled-600M@refs/pr/1", pairs={"ru-en": str(folders["marian"])},
        device="cpu", dtype="float32",
    )  # fmt: skip
    assert paired.identity == (
        f"facebook/nllb-200-distilled-600M@refs/pr/1 float32; ru-en: {marian.identity}"
    )
    retrained = tmp_path / "marian"
    shutil.copytree(folders["marian"], retrained)
    weights = retrained / "model.safetensors"
    os.utime(weights, ns=(1, 1))
    assert translator(retrained).identity == marian.identity  # the files are the same
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(content)
    os.utime(weights, ns=(1, 1))
    assert translator(retrained).identity != marian.identity


def test_a_folder_that_is_exchanged_after_it_was_named_is_not_loaded(folders, tmp_path) -> None:
    folder = tmp_path / "marian"
    shutil.copytree(folders["marian"], folder)
    engine = translator(folder)
    assert engine.identity
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"?")
    with pytest.raises(EngineError, match="exchanged since the start") as caught:
        translated(engine, ["Депо."])
    assert "run the command again" in caught.value.hint


def test_a_branch_of_the_hub_is_loaded_at_the_commit_that_it_was_named_by(
    folders, tmp_path, monkeypatch
) -> None:
    hub_cache = tmp_path / "hub"
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(hub_cache))
    monkeypatch.setattr("huggingface_hub.file_download.HF_HUB_CACHE", str(hub_cache), raising=False)
    monkeypatch.setattr(
        "transformers.utils.hub.constants.HF_HUB_CACHE", str(hub_cache), raising=False
    )
    repository = hub_cache / "models--owner--marian"
    (repository / "refs").mkdir(parents=True)
    for commit in ("a" * 40, "b" * 40):
        shutil.copytree(folders["marian"], repository / "snapshots" / commit)
    damaged = repository / "snapshots" / ("b" * 40) / "model.safetensors"
    damaged.write_bytes(b"")
    (repository / "refs" / "main").write_text("a" * 40)
    engine = translator("owner/marian")
    assert engine.identity == f"owner/marian@{'a' * 40} float32"
    (repository / "refs" / "main").write_text("b" * 40)  # the branch moves, the engine does not
    assert translated(engine, ["Депо закрыли."])
    assert translator("owner/marian").identity == f"owner/marian@{'b' * 40} float32"


def test_models_that_cannot_be_loaded_say_what_to_do(folders, tmp_path) -> None:
    def error(name: str) -> EngineError:
        with pytest.raises(EngineError) as caught:
            translated(Seq2SeqTranslator(name, device="cpu", dtype="float32"), ["Депо."])
        return caught.value

    assert "no such folder" in str(error(str(tmp_path / "nowhere")))
    assert "no such folder" in str(error("path:nowhere-at-all"))
    offline = error("Helsinki-NLP/opus-mt-xx-yy")
    assert "Helsinki-NLP/opus-mt-xx-yy@main" in str(offline)
    assert "HF_HUB_OFFLINE" in offline.hint
    empty = tmp_path / "empty"
    empty.mkdir()
    assert "config.json" in error(str(empty)).hint


def test_a_missing_protobuf_is_named(folders, tmp_path, monkeypatch) -> None:
    # transformers needs it to read a bare SentencePiece vocabulary, and then asks for tiktoken.
    folder = tmp_path / "mt5"
    shutil.copytree(folders["mt5"], folder)
    (folder / "tokenizer.json").unlink()
    shutil.copy(folders["marian"] / "source.spm", folder / "spiece.model")
    for module in ("google", "google.protobuf", "sentencepiece.sentencepiece_model_pb2"):
        monkeypatch.setitem(sys.modules, module, None)
    # Whoever has read a vocabulary before, in another test, has left it there.
    monkeypatch.delattr("sentencepiece.sentencepiece_model_pb2", raising=False)
    reader = import_module("transformers.convert_slow_tokenizer")  # a function has that name, too
    monkeypatch.setattr(reader, "is_protobuf_available", lambda: False)
    monkeypatch.setattr(hub, "_has_protobuf", lambda: False)
    with pytest.raises(EngineError, match="cannot be loaded") as caught:
        summarised(summariser(folder), ["The tram waited."])
    assert "protobuf" in caught.value.hint


def test_only_safetensors_are_read(folders, tmp_path) -> None:
    pickled = tmp_path / "pickled"
    shutil.copytree(folders["marian"], pickled)
    (pickled / "model.safetensors").rename(pickled / "pytorch_model.bin")
    with pytest.raises(EngineError, match="cannot be loaded") as caught:
        translated(translator(pickled), ["Депо."])
    assert "model.safetensors" in caught.value.hint


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("marian", "config.json"), ("marian", "model.safetensors"), ("marian", "source.spm"),
        ("marian", "vocab.json"),
        ("nllb", "tokenizer.json"), ("nllb", "config.json"),
    ],
)  # fmt: skip
def test_damaged_files_are_refused(folders, tmp_path, kind, name) -> None:
    damaged = tmp_path / "damaged"
    shutil.copytree(folders[kind], damaged)
    content = (damaged / name).read_bytes()
    numbers = [b'{"d_model": 0, "model_type": "marian"}', b"[" * 100_000, b"[1]", b"null"]
    for bad in (content[: len(content) // 2], b"", b"\xff\xfe" * 9, *numbers):
        (damaged / name).write_bytes(bad)
        with pytest.raises(EngineError, match=r"damaged@\w+: cannot be loaded") as caught:
            translated(translator(damaged), ["Депо."])
        assert str(damaged) in caught.value.hint
