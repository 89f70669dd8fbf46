"""Rows in pages: exact attention, pages that rows share and copy, memory that is taken again."""

from __future__ import annotations

import ctypes
from itertools import accumulate, pairwise
from typing import Any

import pytest
import torch
from tiny_decoders import END, own, tiny_decoder

from models.decoding.batch import Batch, BatchRow, Prompt, new_batch
from models.decoding.beam import BeamDecoder
from models.decoding.greedy import Decoder
from models.decoding.pages import PAGE_TOKENS, PagedContext, Pages, Row
from models.errors import EngineError
from models.runtime import functions
from models.runtime.by_rows import kept

pytestmark = pytest.mark.skipif(functions.library() is None, reason="no C compiler")

SHAPES = [(12, 2, 128, None), (4, 1, 256, 9), (6, 3, 8, 5), (3, 3, 24, None), (16, 1, 8, None)]


def by_definition(
    q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, *, window: int | None
) -> torch.Tensor:
    """Attention in float64 of the last tokens of one row, q (heads, new, size), to all of it."""
    new, tokens, group = q.shape[1], k.shape[1], q.shape[0] // k.shape[0]
    k, v = (part.half().double().repeat_interleave(group, dim=0) for part in (k, v))
    back = torch.arange(tokens - new, tokens)[:, None] - torch.arange(tokens)
    seen = (back >= 0) & (back < (window or tokens))
    scores = (q.double() @ k.transpose(1, 2) * 0.3).masked_fill(~seen, float("-inf"))
    return (scores.softmax(dim=-1) @ v).transpose(0, 1)


@pytest.mark.parametrize(("heads", "kv_heads", "size", "window"), SHAPES)
@pytest.mark.parametrize("threads", [1, 3])
def test_new_tokens_attend_to_their_own_row(
    heads: int, kv_heads: int, size: int, window: int | None, threads: int
) -> None:
    """Rows of every kind: new, one token longer, several; ends of pages fall everywhere."""
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    torch.manual_seed(size)
    lengths = [(1, 40), (17, 1), (PAGE_TOKENS, 1), (31, 70), (2, 2), (90, 1)]
    pages = Pages(layers=2, kv_heads=kv_heads, head_size=size)
    rows = [Row() for _ in lengths]
    k, v = ([torch.randn(2, kv_heads, sum(length), size) for length in lengths] for _ in range(2))
    for step in (0, 1):
        counts = [length[step] for length in lengths]
        held = [row.tokens for row in rows]
        context = PagedContext(pages, rows, counts)
        assert context.positions.tolist() == [
            [p for b, c in zip(held, counts, strict=True) for p in range(b, b + c)]
        ]
        for layer in (0, 1):
            q = torch.randn(1, sum(counts), heads, size).transpose(1, 2)
            now = [
                torch.cat(
                    [
                        part[layer, :, b : b + c]
                        for part, b, c in zip(of, held, counts, strict=True)
                    ],
                    dim=1,
                )[None]
                for of in (k, v)
            ]
            found = context.attend(q, *now, layer=layer, scale=0.3, window=window)
            ends = pairwise([0, *accumulate(counts)])
            for i, (begin, end) in enumerate(ends):
                all_k, all_v = (of[i][layer, :, : held[i] + counts[i]] for of in (k, v))
                expected = by_definition(q[0, :, begin:end], all_k, all_v, window=window)
                torch.testing.assert_close(
                    found[0, begin:end].double(), expected, rtol=1e-4, atol=1e-5
                )
    torch.set_num_threads(before)


def test_numbers_too_large_for_a_half_are_the_largest() -> None:
    pages, row = Pages(layers=1, kv_heads=1, head_size=8), Row()
    q = torch.ones(1, 1, 1, 8)
    v = torch.tensor([[[[1e6, -1e6, 65_504.0, 1.0, 1e-3, 0.0, 3e38, -3e38]]]])
    found = PagedContext(pages, [row], [1]).attend(q, v, v, layer=0, scale=1.0, window=None)
    half = torch.tensor([65_504.0, -65_504.0, 65_504.0, 1.0, 1e-3, 0.0, 65_504.0, -65_504.0])
    torch.testing.assert_close(found.view(8), half.half().float())


def content(pages: Pages, row: Row) -> list[bytes]:
    return [ctypes.string_at(page, pages.layer_bytes) for page in row.pages]


