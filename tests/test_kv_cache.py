"""The cache of the decoding loop holds what a plain one would, wherever its rows were moved."""

from __future__ import annotations

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from models.decoding.batch import without_gaps
from models.decoding.kv_cache import SPARE_COLUMNS, KVCache, Move

HEADS, SIZE, LAYERS = 2, 3, 2


def states(rows: int, columns: int) -> torch.Tensor:
    return torch.randn(rows, HEADS, columns, SIZE)


def filled(keys: torch.Tensor) -> KVCache:
    cache = KVCache()
    for layer in range(LAYERS):
        cache.update(keys + layer, -keys - layer, layer)
    return cache


def check(cache: KVCache, keys: torch.Tensor) -> None:
    for number, layer in enumerate(cache.layers):
        torch.testing.assert_close(layer.keys, keys + number)
        torch.testing.assert_close(layer.values, -keys - number)
        assert layer.columns == keys.shape[2]


def test_columns_are_appended_beyond_the_room_that_was_taken() -> None:
    keys = states(3, 5)
    cache = filled(keys)
    for _ in range(SPARE_COLUMNS + 3):
        new = states(3, 1)
        for layer in range(LAYERS):
            cache.update(new + layer, -new - layer, layer)
        keys = torch.cat([keys, new], dim=2)
    check(cache, keys)


def test_rows_are_copied_and_dropped() -> None:
    keys = states(4, 6)
    cache = filled(keys)
    places = [2, 2, 0, 3, 3, 1]
    cache.expand(torch.tensor(places))
    check(cache, keys[places])
    cache.keep(2)
    check(cache, keys[[2, 2]])
    new = states(2, 1)
    for layer in range(LAYERS):
        cache.update(new + layer, -new - layer, layer)
    check(cache, torch.cat([keys[[2, 2]], new], dim=2))


def test_moves_read_before_they_write() -> None:
    keys = states(4, 6)
    cache = filled(keys)
    cache.move([Move((0, 1), (1, 0), since=4), Move((2,), (0,))])
    expected = keys.clone()
    expected[[0, 1], :, 4:] = keys[[1, 0], :, 4:]
    expected[2] = keys[0]
    check(cache, expected)


def test_stacked_rows_end_in_one_column_and_padding_is_nought() -> None:
    upper, lower = states(2, 7), states(3, 3)
    cache = filled(upper)
    cache.stack([filled(lower)], first=2)
    for number, layer in enumerate(cache.layers):
        torch.testing.assert_close(layer.keys[:2], upper[:, :, 2:] + number)
        torch.testing.assert_close(layer.keys[2:, :, 2:], lower + number)
        assert not layer.keys[2:, :, :2].any()
        assert not layer.values[2:, :, :2].any()


@given(st.lists(st.booleans(), max_size=12))
@settings(deadline=None)
def test_gaps_are_filled_from_the_end_and_nothing_else_moves(alive: list[bool]) -> None:
    order = without_gaps(alive)
    assert sorted(order) == [i for i, is_alive in enumerate(alive) if is_alive]
    assert all(place == i or not alive[i] for i, place in enumerate(order))
