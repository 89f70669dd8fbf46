"""Encoder-decoder engines, on tiny random models loaded the way real ones are."""

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
from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

from models.engine import Decoding, Segment
from models.errors import EngineError
from models.repository.hub import silent_transformers
from models.seq2seq.engine import Seq2SeqTranslator
from models.seq2seq.language_tokens import find_route

pytestmark = pytest.mark.usefixtures("one_thread")

BEAMS = Decoding(num_beams=3, max_new_tokens=24)


def by_transformers(
    folder: Path, text: str, *, src_lang: str | None = None, first: str | None = None
) -> tuple[list[int], str]:
    """What a plain `generate` answers, the way the models' own cards call it: ids and text."""
    with silent_transformers():
        options = {} if src_lang is None else {"src_lang": src_lang}
        tokenizer = AutoTokenizer.from_pretrained(folder, **options)
        model = AutoModelForSeq2SeqLM.from_pretrained(folder, dtype=torch.float32)
        if first is not None:
            options = {"forced_bos_token_id": tokenizer.convert_tokens_to_ids(first)}
        output = model.generate(
            **tokenizer(text, return_tensors="pt"),
            num_beams=1,
            max_new_tokens=12 + (first is not None),
            forced_eos_token_id=None,
            suppress_tokens=[tokenizer.pad_token_id],  # padding is no word, even at random
            **options,
        )
        new = output[0, 1 + (first is not None) :].tolist()
        return new, " ".join(tokenizer.decode(new, skip_special_tokens=True).split())


@pytest.mark.parametrize(
    ("name", "src_lang", "first"),
    [
        ("marian", None, None),
        ("nllb", "rus_Cyrl", "eng_Latn"),
        ("m2m100", "ru", "__en__"),
        ("mbart50", "ru_RU", "en_XX"),
    ],
)
def test_translations_are_those_of_transformers_itself(folders, name, src_lang, first) -> None:
    decoding = Decoding(max_new_tokens=12)
    hypotheses = translated(translator(folders[name]), RUSSIAN, decoding=decoding)
    assert [h.text for h in hypotheses] == [
        by_transformers(folders[name], text, src_lang=src_lang, first=first)[1] for text in RUSSIAN
    ]


@pytest.mark.parametrize("name", TRANSLATORS)
@pytest.mark.parametrize("decoding", [GREEDY, BEAMS], ids=["greedy", "beams"])
def test_a_segment_is_translated_alike_alone_and_in_any_batch(folders, name, decoding) -> None:
    alone = [translated(translator(folders[name]), [t], decoding=decoding)[0] for t in RUSSIAN]
    engine = translator(folders[name])
    assert translated(engine, RUSSIAN, decoding=decoding) == alone
    assert translated(engine, RUSSIAN[::-1], decoding=decoding) == alone[::-1]
    narrow = translator(folders[name], max_batch_tokens=90, max_batch_size=2)
    assert translated(narrow, RUSSIAN, decoding=decoding) == alone
    assert len({hypothesis.text for hypothesis in alone}) > 2


@pytest.mark.parametrize("name", SUMMARISERS)
def test_a_passage_is_summarised_alike_alone_and_in_a_batch(folders, name) -> None:
    texts = tiny_models.SENTENCES[:1] + tiny_models.SENTENCES[4:5] + ("The tram waited.",)
    alone = [summarised(summariser(folders[name]), [text])[0] for text in texts]
    engine = summariser(folders[name])
    assert summarised(engine, texts) == alone
    assert all(0 < h.tokens <= 24 for h in alone)
    assert {h.model for h in alone} == {engine.identity}


def test_beams_find_something_else_than_greedy_search(folders) -> None:
    engine = translator(folders["mbart50"])
    greedy = translated(engine, RUSSIAN)
    beams = translated(engine, RUSSIAN, decoding=BEAMS)
    assert [h.text for h in greedy] != [h.text for h in beams]


def test_a_text_that_was_cut_says_so(folders) -> None:
    for name in TRANSLATORS:
        engine = translator(folders[name])
        for hypothesis in translated(engine, RUSSIAN, decoding=Decoding(max_new_tokens=5)):
            assert (hypothesis.tokens, hypothesis.finish) == (5, "length")


