"""Copying from a source has a price, and nothing else has."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import torch
from tiny_decoders import END, own, tiny_decoder
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast

from models.chat.causal import ChatModel
from models.chat.summariser import CausalSummariser
from models.decoding.batch import Prompt
from models.decoding.copying import Price, Runs, Source, source_of
from models.decoding.greedy import Decoder

PRICE = Price(free=3, per_token=0.5, most=1.2)
TEXT = (
    "The town council of Havn voted on 3 March to close the old bridge, mayor Ida van Holm said."
    ' "We will build a new one by next spring," she told 40 people of the Bank of Havn.'
)


@cache
def tokenizer() -> Any:
    """Return a byte-level tokenizer that has every word of the text as one token."""
    bare = Tokenizer(models.BPE())
    bare.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bare.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=600, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False
    )
    bare.train_from_iterator([TEXT] * 3, trainer)
    return PreTrainedTokenizerFast(tokenizer_object=bare)


def ids(text: str) -> list[int]:
    found: list[int] = tokenizer()(text)["input_ids"]
    return found


def charged(reply: str, *, price: Price = PRICE, text: str = TEXT) -> dict[str, float]:
    """Return the price of each whole word behind a reply, by its letters."""
    found = Runs(source_of(text, tokenizer(), price=price)).prices(ids(reply))
    words = {" " + word for word in re.findall(r"\w+", text)}
    said = {tokenizer().decode([token]): cost for token, cost in found.items()}
    return {word: cost for word, cost in said.items() if word in words}


def test_a_longer_copy_costs_more_up_to_a_bound() -> None:
    assert charged("The town") == {}  # two tokens are free
    assert charged("He said the town council") == {}  # "the" is not "The": a run of two
    assert charged(" council of Havn") == {" voted": 0.5}
    assert charged("The town council of Havn") == {" voted": 1.2}
    assert charged("The town council of Havn", price=Price(3, 0.25, 9)) == {" voted": 0.75}
    assert charged("The town council of Rome") == {}


def test_the_run_begins_anew_behind_another_word() -> None:
    assert charged("The town council of Havn then voted") == {}
    assert charged("The town council of Havn then close the old") == {" bridge": 0.5}


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        (" council of Havn voted on", "a figure"),
        (" Havn voted on 3", "a month, and the word behind a figure"),
        (" close the old bridge", "a mark ends the clause"),
        (" bridge, mayor Ida", "a little word within a name"),
        (" mayor Ida van", "a name"),
        (" told 40", "a unit"),
        (' said. "We will build', "a quotation"),
        (" she told 40 people of the Bank", "a little word within a name"),
    ],
)
def test_what_must_be_copied_costs_nothing(reply: str, why: str) -> None:
    assert charged(reply) == {}, why


def test_a_word_costs_the_same_in_other_tokens() -> None:
    vocabulary = tokenizer().get_vocab()
    found = Runs(source_of(TEXT, tokenizer(), price=PRICE)).prices(ids(" council of Havn"))
    spelt = {"Ġvoted"[:end] for end in range(4, 7)} | {"voted"}
    assert set(found) == {vocabulary[token] for token in spelt if token in vocabulary}
    assert len(found) > 1
    assert set(found.values()) == {0.5}


def test_a_quotation_ends() -> None:
    assert charged(' said. "We will build a new one by next spring," she') == {" told": 1.2}


def test_tokens_are_read_once_and_the_prices_are_the_same() -> None:
    whole = ids(TEXT)
    source = source_of(TEXT, tokenizer(), price=PRICE)
    step_by_step = Runs(source)
    for length in range(len(whole)):
        assert step_by_step.prices(whole[:length]) == Runs(source).prices(whole[:length])


def test_other_vocabularies_have_no_price() -> None:
    class Pieces:
        """A tokenizer whose tokens are no bytes."""

        def __call__(self, text: str, **options: object) -> dict[str, list[int]]:
            return {"input_ids": list(range(len(text.split())))}

        def convert_ids_to_tokens(self, found: list[int]) -> list[str]:
            return ["▁word"] * len(found)

        def get_vocab(self) -> dict[str, int]:
            return {"▁word": 0}

    source = source_of("a b c d e f g h", Pieces(), price=PRICE)
    assert Runs(source).prices([0, 1, 2, 3, 4]) == {}


def _prompts(source: Source | None) -> Iterator[Prompt]:
    for begin in ([5, 9, 11], [5, 9, 12, 13], [5, 60, 61]):
        yield Prompt(begin, max_new_tokens=14, stop_ids=frozenset({END}), source=source)


def _copied(found: tuple[int, ...]) -> Source:
    """Return the tokens of a reply as a source that may not be copied any further."""
    places = {token: [i for i, t in enumerate(found) if t == token] for token in found}
    return Source(found, places, [(token,) for token in found], {}, Price(3, 1e6, 1e6))


def test_a_priced_row_leaves_its_source_and_the_others_stay() -> None:
    model = own(tiny_decoder("qwen2"))
    decoder = Decoder(model, pad_id=0, max_batch_tokens=4096, max_batch_size=8)
    plain = dict(decoder.run(list(_prompts(None))))
    long = max(plain, key=lambda i: len(set(plain[i].ids)))
    source = _copied(plain[long].ids)
    prompts = list(_prompts(None))
    prompts[long] = replace(prompts[long], source=source)
    mixed = dict(decoder.run(prompts))
    assert mixed[long].ids[:3] == plain[long].ids[:3]
    assert mixed[long].ids[3] != plain[long].ids[3]
    assert all(mixed[i] == plain[i] for i in plain if i != long)
    alone = dict(decoder.run([prompts[long]]))
    assert alone[0] == mixed[long]


def test_prices_find_their_columns_among_allowed_tokens() -> None:
    model = own(tiny_decoder("qwen2"))
    allowed = torch.arange(3, 97, 2)
    decoder = Decoder(model, pad_id=0, max_batch_tokens=4096, max_batch_size=8, allowed=allowed)
    (plain,) = dict(decoder.run([next(_prompts(None))])).values()
    (priced,) = dict(decoder.run([next(_prompts(_copied(plain.ids)))])).values()
    assert priced.ids[:3] == plain.ids[:3]
    assert priced.ids[3] != plain.ids[3]
    assert set(priced.ids) <= set(allowed.tolist())


def test_remembered_summaries_depend_on_the_price() -> None:
    chat = ChatModel(lambda: Path("nowhere"), identity="tiny")
    prices = ({}, {"en": PRICE}, {"en": replace(PRICE, free=4)}, {"fr": PRICE})
    identities = [CausalSummariser(chat, copying=found).identity for found in prices]
    assert len(set(identities)) == len(prices)
    assert identities[1].endswith("en 3/0.5/1.2")
