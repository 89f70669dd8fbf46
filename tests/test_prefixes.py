"""Prompts that begin alike share what they begin with, each group its own."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from tiny_decoders import END, own, tiny_decoder

from models.decoding.batch import BatchRow, Prompt, new_batch
from models.decoding.greedy import Decoder
from models.decoding.prefixes import WORTH_TOKENS, shared_prefixes
from models.decoding.scoring import Reply
from models.runtime import functions
from models.runtime.by_rows import kept

LONG = list(range(10, 10 + WORTH_TOKENS))


def prompt(*ids: int) -> Prompt:
    return Prompt(list(ids), max_new_tokens=5, stop_ids=frozenset({END}))


def test_a_prefix_is_short_of_every_last_token() -> None:
    assert shared_prefixes([]) == []
    assert shared_prefixes([prompt(7)]) == [()]
    assert shared_prefixes([prompt(7, 8, 9)]) == [(7, 8)]
    assert shared_prefixes([prompt(7, 8), prompt(7, 8, 9)]) == [(7,)]
    assert shared_prefixes([prompt(7, 8), prompt(9, 8)]) == [()]


def test_groups_that_share_much_more_have_prefixes_of_their_own() -> None:
    one = [prompt(5, 6, *LONG, i, 9) for i in (60, 61, 62)]
    two = [prompt(5, 7, *LONG, 50, i, 9) for i in (60, 61)]
    few = [prompt(5, 8, *LONG[:-2], i, 9) for i in (60, 61)]
    single = [prompt(5, 9, *LONG, 60, 9)]
    found = shared_prefixes([*one, *two, *few, *single])
    assert found == [(5, 7, *LONG, 50), (5, 6, *LONG), (5,)]
    assert shared_prefixes([*two, *single, *few, *one][::-1]) == found
    assert shared_prefixes(one) == [(5, 6, *LONG)]


def mixed() -> list[Prompt]:
    numbers = torch.Generator().manual_seed(3)
    own_parts = torch.randint(50, 97, (9, 6), generator=numbers).tolist()
    starts = ([5, 6, *LONG], [5, 7, *LONG[::-1]], [5, 8])
    return [prompt(*starts[i % 3], *part[: 2 + i % 4]) for i, part in enumerate(own_parts)]


@pytest.mark.parametrize("kind", ["qwen2", "gemma3"])
def test_a_batch_of_several_prefixes_writes_what_each_prompt_does_alone(kind: str) -> None:
    model, asked = own(tiny_decoder(kind)), mixed()
    options: Any = {"pad_id": 0, "max_batch_tokens": 5_000, "max_batch_size": 4}
    decoder = Decoder(model, **options)
    together = dict(decoder.run(asked))
    for i, one in enumerate(asked):
        assert dict(decoder.run([one]))[0] == together[i]
    replies = [Reply(tuple(p.ids), (20, 30, END)) for p in asked]
    alone = [decoder.token_log_probabilities([reply])[0] for reply in replies]
    for found, expected in zip(decoder.token_log_probabilities(replies), alone, strict=True):
        assert found == pytest.approx(expected, abs=1e-4)


def joined(*, paged: bool) -> list[tuple[int, int]]:
    """Return the shapes of what a network reads as prompts of several prefixes join."""
    model, asked = own(tiny_decoder("qwen2")), mixed()
    backbone = (kept(model, "together", int8=True) if paged else model).get_decoder()
    read: list[tuple[int, int]] = []
    backbone.register_forward_hook(lambda _, given, __: read.append(tuple(given[0].shape)))
    batch = new_batch(backbone, asked, pad_id=0)
    with torch.inference_mode():
        batch.join([BatchRow(i, p) for i, p in enumerate(asked)])
    return read


def test_each_prefix_is_read_once() -> None:
    read, long = joined(paged=False), 2 + WORTH_TOKENS
    assert sorted(shape for shape in read if shape[0] == 1) == [(1, 1), (1, long), (1, long)]
    assert all(shape[1] < 10 for shape in read if shape[0] > 1)
    assert sum(shape[0] for shape in read if shape[0] > 1) == len(mixed())


@pytest.mark.skipif(functions.library() is None, reason="no C compiler")
def test_in_pages_all_other_tokens_are_read_in_one_line() -> None:
    prefixes, long = (1, 2 + WORTH_TOKENS, 2 + WORTH_TOKENS), 3 * 1 + 6 * (2 + WORTH_TOKENS)
    rest = sum(len(p.ids) for p in mixed()) - long
    assert sorted(joined(paged=True)) == sorted((1, length) for length in (*prefixes, rest))