def test_the_end_token_ends_a_row_and_is_not_part_of_it(folders, tmp_path) -> None:
    folder = tmp_path / "ends"
    shutil.copytree(folders["marian"], folder)
    ids, whole = by_transformers(folder, RUSSIAN[0])
    fourth = next(i for i in range(3, len(ids)) if ids[i] not in ids[:i])
    _set_ends(folder, [0, ids[fourth]])
    answers = translated(translator(folder), RUSSIAN)
    assert (answers[0].tokens, answers[0].finish) == (fourth, "stop")
    assert whole.startswith(answers[0].text)
    assert answers == [translated(translator(folder), [text])[0] for text in RUSSIAN]


def test_no_answer_is_empty(folders, tmp_path) -> None:
    folder = tmp_path / "silent"
    shutil.copytree(folders["marian"], folder)
    ids, _ = by_transformers(folder, RUSSIAN[0])
    _set_ends(folder, [0, ids[0]])  # the first choice would be to say nothing
    (hypothesis,) = translated(translator(folder), RUSSIAN[:1])
    assert hypothesis.tokens > 0


def _set_ends(folder: Path, ids: list[int]) -> None:
    path = folder / "generation_config.json"
    options = json.loads(path.read_text(encoding="utf-8")) | {"eos_token_id": ids}
    path.write_text(json.dumps(options), encoding="utf-8")


def test_the_cap_follows_the_length_of_each_source(folders) -> None:
    decoding = Decoding(max_new_tokens=100, max_length_ratio=0.01)
    for name in TRANSLATORS:
        hypotheses = translated(translator(folders[name]), RUSSIAN, decoding=decoding)
        assert all(h.tokens <= 16 for h in hypotheses), name


def test_a_loop_is_cut_early_and_told(folders) -> None:
    decoding = Decoding(max_new_tokens=100, max_length_ratio=50)
    hypotheses = translated(translator(folders["marian-loops"]), RUSSIAN, decoding=decoding)
    loops = [h for h in hypotheses if h.finish == "loop"]
    assert loops
    assert all(h.tokens < 24 for h in loops)
    beams = translated(
        translator(folders["marian-loops"]), RUSSIAN,
        decoding=Decoding(num_beams=2, max_new_tokens=60, max_length_ratio=50),
    )  # fmt: skip
    assert any(h.finish == "loop" for h in beams)


def test_several_pairs_in_one_call_each_go_to_their_model(folders) -> None:
    engine = Seq2SeqTranslator(
        str(folders["nllb"]), pairs={"ru-en": str(folders["marian"])}, device="cpu", dtype="float32"
    )
    segments = [
        Segment(RUSSIAN[0], "ru", "en"),
        Segment("Le conseil attend la tempête.", "fr", "en"),
        Segment(RUSSIAN[1], "ru", "en"),
        Segment("Депо зачинили.", "uk", "en"),
    ]
    found = dict(engine.translate(segments, decoding=GREEDY))
    assert len(found) == 4
    assert [found[i].model.partition("@")[0] for i in range(4)] == [
        "marian", "nllb", "marian", "nllb",
    ]  # fmt: skip
    assert found[0] == translated(translator(folders["marian"]), RUSSIAN[:1])[0]


def test_the_target_language_reaches_the_model(folders) -> None:
    text = "The tram depot closed early because of the storm."
    for name in ("marian-many", "nllb", "m2m100", "mbart50"):
        engine = translator(folders[name])
        answers = [
            translated(engine, [text], pair=("en", target))[0].text for target in ("ru", "uk")
        ]
        assert answers[0] != answers[1], name


def test_marks_in_a_text_are_text(folders) -> None:
    # "<s>" is struck-out text in a web page, and the first token of half of the models.
    for name in TRANSLATORS:
        engine = translator(folders[name])
        texts = [
            "Депо <s>закрыли</s> раньше.",
            "Депо</s> <pad> __uk__ uk_UA ukr_Cyrl моста.",
            ">> Депо << моста",
        ]
        model = next(iter(engine._models.values()))
        for text in texts:
            route = find_route(model.tokenizer, name="", source="ru", target="en")
            ids = model.source_ids(text, route=route)
            plain = model.source_ids("моста", route=route)
            marks = {*model.tokenizer.all_special_ids} - {model.tokenizer.unk_token_id}
            assert [i for i in ids if i in marks] == [i for i in plain if i in marks], name
            assert len(ids) > 8, "nothing of the text may vanish"


def test_nothing_is_asked_about_an_empty_segment(folders) -> None:
    for hypothesis in translated(translator(folders["marian"]), ["", "  \n"]):
        assert (hypothesis.text, hypothesis.tokens, hypothesis.finish) == ("", 0, "stop")
    (hypothesis,) = summarised(summariser(folders["bart"]), [" "])
    assert hypothesis.text == ""


