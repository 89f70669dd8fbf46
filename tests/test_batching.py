"""Batches cover everything once, stay in their budget, and shrink when memory does."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from models.decoding.batching import batches, with_back_off
from models.errors import EngineError

LENGTHS = st.lists(st.integers(min_value=0, max_value=600), max_size=80)


@given(lengths=LENGTHS, tokens=st.integers(1, 900), size=st.integers(1, 20))
def test_every_index_comes_once_and_every_batch_fits(lengths, tokens, size) -> None:
    found = list(batches(lengths, max_batch_tokens=tokens, max_batch_size=size))
    assert sorted(i for batch in found for i in batch) == list(range(len(lengths)))
    for batch in found:
        assert 0 < len(batch) <= size
        assert len(batch) == 1 or len(batch) * max(lengths[i] for i in batch) <= tokens


@given(lengths=LENGTHS, tokens=st.integers(1, 900), size=st.integers(1, 20))
def test_the_longest_come_first_and_no_batch_is_needlessly_small(lengths, tokens, size) -> None:
    found = list(batches(lengths, max_batch_tokens=tokens, max_batch_size=size))
    order = [lengths[i] for batch in found for i in batch]
    assert order == sorted(order, reverse=True)
    for batch in found[:-1]:
        full = len(batch) == size
        assert full or (len(batch) + 1) * lengths[batch[0]] > tokens


def test_like_lengths_share_a_batch() -> None:
    found = list(batches([3, 90, 4, 95, 5], max_batch_tokens=200, max_batch_size=8))
    assert found == [[3, 1], [4, 2, 0]]


def test_one_that_is_too_long_goes_alone() -> None:
    found = list(batches([500, 10, 10], max_batch_tokens=100, max_batch_size=8))
    assert found == [[0], [1, 2]]


@pytest.mark.parametrize("limits", [(0, 4), (4, 0), (-1, 1)])
def test_impossible_limits_are_refused(limits: tuple[int, int]) -> None:
    tokens, size = limits
    with pytest.raises(ValueError, match="above 0"):
        list(batches([1], max_batch_tokens=tokens, max_batch_size=size))


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB."),
        RuntimeError(
            "[enforce fail at alloc_cpu.cpp:117] DefaultCPUAllocator: can't allocate memory"
        ),
        RuntimeError("MPS backend out of memory (MPS allocated: 18.1 GB)"),
        RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`"),
        MemoryError(),
    ],
    ids=["cuda", "cpu", "mps", "cublas", "python"],
)
def test_a_batch_that_is_too_much_is_halved_and_nothing_is_lost(error: Exception) -> None:
    asked: list[list[int]] = []

    def run(indices: list[int]) -> list[int]:
        asked.append(indices)
        if len(indices) > 2:
            raise error
        return [10 * i for i in indices]

    found = list(with_back_off([7, 3, 9, 1, 4], run))
    assert [i for indices, _ in found for i in indices] == [7, 3, 9, 1, 4]
    assert all(result == [10 * i for i in indices] for indices, result in found)
    assert [len(indices) for indices in asked] == [5, 3, 2, 1, 2]


@given(indices=st.lists(st.integers(), max_size=40, unique=True), most=st.integers(1, 8))
def test_whatever_fits_every_index_comes_once_and_in_order(indices, most) -> None:
    def run(part: list[int]) -> list[int]:
        if len(part) > most:
            raise MemoryError
        return part

    found = [i for _, part in with_back_off(indices, run) for i in part]
    assert found == indices


def test_one_text_that_is_too_much_by_itself_is_an_engine_error() -> None:
    def run(indices: list[int]) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 90 GiB.\nGPU 0 has ...")

    with pytest.raises(
        EngineError, match=r"one text alone: CUDA out of memory.*90 GiB\.$"
    ) as caught:
        list(with_back_off([1, 2], run))
    assert caught.value.hint


def test_other_errors_are_not_taken_for_a_lack_of_memory() -> None:
    def run(indices: list[int]) -> None:
        raise RuntimeError("mat1 and mat2 shapes cannot be multiplied")

    with pytest.raises(RuntimeError, match="shapes"):
        list(with_back_off([1, 2], run))


def test_nothing_is_run_for_nothing() -> None:
    assert list(with_back_off([], lambda indices: indices)) == []
    assert list(batches([], max_batch_tokens=1, max_batch_size=1)) == []


def test_the_devices_memory_is_given_back_before_the_halves_are_tried(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """On a machine without CUDA what torch would be asked for is watched."""
    told: list[str] = []
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "empty_cache", lambda: told.append("emptied"))

    def run(part: list[int]) -> int:
        told.append(f"run {len(part)}")
        if len(part) > 1:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return len(part)

    assert [indices for indices, _ in with_back_off([0, 1], run)] == [[0], [1]]
    assert told == ["run 2", "emptied", "run 1", "run 1"]
