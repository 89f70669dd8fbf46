"""Memory that runs out anywhere in the decoding loop: every text is answered once, and as ever."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
import torch
from test_by_rows import model_apart
from tiny_decoders import END, own, tiny_decoder

from models.decoding.batch import Prompt
from models.decoding.beam import BeamDecoder
from models.decoding.greedy import Decoder
from models.decoding.kv_cache import KVCache
from models.decoding.lm_head import LMHead
from models.decoding.loop import Capacity, run_search
from models.decoding.pages import Pages
from models.errors import EngineError
from models.runtime import functions, int8
from models.runtime.kernel import load_kernel

# Where memory is asked for, and how often there is none.
PADDED = [(KVCache, "move", 0.1), (KVCache, "stack", 0.1), (LMHead, "logits", 0.02)]
PAGED = [(Pages, "_taken", 0.01), (LMHead, "logits", 0.005)]
COUNT = 16  # texts


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def prompts(count: int) -> list[Prompt]:
    numbers = torch.Generator().manual_seed(4)
    found = []
    for i in range(count):
        ids = [5, 6, 7, *torch.randint(8, 97, (1 + 7 * i % 30,), generator=numbers).tolist()]
        sampled = i % 3 == 2
        found.append(
            Prompt(ids, 4 + i % 9, frozenset({END}), temperature=float(sampled), seed=int(sampled))
        )
    return found


def decoder_of(kind: str, folder: Path, *, paged: bool) -> Any:
    options: Any = {"pad_id": 0, "max_batch_tokens": 900, "max_batch_size": 8}
    model = model_apart("qwen2", folder) if paged else own(tiny_decoder("qwen2"))
    return (
        Decoder(model, **options)
        if kind == "greedy"
        else BeamDecoder(model, num_beams=3, **options)
    )


@pytest.mark.parametrize("kind", ["greedy", "beam"])
@pytest.mark.parametrize("paged", [False, True])
def test_every_text_is_answered_once_whatever_fails(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, paged: bool
) -> None:
    if paged and (not int8.available() or load_kernel() is None or functions.library() is None):
        pytest.skip("no C compiler")
    decoder = decoder_of(kind, tmp_path, paged=paged)
    expected = dict(decoder.run(prompts(COUNT)))
    dice, failed, whole = Random(1), Counter[str](), 0
    for owner, name, chance in PAGED if paged else PADDED:
        for _ in range(20):
            with monkeypatch.context() as patch:
                patch.setattr(owner, name, failing(owner, name, dice, chance, failed))
                told, short = answered(decoder, expected if paged else {})
            assert set(told.values()) <= {1}
            assert short or len(told) == COUNT
            whole += not short
    assert sum(failed.values()) > 4
    assert whole > 9


def failing(owner: Any, name: str, dice: Random, chance: float, failed: Counter[str]) -> Any:
    """Return a method that now and then has no memory."""
    usual = getattr(owner, name)

    def perhaps(*given: Any, **named: Any) -> Any:
        if dice.random() < chance:
            failed[name] += 1
            raise MemoryError("not enough memory")
        return usual(*given, **named)

    return perhaps


def answered(decoder: Any, expected: dict[int, Any]) -> tuple[Counter[int], bool]:
    """Return how often each text was answered, and whether one was told to be too large alone."""
    told = Counter[int]()
    try:
        for index, continuation in decoder.run(prompts(COUNT)):
            told[index] += 1
            assert continuation == expected.get(index, continuation)
    except EngineError:
        return told, True
    return told, False


class _OneAtOnce:
    """A search that finishes a text as it joins, and has no memory to go on with the others."""

    def __init__(self) -> None:
        self.texts: list[Any] = []

    def start(self, rows: Any, hidden: Any) -> Any:
        self.texts = list(rows[1:])
        return [(rows[0].index, None)]

    def advance(self) -> Any:
        if self.texts:
            raise MemoryError("not enough memory")
        return []

    def drop(self) -> None:
        self.texts = []


class _NoBatch:
    token_bytes, device = 1, torch.device("cpu")

    def join(self, rows: Any) -> Any:
        return rows, None


def test_what_is_finished_is_handed_out_before_an_error() -> None:
    search: Any = _OneAtOnce()
    batch: Any = _NoBatch()
    told = [
        index for index, _ in run_search(
            search, prompts(3), batch=batch, capacity=Capacity(3, 1_000)
        )
    ]  # fmt: skip
    assert sorted(told) == [0, 1, 2]