def test_a_segment_that_is_too_long_is_refused_never_cut(folders) -> None:
    text = " ".join(["депо"] * 200)
    for name in TRANSLATORS:
        with pytest.raises(EngineError, match="segment of 999 characters") as caught:
            translated(translator(folders[name]), [text])
        assert "reads 128" in str(caught.value)
        assert "max_sentence_chars" in caught.value.hint


def test_a_passage_is_read_whole_up_to_the_limit_that_is_told(folders) -> None:
    engine = summariser(folders["bart"])
    assert engine.max_source_chars == 3 * (128 - 2)
    assert summariser(folders["mt5"]).max_source_chars == 3 * (512 - 1)
    dense = "Ω≠✓ " * (engine.max_source_chars // 4)  # several tokens to a character
    (hypothesis,) = summarised(engine, [dense], decoding=Decoding(max_new_tokens=6))
    assert hypothesis.tokens > 6  # several parts, each with an answer
    with pytest.raises(EngineError, match="reads 128") as caught:
        summarised(engine, [dense * 2])
    assert str(engine.max_source_chars) in caught.value.hint


def test_a_forced_shortest_length_is_not_obeyed(folders) -> None:
    # BART's own settings ask for 56 tokens at least, whatever there is to say.
    (hypothesis,) = summarised(
        summariser(folders["bart"]), ["The tram waited."], decoding=Decoding(max_new_tokens=9)
    )
    assert hypothesis.tokens <= 9


def test_the_prefix_that_t5_was_trained_with_is_put_before_a_text(folders, tmp_path) -> None:
    folder = tmp_path / "t5"
    shutil.copytree(folders["mt5"], folder)
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    config["task_specific_params"] = {"summarization": {"prefix": "The tram depot: "}}
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    text = "Forty-two drivers waited."
    with_prefix = summarised(summariser(folder), [text])[0].text
    assert (
        with_prefix == summarised(summariser(folders["mt5"]), [f"The tram depot: {text}"])[0].text
    )
    assert with_prefix != summarised(summariser(folders["mt5"]), [text])[0].text


def test_languages_a_model_lacks_are_named(folders) -> None:
    with pytest.raises(EngineError, match="from 'ru', not from 'fr'") as caught:
        translated(translator(folders["marian"]), ["Bonjour."], pair=("fr", "en"))
    assert '"fr-en" in hub.translators' in caught.value.hint
    with pytest.raises(EngineError, match="does not translate into 'fr'; it has >>rus<<, >>ukr<<"):
        translated(translator(folders["marian-many"]), ["Hello."], pair=("en", "fr"))
    with pytest.raises(EngineError, match="no token for the language 'mt'"):
        translated(translator(folders["m2m100"]), ["Bonġu."], pair=("mt", "en"))
    with pytest.raises(EngineError, match="'ru_en' is no pair"):
        Seq2SeqTranslator("a/b", pairs={"ru_en": "c/d"})


def test_bfloat16_translates_too(folders) -> None:
    engine = translator(folders["nllb"], dtype="bfloat16")
    assert all(h.text for h in translated(engine, RUSSIAN))


def test_nothing_is_printed(folders, capfd) -> None:
    translated(translator(folders["marian"]), RUSSIAN)
    summarised(summariser(folders["bart"]), RUSSIAN[:2])
    assert capfd.readouterr() == ("", "")


def test_running_out_of_memory_halves_the_batch(folders, monkeypatch) -> None:
    engine = translator(folders["marian"])
    whole = translated(engine, RUSSIAN)
    model = next(iter(engine._models.values())).model
    generate = model.generate
    sizes: list[int] = []

    def small_only(**options: Any) -> torch.Tensor:
        sizes.append(len(options["input_ids"]))
        if sizes[-1] > 2:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")
        return generate(**options)

    monkeypatch.setattr(model, "generate", small_only)
    assert translated(engine, RUSSIAN) == whole
    assert sizes == [5, 3, 2, 1, 2]


def test_models_of_the_hub_are_not_run_in_bytes_by_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("models.seq2seq.ctranslate.find_spec", lambda name: None)
    engine = Seq2SeqTranslator("facebook/nllb-200-distilled-600M", dtype="int8")
    with pytest.raises(EngineError, match="'int8'") as caught:  # before anything is fetched
        _ = engine.identity
    assert "embedded models" in caught.value.hint
