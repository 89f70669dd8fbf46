"""Beam search gives what transformers' own gives, whatever the batch."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from tiny_decoders import END, own, tiny_decoder

from models.decoding.batch import Prompt
from models.decoding.beam import BeamDecoder
from models.decoding.greedy import Decoder
from models.decoding.repetition import repetition_start

BEAMS = 4


@pytest.fixture(scope="module", params=["qwen2", "gemma3"])
def model(request: pytest.FixtureRequest) -> Any:
    return tiny_decoder(request.param)


def prompt(ids: list[int], *, length: int = 12) -> Prompt:
    return Prompt(ids=ids, max_new_tokens=length, stop_ids=frozenset({END}))


PROMPTS = [
    prompt([5, 9, 11, 40, 41, 42, 43]),
    prompt([5, 9, 11, 50]),
    prompt([5, 9, 11, 60, 61, 62, 63, 64, 65, 66, 67, 68], length=20),
    prompt([5, 9, 11, 70, 71], length=3),
    prompt([5, 9, 11, 80], length=17),
    prompt([5, 9, 11, 33, 34, 35], length=25),
]


def beams(model: Any, **options: Any) -> BeamDecoder:
    settings = {"num_beams": BEAMS, "pad_id": 0, "max_batch_tokens": 4096, "max_batch_size": 64}
    return BeamDecoder(own(model), **(settings | options))


def by_transformers(model: Any, item: Prompt, *, num_beams: int = BEAMS) -> tuple[int, ...]:
    output = model.generate(
        torch.tensor([item.ids]),
        attention_mask=torch.ones(1, len(item.ids), dtype=torch.long),
        max_new_tokens=item.max_new_tokens,
        min_new_tokens=1,
        num_beams=num_beams,
        do_sample=False,
        eos_token_id=END,
        pad_token_id=0,
    )
    new = output[0, len(item.ids) :].tolist()
    return tuple(new[: new.index(END)] if END in new else new)


@pytest.mark.parametrize("max_batch_size", [BEAMS, 2 * BEAMS, 64])
def test_finds_what_transformers_finds_in_any_batch(model: Any, max_batch_size: int) -> None:
    found = dict(beams(model, max_batch_size=max_batch_size).run(PROMPTS))
    assert sorted(found) == list(range(len(PROMPTS)))
    expected = [by_transformers(model, item) for item in PROMPTS]
    assert [found[i].ids for i in range(len(PROMPTS))] == expected
    greedy = [by_transformers(model, item, num_beams=1) for item in PROMPTS]
    assert expected != greedy  # else it would show nothing about beams


def test_some_end_by_themselves_and_some_at_the_cap(model: Any) -> None:
    items = [prompt([5, 9, n], length=30) for n in range(10, 90, 5)]
    found = dict(beams(model).run(items))
    assert "stop" in {c.finish for c in found.values()}
    compared = 0
    for index, item in enumerate(items):
        assert len(found[index].ids) <= 30
        expected = by_transformers(model, item)
        if found[index].finish == "loop" or repetition_start(expected) is not None:
            continue  # transformers goes on repeating itself, ours does not
        compared += 1
        assert found[index].ids == expected
    assert compared


def test_what_else_it_ended_with_is_what_transformers_returns_beside_the_best(model: Any) -> None:
    ends = list(range(2, 90, 4))  # so many that most beams end early
    compared = 0
    for start in range(10, 90, 5):
        item = Prompt(ids=[5, 9, start], max_new_tokens=30, stop_ids=frozenset(ends))
        ((_, found),) = beams(model).run([item])
        outputs = model.generate(
            torch.tensor([item.ids]),
            attention_mask=torch.ones(1, 3, dtype=torch.long),
            max_new_tokens=30, min_new_tokens=1, num_beams=BEAMS, num_return_sequences=BEAMS,
            do_sample=False, eos_token_id=ends, pad_token_id=0,
        )  # fmt: skip
        replies = [output[3:].tolist() for output in outputs]
        lengths = [next((i for i, n in enumerate(r) if n in ends), len(r)) for r in replies]
        expected = [tuple(r[:n]) for r, n in zip(replies, lengths, strict=True)]
        if found.finish == "stop" and max(lengths) < 30:
            compared += 1
            assert [found.ids, *found.alternatives] == expected
    assert compared


def test_texts_with_many_ends_keep_their_beams_beside_others(model: Any) -> None:
    ends = frozenset(
        range(2, 80, 2)
    )  # more of them among the likeliest tokens than there are beams
    items = [Prompt(ids=[5, 9, n], max_new_tokens=20, stop_ids=ends) for n in range(10, 90, 5)]
    together = dict(beams(model, num_beams=2).run(items))
    for index, item in enumerate(items):
        ((_, alone),) = beams(model, num_beams=2).run([item])
        assert together[index] == alone


def test_a_long_prompt_outgrows_a_sliding_window(model: Any) -> None:
    item = prompt([5 + n * 7 % 80 for n in range(70)], length=20)
    found = dict(beams(model).run([item, PROMPTS[0]]))
    assert found[0].ids == by_transformers(model, item)
    greedy_decoder = Decoder(own(model), pad_id=0, max_batch_tokens=4096, max_batch_size=4)
    greedy = dict(greedy_decoder.run([item]))
    if greedy[0].finish != "loop":
        assert greedy[0].ids == by_transformers(model, item, num_beams=1)


def test_a_token_budget_splits_the_work_and_loses_nothing(model: Any) -> None:
    assert dict(beams(model, max_batch_tokens=100).run(PROMPTS)) == dict(beams(model).run(PROMPTS))


def test_only_allowed_tokens_come_out(model: Any) -> None:
    allowed = torch.tensor([END, *range(10, 60, 5)])
    for _, continuation in beams(model, allowed=allowed).run(PROMPTS):
        assert set(continuation.ids) <= set(allowed.tolist())
        assert continuation.ids


def test_nothing_to_do_is_fine(model: Any) -> None:
    assert list(beams(model).run([])) == []


def test_one_beam_is_sent_elsewhere(model: Any) -> None:
    with pytest.raises(ValueError, match="greedy"):
        beams(model, num_beams=1)
