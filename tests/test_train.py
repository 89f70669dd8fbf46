"""What the training relies on: right gradients, right loss, a stream that can be resumed."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn
from torch.nn import functional

SCRIPTS = Path(__file__).resolve().parents[1] / "scripts" / "train"


@pytest.fixture(autouse=True)
def _importable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(SCRIPTS))
    for name in ("adapter", "data", "examples", "excluded", "export", "fused", "likeness", "train"):
        monkeypatch.delitem(sys.modules, name, raising=False)


def test_a_rate_by_steps_falls_to_zero_at_the_last() -> None:
    from train import Schedule

    schedule = Schedule(peak=1.0, started=0.0, stop_at=1e9, decay_share=0.5, steps=100)
    assert schedule.rate(49, now=1.0) == 1.0
    assert schedule.rate(75, now=1.0) == pytest.approx(0.5)
    assert schedule.rate(99, now=1.0) == pytest.approx(0.02)


def test_gradients_are_those_of_the_plain_formula() -> None:
    from adapter import adapt

    torch.manual_seed(1)
    model = nn.ModuleDict({"q_proj": nn.Linear(12, 7), "other": nn.Linear(12, 7)})
    model = model.to(torch.bfloat16)
    layer = adapt(model, rank=3, alpha=6.0)["q_proj"]
    assert isinstance(model["other"], nn.Linear)
    layer.b.data.normal_()
    layer.merge()
    x = torch.randn(2, 5, 12, dtype=torch.bfloat16, requires_grad=True)
    layer(x).float().square().sum().backward()

    a, b = layer.a.detach().requires_grad_(), layer.b.detach().requires_grad_()
    plain = x.detach().float().requires_grad_()
    exactly = plain @ (layer.weight.float() + 2.0 * b @ a).T + layer.bias.float()
    exactly.square().sum().backward()
    for mine, exact in ((x.grad, plain.grad), (layer.a.grad, a.grad), (layer.b.grad, b.grad)):
        error = (mine.float() - exact).norm() / exact.norm()
        assert error < 0.02  # bfloat16 has 8 bits


def test_the_loss_is_smoothed_cross_entropy() -> None:
    from train import SMOOTHING, SmoothedLoss

    torch.manual_seed(2)
    hidden, head = torch.randn(300, 8, requires_grad=True), torch.randn(40, 8)
    gold = torch.randint(0, 40, (300,))
    total, likelihood = SmoothedLoss.apply(hidden, head, gold)
    (total / len(gold)).backward()
    exact = hidden.detach().requires_grad_()
    loss = functional.cross_entropy(exact @ head.T, gold, label_smoothing=SMOOTHING)
    loss.backward()
    assert float(total.detach()) / len(gold) == pytest.approx(float(loss.detach()), rel=1e-5)
    plain = functional.cross_entropy(exact @ head.T, gold)
    assert float(likelihood) / len(gold) == pytest.approx(float(plain.detach()), rel=1e-5)
    assert torch.allclose(hidden.grad, exact.grad, atol=1e-6)


def test_the_rate_warms_up_stays_and_falls() -> None:
    from train import WARM_UP_STEPS, Schedule

    schedule = Schedule(peak=1.0, started=0.0, stop_at=100.0, decay_share=0.2)
    assert schedule.rate(0, now=1.0) == pytest.approx(1 / WARM_UP_STEPS)
    assert schedule.rate(500, now=79.0) == 1.0
    assert schedule.rate(500, now=90.0) == pytest.approx(0.5)
    assert schedule.rate(500, now=101.0) == 0.0


class Words:
    """A tokenizer of words, as far as the stream needs one."""

    eos_token_id = 1

    def __call__(self, text: str, **_: Any) -> dict[str, list[int]]:
        return {"input_ids": [10 + len(word) for word in text.split()]}


def pairs() -> dict[tuple[str, str], list[Any]]:
    from data import Pair

    def some(language: str, domain: str, count: int) -> list[Any]:
        return [
            Pair(language, domain, n, "mot " * (n % 23 + 1), "word " * (n % 19 + 1))
            for n in range(count)
        ]

    return {
        ("ru", "news"): some("ru", "news", 400), ("fr", "news"): some("fr", "news", 300),
        ("uk", "wmt22"): some("uk", "wmt22", 50),
    }  # fmt: skip


def test_a_resumed_stream_goes_on_where_it_was() -> None:
    from examples import CHUNK_BATCHES, Stream

    def first(count: int, *, start: int) -> list[Any]:
        stream = Stream(pairs(), Words(), batch_tokens=256, seed=3).batches(start=start)
        return [next(stream) for _ in range(count)]

    whole = first(CHUNK_BATCHES + 10, start=0)
    for start in (1, CHUNK_BATCHES - 1, CHUNK_BATCHES + 4):
        assert first(5, start=start) == whole[start : start + 5]
    assert whole[0] != whole[1]


def test_workers_share_the_chunks_of_a_stream() -> None:
    from examples import CHUNK_BATCHES, Stream

    def first(count: int, **which: int) -> list[Any]:
        stream = Stream(pairs(), Words(), batch_tokens=256, seed=3).batches(**which)
        return [next(stream) for _ in range(count)]

    whole = first(4 * CHUNK_BATCHES)
    for worker in (0, 1):
        found = first(2 * CHUNK_BATCHES, worker=worker, workers=2)
        assert found == [
            batch
            for chunk in (worker, worker + 2)
            for batch in whole[chunk * CHUNK_BATCHES : (chunk + 1) * CHUNK_BATCHES]
        ]
    assert first(9, start=5, worker=1, workers=2) == whole[CHUNK_BATCHES + 5 : CHUNK_BATCHES + 14]


def test_a_run_with_workers_goes_on_with_what_none_of_them_has_made() -> None:
    from examples import Stream
    from torch.utils.data import DataLoader
    from train import Made

    def first(count: int, *, start: int) -> list[Any]:
        stream = Stream(pairs(), Words(), batch_tokens=256, seed=3)
        made = iter(DataLoader(Made(stream, start=start), batch_size=None, num_workers=2))
        return [next(made) for _ in range(count)]

    whole = first(40, start=0)
    for start in (6, 7):  # after an odd number it would be the other worker's turn
        assert sorted(map(repr, first(20, start=start))) == sorted(
            map(repr, whole[start : start + 20])
        )


def test_some_examples_go_out_of_english_but_not_into_what_no_person_wrote() -> None:
    from data import Pair
    from examples import LONG_MIX, Stream

    class Texts:
        eos_token_id = 1

        def __call__(self, text: str, **_: Any) -> dict[str, list[str]]:
            return {"input_ids": [text]}

    made = {
        ("ru", "news"): [Pair("ru", "news", n, "Мост открыт.", "Open.") for n in range(9)],
        ("uk", "news-by-rule"): [Pair("uk", "news-by-rule", 1, "Міст.", "A bridge.")],
    }
    stream = Stream(
        made, Texts(), batch_tokens=16, seed=3, mix=LONG_MIX, reversed_share=0.5
    ).batches()
    prompts = {e.ids[0] for _ in range(90) for e in next(stream)}
    assert "English: Open.\nRussian:" in prompts
    assert "Russian: Мост открыт.\nEnglish:" in prompts
    assert not any("Ukrainian:" in p.partition("\n")[2] for p in prompts)


def test_a_language_is_written_with_the_tokens_that_its_texts_have() -> None:
    from data import Pair
    from train import output_rows

    class Letters(Words):
        def __call__(self, texts: list[str], **_: Any) -> dict[str, list[list[int]]]:
            return {"input_ids": [[ord(c) for c in text] for text in texts]}

        def get_vocab(self) -> dict[str, int]:
            return {"at": 5, "<0x0A>": 6, "longer": 7}

    found = {("fr", "news"): [Pair("fr", "news", 1, "été", "summ")],
             ("uk", "news-by-rule"): [Pair("uk", "news-by-rule", 1, "їїї", "mm")]}  # fmt: skip
    english = {1, 5, 6, ord(" "), ord("m")}
    assert output_rows(found, Letters(), both=False) == {"en": sorted(english)}
    assert output_rows(found, Letters(), both=True) == {
        "en": sorted(english), "fr": sorted({1, 5, 6, ord("é")})
    }  # fmt: skip


def test_batches_keep_their_budget_and_end_with_the_end_token() -> None:
    from examples import Stream

    stream = Stream(pairs(), Words(), batch_tokens=256, seed=3).batches()
    for batch in (next(stream) for _ in range(20)):
        width = max(len(example.ids) for example in batch)
        assert width * len(batch) <= 256
        assert len(batch[0].ids) == width  # collate takes the first one's width
        assert all(e.ids[-1] == 1 and 0 < e.target_length < len(e.ids) for e in batch)


def test_names_of_the_source_may_stand_as_english_has_them() -> None:
    import random

    from examples import named

    source, target = "Тут бачили Воррен з Осакою.", "Warren was seen here with Osaka."
    found = {named(random.Random(n), source, target, language="uk") for n in range(20)}
    assert "Тут бачили Warren з Osaka." in found
    assert found <= {
        f"Тут бачили {who} з {whom}."
        for who in ("Воррен", "Warren")
        for whom in ("Осакою", "Osaka")
    }
    assert named(random.Random(1), "Il voit Osaka.", "He sees Osaka.", language="fr") == (
        "Il voit Osaka."
    )


@pytest.mark.parametrize(
    ("source", "target", "reason"),
    [
        ("Шлюз закрыли на ремонт до следующей весны.", "The lock is shut until spring.", None),
        ("Шлюз.", "A Sentence, held OUT!", "evaluation sentence, target"),
        ("Шлюз закрыли на ремонт.", "...", "empty"),
        ("Шлюз.", "The lock has been shut for repairs since last week.", "length ratio"),
        ("Шлюз " * 300, "The lock " * 100, "too long"),
        ("Шлюз закрили на ремонт, і човни чекають біля греблі.",
         "The lock is shut for repairs, and boats wait at the dam.", "source language"),
        ("Шлюз закрыли на ремонт, и лодки ждут у плотины.",
         "L'écluse est fermée pour travaux et les bateaux attendent.", "target language"),
        ("См. :ref:`шлюз` и :ref:`плотина`.", "See :ref:`lock` and :ref:`dam`.", "mark-up"),
    ],
)  # fmt: skip
def test_why_a_pair_is_left_out(source: str, target: str, reason: str | None) -> None:
    from data import Filter, Pair
    from excluded import normalised

    check = Filter({normalised("a sentence held out.")})
    pair = Pair("ru", "news", 1, source.strip(), target.strip())
    assert check.reasons([pair]) == [reason]
    assert check.reasons([pair]) == [reason or "copy"]


def test_factors_survive_eight_bits() -> None:
    from export import quantised

    matrix = torch.randn(50, 64) * torch.rand(50, 1) * 3
    whole, scale = quantised(matrix)
    back = whole.float() * scale[:, None]
    assert whole.dtype == torch.int8
    assert float((back - matrix).norm() / matrix.norm()) < 0.01
    assert torch.equal(quantised(torch.zeros(2, 3))[0], torch.zeros(2, 3, dtype=torch.int8))


def test_training_can_go_on_from_what_was_exported() -> None:
    from adapter import adapt
    from train import start_from

    from models.repository.registry import STUDENT
    from models.runtime.adapter import load_adapter

    name = "layers.3.self_attn.o_proj"
    exported = load_adapter(STUDENT.path, sha256=STUDENT.sha256)
    a, b = exported.factors[name]
    model = nn.ModuleDict({"o_proj": nn.Linear(a.shape[1], b.shape[0], bias=False)})
    layer = adapt(model.to(torch.bfloat16), rank=a.shape[0], alpha=32.0)["o_proj"]
    start_from(STUDENT.path, {name: layer})
    expected = layer.weight.float() + exported.scale * (b @ a)
    assert float((layer.merged.float() - expected).norm() / expected.norm()) < 0.01
    assert float((layer.merged - layer.weight).norm()) > 0
    layer.scale = 9.0
    with pytest.raises(ValueError, match="scale"):
        start_from(STUDENT.path, {name: layer})