def filled(pages: Pages, row: Row, value: int) -> None:
    """Extend a row by one token, and fill its last page."""
    pages.extend(row, 1)
    ctypes.memset(row.pages[-1], value, pages.layer_bytes)


def test_rows_share_full_pages_and_copy_the_one_they_go_on_in() -> None:
    pages, one = Pages(layers=1, kv_heads=1, head_size=8), Row()
    pages.extend(one, PAGE_TOKENS + 3)
    ctypes.memset(one.pages[0], 7, pages.layer_bytes)
    ctypes.memset(one.pages[1], 8, pages.layer_bytes)
    other = pages.fork(one)
    assert other.pages == one.pages
    filled(pages, other, 9)
    assert other.pages[0] == one.pages[0]
    assert other.pages[1] != one.pages[1]
    assert [set(part) for part in content(pages, one)] == [{7}, {8}]
    assert [set(part) for part in content(pages, other)] == [{7}, {9}]
    before = one.pages[1]
    filled(pages, one, 5)  # nobody else lists it any more
    assert one.pages[1] == before


def test_pages_are_taken_again_once_nobody_lists_them() -> None:
    pages, one = Pages(layers=1, kv_heads=1, head_size=8), Row()
    pages.extend(one, 5 * PAGE_TOKENS)
    other = pages.fork(one)
    pages.drop(one)
    taken = Row()
    pages.extend(taken, 40 * PAGE_TOKENS)
    assert not set(taken.pages) & set(other.pages)
    pages.drop(other)
    again = Row()
    pages.extend(again, 5 * PAGE_TOKENS)
    assert set(again.pages) == set(other.pages)


def asked(count: int) -> list[Prompt]:
    numbers = torch.Generator().manual_seed(4)
    return [
        Prompt(
            [5, 6, 7, 8, *torch.randint(9, 97, (1 + 11 * i % 40,), generator=numbers).tolist()],
            max_new_tokens=30,
            stop_ids=frozenset({END}),
        )
        for i in range(count)
    ]


@pytest.mark.parametrize("kind", ["qwen2", "gemma3"])
def test_searches_find_what_they_find_in_padded_rows(kind: str) -> None:
    """The same weights in float32; halves may turn a choice that is nearly a tie."""
    plain = own(tiny_decoder(kind))
    paged: Any = kept(own(tiny_decoder(kind)), "together", int8=True)
    options: Any = {"pad_id": 0, "max_batch_tokens": 2_000, "max_batch_size": 9}
    for decoder in (Decoder, lambda m, **o: BeamDecoder(m, num_beams=3, **o)):
        usual, found = (dict(decoder(m, **options).run(asked(24))) for m in (plain, paged))
        same = sum(usual[i].ids == found[i].ids for i in usual)
        assert same >= 22


def test_a_batch_keeps_pages_for_its_rows_alone() -> None:
    """Whatever joined, was copied and left: no page is lost, and none is listed twice as own."""
    model: Any = kept(own(tiny_decoder("qwen2")), "together", int8=True)
    prompts = asked(6)
    batch: Batch = new_batch(model.get_decoder(), prompts, pad_id=0)
    pages: Pages = batch._pages  # type: ignore[attr-defined]
    with torch.inference_mode():
        batch.join([BatchRow(i, prompt, [9]) for i, prompt in enumerate([*prompts, prompts[0]])])
        batch.step()
        held = [row.index for row in batch.rows]
        batch.select([0, 0, 3, 1, 1], [BatchRow(held[i], prompts[0], [9]) for i in (0, 0, 3, 1, 1)])
        batch.step()
        batch.select([4], [BatchRow(0, prompts[0], [9])])
        batch.step()
        batch.select([], [])
    prefix_pages = {page for row in batch._of_prefix.values() for page in row.pages}  # type: ignore[attr-defined]
    assert set(pages._uses) == prefix_pages
    assert len(set(pages._free)) == len(pages._free)
    assert not set(pages._free) & prefix_pages


def test_heads_that_the_compiled_attention_does_not_take(monkeypatch: pytest.MonkeyPatch) -> None:
    model = own(tiny_decoder("qwen2"))
    settings = model.get_decoder().settings
    monkeypatch.setattr(type(settings), "head_size", 6, raising=False)
    with pytest.raises(EngineError, match="heads of 6"):
        kept(model, "apart", int8=True)
