"""Drafts of a reply, looked up in its own prompt: what followed the last tokens where they stood.

A summary takes half of its words from the text that it is of. A step of decoding with few rows
waits for the weights to come from memory, so that a few tokens more cost it little: it reads a
draft, and every drafted token that the model would have written itself is a step saved. The reply
is the same. With many rows a step is bound by arithmetic, and nothing is drafted.

Prompt lookup: https://github.com/apoorvumang/prompt-lookup-decoding; drafts in general: Leviathan
et al. 2023, https://arxiv.org/abs/2211.17192. Gain and cost are measured in scripts/bench/LOG.md.
"""

from __future__ import annotations

from collections.abc import Sequence

from models.decoding.batch import BatchRow

STEP_TOKENS = 10  # of all rows and their drafts
LONGEST = 7  # tokens of one draft
_MATCHES = (3, 2)  # so many last tokens are looked up, the longer match first


def drafted(rows: Sequence[BatchRow]) -> list[list[int]]:
    """Return a draft for each row, empty where none is found or there is no room for any.

    Rows that are sampled get none, nor do those beside them.
    """
    longest = min(LONGEST, STEP_TOKENS // max(1, len(rows)) - 1)
    if longest < 1 or any(row.prompt.temperature for row in rows):
        return [[] for _ in rows]
    return [_looked_up([*row.prompt.ids, *row.ids], longest=longest) for row in rows]


def _looked_up(ids: Sequence[int], *, longest: int) -> list[int]:
    """Return what followed the last tokens of `ids` when they came before, the last time."""
    for size in _MATCHES:
        sought = ids[-size:]
        for start in range(len(ids) - size - 1, -1, -1):
            if ids[start + size - 1] == sought[-1] and ids[start : start + size] == sought:
                return list(ids[start + size : start + size + longest])
    return []
