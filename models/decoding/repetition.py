"""Repetitions at the end of a reply: a small model may repeat itself until it reaches its cap."""

from __future__ import annotations

from collections.abc import Sequence

LOOP_CHECK_EVERY = 8  # tokens between two checks, each of which reads the whole reply
MAX_LOOP_PERIOD = 48  # tokens; longer repetitions are sentences, and those are triaged as text
MIN_LOOP_TOKENS = 16


def repetition_start(ids: Sequence[int]) -> int | None:
    """Return the index at which the repetition at the end of `ids` begins, or None without one.

    A repetition is at least three copies of one period at the very end, `MIN_LOOP_TOKENS` long in
    all. The first copy is text, not repetition, so the index points behind it.
    """
    for period in range(1, min(MAX_LOOP_PERIOD, len(ids) // 3) + 1):
        length = period
        while length < len(ids) and ids[-1 - length] == ids[-1 - length + period]:
            length += 1
        if length >= max(3 * period, MIN_LOOP_TOKENS):
            return len(ids) - length + period
    return None
