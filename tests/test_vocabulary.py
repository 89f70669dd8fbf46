"""Tokens of another script cannot be chosen."""

from __future__ import annotations

from typing import Any

import pytest
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast

from models.decoding.allowed_tokens import allowed_ids, newline_ids

TEXTS = [
    "The mayor said that the bridge was closed, and that it's 30 % over budget.",
    "Le maire a déclaré que le pont était fermé – « c'est trop cher », coûte 5 €.",
    "Мэр заявил, что мост закрыт: это слишком дорого.",
    "Мер заявив, що міст зачинено: це занадто дорого.",
    "市长说大桥已经关闭。",
    "Line one\n\nLine two\n",
]


@pytest.fixture(scope="module")
def tokenizer() -> Any:
    model = Tokenizer(models.BPE())
    model.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    model.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=700,
        special_tokens=["<|end|>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
    )
    model.train_from_iterator(TEXTS * 20, trainer)
    return PreTrainedTokenizerFast(tokenizer_object=model, eos_token="<|end|>")


def spelled_with(tokenizer: Any, text: str, language: str) -> bool:
    allowed = allowed_ids(tokenizer, language=language)
    assert allowed is not None
    return set(tokenizer(text)["input_ids"]) <= set(allowed)


@pytest.mark.parametrize("language", ["en", "fr", "ru", "uk"])
def test_every_language_may_use_latin_letters_marks_and_signs(
    tokenizer: Any, language: str
) -> None:
    assert spelled_with(tokenizer, TEXTS[0], language)
    assert spelled_with(tokenizer, TEXTS[1], language)
    assert spelled_with(tokenizer, "№ 5 — 30 € “ok” 👍 Łódź", language)


@pytest.mark.parametrize(("language", "may"), [("en", False), ("fr", False), ("ru", True)])
def test_cyrillic_is_for_cyrillic_languages(tokenizer: Any, language: str, may: bool) -> None:
    assert spelled_with(tokenizer, TEXTS[2], language) is may
    assert spelled_with(tokenizer, TEXTS[3], language) is may


@pytest.mark.parametrize("language", ["en", "fr", "ru", "uk"])
def test_chinese_is_for_none(tokenizer: Any, language: str) -> None:
    assert not spelled_with(tokenizer, TEXTS[4], language)


def test_a_language_we_do_not_know_is_not_restricted(tokenizer: Any) -> None:
    assert allowed_ids(tokenizer, language="ja") is None


def test_special_tokens_come_only_when_asked_for(tokenizer: Any) -> None:
    end = tokenizer.eos_token_id
    assert end not in (allowed_ids(tokenizer, language="en") or [])
    assert end in (allowed_ids(tokenizer, language="en", extra=[end]) or [])


def test_newlines_are_found_inside_longer_tokens(tokenizer: Any) -> None:
    ids = newline_ids(tokenizer)
    assert all("\n" in tokenizer.decode([i]) for i in ids)
    assert set(tokenizer("a\nb")["input_ids"]) & ids
    assert newline_ids(tokenizer, count=2) < ids
