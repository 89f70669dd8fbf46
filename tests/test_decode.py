"""The decoding loop gives what transformers' own greedy search gives, whatever the batch."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import tiny_decoders
import torch
from hypothesis import given
from hypothesis import strategies as st
from tiny_decoders import END, own, tiny_decoder
from transformers import Qwen2Config, Qwen2ForCausalLM

from models.decoding.batch import Continuation, Prompt
from models.decoding.greedy import MIN_PROBABILITY, Decoder
from models.decoding.repetition import repetition_start

# Wide layers, so that greedy choices are far apart.
SIZES = tiny_decoders.SIZES | {"num_key_value_heads": 2, "initializer_range": 0.6}


@pytest.fixture(scope="module", params=["qwen2", "gemma3"])
def model(request: pytest.FixtureRequest) -> Any:
    torch.manual_seed(7)
    if request.param == "qwen2":
        return Qwen2ForCausalLM(Qwen2Config(**SIZES)).eval()
    return tiny_decoder("gemma3")


def prompt(ids: list[int], *, length: int = 12) -> Prompt:
    return Prompt(ids=ids, max_new_tokens=length, stop_ids=frozenset({END}))


def decoder(model: Any, **options: Any) -> Decoder:
    settings = {"pad_id": 0, "max_batch_tokens": 4096, "max_batch_size": 8} | options
    return Decoder(own(model), **settings)


def by_transformers(model: Any, item: Prompt) -> tuple[int, ...]:
    output = model.generate(
        torch.tensor([item.ids]),
        attention_mask=torch.ones(1, len(item.ids), dtype=torch.long),
        max_new_tokens=item.max_new_tokens,
        min_new_tokens=2,  # one token, and not the end: an empty reply is never chosen
        do_sample=False,
        eos_token_id=END,
        pad_token_id=0,
    )
    new = output[0, len(item.ids) :].tolist()
    return tuple(new[: new.index(END)] if END in new else new)


PROMPTS = [
    prompt([5, 9, 11, 40, 41, 42, 43]),
    prompt([5, 9, 11, 50]),
    prompt([5, 9, 11, 60, 61, 62, 63, 64, 65, 66, 67, 68], length=20),
    prompt([5, 9, 11, 70, 71], length=3),
    prompt([5, 9, 11, 80], length=17),
]


@pytest.mark.parametrize("max_batch_size", [1, 2, 8])
def test_continues_like_transformers_in_any_batch(model: Any, max_batch_size: int) -> None:
    found = dict(decoder(model, max_batch_size=max_batch_size).run(PROMPTS))
    assert sorted(found) == list(range(len(PROMPTS)))
    for index, item in enumerate(PROMPTS):
        if found[index].finish == "loop":
            continue  # transformers would go on repeating itself
        assert found[index].ids == by_transformers(model, item)


def test_prompts_without_a_shared_beginning(model: Any) -> None:
    prompts = [prompt([7, 8, 9]), prompt([17, 18, 19, 20, 21])]
    found = dict(decoder(model).run(prompts))
    for index, item in enumerate(prompts):
        assert found[index].ids == by_transformers(model, item)


def test_equal_prompts_get_equal_answers(model: Any) -> None:
    found = dict(decoder(model, max_batch_size=3).run([PROMPTS[0]] * 7))
    assert len(found) == 7
    assert len(set(found.values())) == 1


def test_a_token_budget_splits_the_work_and_loses_nothing(model: Any) -> None:
    found = dict(decoder(model, max_batch_tokens=40).run(PROMPTS))
    whole = dict(decoder(model).run(PROMPTS))
    assert found == whole


def test_only_allowed_tokens_come_out(model: Any) -> None:
    allowed = torch.tensor([END, 10, 20, 30, 40, 50])
    for _, continuation in decoder(model, allowed=allowed).run(PROMPTS):
        assert set(continuation.ids) <= set(allowed.tolist())


def test_the_length_cap_is_kept(model: Any) -> None:
    found = dict(decoder(model).run([prompt([5, 6], length=1), prompt([8, 9], length=4)]))
    assert len(found[0].ids) == 1
    assert len(found[1].ids) <= 4


def test_a_stop_token_is_never_the_first(model: Any) -> None:
    everything_stops = Prompt(ids=[5, 6], max_new_tokens=4, stop_ids=frozenset(range(1, 97)))
    ((_, continuation),) = decoder(model).run([everything_stops])
    assert continuation == Continuation(ids=(0,), finish="stop")


def test_nothing_to_do_is_fine(model: Any) -> None:
    assert list(decoder(model).run([])) == []


def test_a_loop_is_found_where_its_second_copy_begins() -> None:
    assert repetition_start([1, 2, 3] + [7, 8] * 10) == 5
    assert repetition_start([1, 2, 3] + [9] * 20) == 4


def test_a_short_repetition_is_no_loop() -> None:
    assert repetition_start([1, 2, 3, 7, 8, 7, 8, 7, 8]) is None
    assert repetition_start([]) is None


@given(st.lists(st.integers(0, 3), max_size=80))
def test_what_stands_before_a_loop_is_kept(ids: list[int]) -> None:
    start = repetition_start(ids)
    if start is not None:
        assert 0 < start < len(ids)
        repeated = len(ids) - start
        assert any(
            ids[start:] == (ids[start - period : start] * repeated)[:repeated]
            for period in range(1, start + 1)
        )


def sampled(seed: int, *, temperature: float = 1.0) -> Prompt:
    return replace(PROMPTS[0], temperature=temperature, seed=seed)


def test_a_sample_depends_on_its_seed_and_not_on_its_batch(model: Any) -> None:
    alone = [next(decoder(model).run([sampled(seed)]))[1] for seed in range(12)]
    together = dict(decoder(model, max_batch_size=5).run([sampled(s) for s in range(12)]))
    assert [together[seed] for seed in range(12)] == alone
    assert len(set(alone)) > 3


def test_samples_of_one_prompt_are_prefilled_once(model: Any) -> None:
    rows: list[int] = []
    ours = own(model)
    ours.get_decoder().register_forward_hook(lambda *call: rows.append(len(call[-1])))
    settings = {"pad_id": 0, "max_batch_tokens": 4096, "max_batch_size": 8}
    list(Decoder(ours, **settings).run([sampled(seed) for seed in range(6)]))
    assert rows[:3] == [1, 1, 6]  # what all share, the rest of the prompt, the first step


def test_greedy_rows_beside_samples_stay_greedy(model: Any) -> None:
    found = dict(decoder(model).run([PROMPTS[0], sampled(1), PROMPTS[1]]))
    assert found[0].ids == by_transformers(model, PROMPTS[0])
    assert found[2].ids == by_transformers(model, PROMPTS[1])


def test_only_likely_tokens_are_sampled(model: Any) -> None:
    item = sampled(3, temperature=2.0)
    for seed in range(8):
        ((_, found),) = decoder(model).run([replace(item, seed=seed)])
        ids = torch.tensor([[*item.ids, *found.ids]])
        with torch.inference_mode():
            output = model(ids)
        logits = output.logits[0, len(item.ids) - 1 : -1].clone() / item.temperature
        logits[0, END] = float("-inf")  # an empty reply is never chosen
        chances = logits.softmax(dim=-1)
        for step, token in enumerate(found.ids):
            likeliest = float(chances[step].max())
            assert float(chances[step, token]) >= min(MIN_PROBABILITY, likeliest) - 1e-3


def test_a_cold_sample_is_nearly_greedy(model: Any) -> None:
    ((_, found),) = decoder(model).run([sampled(5, temperature=1e-4)])
    assert found.ids == by_transformers(model, PROMPTS[0])
