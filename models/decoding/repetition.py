"""Where a model has begun to repeat itself: a small one may do so until its cap."""

from __future__ import annotations

from collections.abc import Sequence

LOOP_CHECK_EVERY = 8  # tokens between two looks for a loop; a look is cheap but not free
MAX_LOOP_PERIOD = 48  # tokens; longer repetitions are sentences, and those are triaged as text
MIN_LOOP_TOKENS = 16


def repetition_start(ids: Sequence[int]) -> int | None:
    """Return where the repetition at the end of `ids` begins, or None if there is none.

    A loop is at least three copies of one period at the very end, `MIN_LOOP_TOKENS` long in all.
    The first copy is not part of what is repeated, so the index points behind it.
    """
    for period in range(1, min(MAX_LOOP_PERIOD, len(ids) // 3) + 1):
        length = period
        while length < len(ids) and ids[-1 - length] == ids[-1 - length + period]:
            length += 1
        if length >= max(3 * period, MIN_LOOP_TOKENS):
            return len(ids) - length + period
    return None
