"""Encoder-decoder models on CTranslate2, beside the same models on torch."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import tiny_models
import torch
from tiny_engines import (
    GREEDY,
    RUSSIAN,
    SUMMARISERS,
    TRANSLATORS,
    summarised,
    summariser,
    translated,
    translator,
)

from models.engine import Decoding
from models.errors import EngineError
from models.seq2seq import ctranslate

pytestmark = pytest.mark.usefixtures("one_thread")
pytest.importorskip("ctranslate2")


@pytest.fixture(autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv("NIGHTDESK_CACHE", str(folder))
    return folder


@pytest.fixture
def in_float32(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compare arithmetic with arithmetic: in a random model bytes turn every near tie."""
    monkeypatch.setitem(ctranslate._FORMATS, "cpu", "float32")


@pytest.mark.usefixtures("in_float32")
@pytest.mark.parametrize("name", [*TRANSLATORS, "marian-many", "marian-loops"])
def test_translations_are_those_of_torch(folders, name) -> None:
    pair = ("en", "ru") if name == "marian-many" else ("ru", "en")
    texts = tiny_models.SENTENCES[::4] if name == "marian-many" else RUSSIAN
    engine = translator(folders[name], dtype="auto")
    found = translated(engine, texts, pair=pair)
    on_torch = translated(translator(folders[name]), texts, pair=pair)
    assert [(h.text, h.finish, h.tokens) for h in found] == [
        (h.text, h.finish, h.tokens) for h in on_torch
    ]
    assert f"ctranslate2 {ctranslate.version()} float32" in engine.identity


@pytest.mark.usefixtures("in_float32")
@pytest.mark.parametrize("name", SUMMARISERS)
def test_summaries_are_those_of_torch(folders, name) -> None:
    texts = tiny_models.SENTENCES[::4]
    found = summarised(summariser(folders[name], dtype="auto"), texts)
    on_torch = summarised(summariser(folders[name]), texts)
    assert [(h.text, h.finish) for h in found] == [(h.text, h.finish) for h in on_torch]


@pytest.mark.usefixtures("in_float32")
def test_beams_are_those_of_torch_where_nothing_is_blocked(folders, tmp_path) -> None:
    folder = tmp_path / "marian"
    shutil.copytree(folders["marian"], folder)
    _set(folder, no_repeat_ngram_size=0)
    beams = Decoding(num_beams=3, max_new_tokens=24)
    found = translated(translator(folder, dtype="auto"), RUSSIAN, decoding=beams)
    on_torch = translated(translator(folder), RUSSIAN, decoding=beams)
    assert [h.text for h in found] == [h.text for h in on_torch]


@pytest.mark.parametrize("name", TRANSLATORS)
def test_in_bytes_a_segment_is_translated_alike_alone_and_in_any_batch(folders, name) -> None:
    engine = translator(folders[name], dtype="auto")
    alone = [translated(engine, [text])[0] for text in RUSSIAN]
    assert translated(engine, RUSSIAN) == alone
    assert translated(engine, RUSSIAN[::-1]) == alone[::-1]
    assert alone[0].model == f"{name}@{engine.identity.split('@')[1]}"
    assert engine.identity.endswith(" int8")
    assert len({hypothesis.text for hypothesis in alone}) > 2


def test_a_model_is_converted_once_and_anew_where_it_is_damaged(
    folders, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    converted: list[Path] = []
    convert = ctranslate._convert

    def count(name: Any, folder: Path, *, form: str) -> None:
        converted.append(folder)
        convert(name, folder, form=form)

    monkeypatch.setattr(ctranslate, "_convert", count)
    first = translated(translator(folders["marian"], dtype="auto"), RUSSIAN)
    assert translated(translator(folders["marian"], dtype="auto"), RUSSIAN) == first
    assert len(converted) == 1
    (weights,) = cache.glob("converted/*/model.bin")
    data = bytearray(weights.read_bytes())
    data[len(data) // 2] ^= 1
    weights.write_bytes(data)
    assert translated(translator(folders["marian"], dtype="auto"), RUSSIAN) == first
    assert len(converted) == 2
    assert [path.name for path in cache.glob("converted/*") if path.is_dir()] == [
        weights.parent.name
    ]


def test_a_number_format_of_torch_means_torch(folders) -> None:
    assert translator(folders["marian"]).identity.endswith(" float32")


@pytest.mark.parametrize("name", ["encoder_no_repeat_ngram_size", "begin_suppress_tokens"])
def test_a_model_that_asks_for_more_than_ctranslate2_does_stays_on_torch(
    folders, tmp_path, name
) -> None:
    folder = tmp_path / "marian"
    shutil.copytree(folders["marian"], folder)
    _set(folder, **{name: 2 if name.endswith("size") else [3]})
    assert "ctranslate2" not in translator(folder, dtype="auto").identity


def test_weights_that_are_no_safetensors_are_not_converted(folders, tmp_path) -> None:
    folder = tmp_path / "marian"
    shutil.copytree(folders["marian"], folder)
    (folder / "model.safetensors").unlink()
    torch.save({}, folder / "pytorch_model.bin")
    with pytest.raises(EngineError, match=r"safetensors"):
        translated(translator(folder, dtype="auto"), RUSSIAN, decoding=GREEDY)


def _set(folder: Path, **settings: Any) -> None:
    path = folder / "generation_config.json"
    known = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(known | settings), encoding="utf-8")
