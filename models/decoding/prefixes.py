"""What the prompts of a batch begin with, so that it is read once and not once for each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from models.decoding.batch import Prompt

Prefix = tuple[int, ...]  # token ids

WORTH_TOKENS = 32  # a prefix of their own for prompts that share so many more than all do


def shared_prefixes(prompts: Sequence[Prompt]) -> list[Prefix]:
    """Return what prompts begin with, short of any prompt's last token, the longest first.

    The last one is what all begin with. Two prompts or more that go on with the same
    `WORTH_TOKENS` or more have a prefix of their own.
    """
    if not prompts:
        return []
    common = _common(prompts)
    going_on: dict[int, list[Prompt]] = {}
    for prompt in prompts:
        going_on.setdefault(prompt.ids[len(common)], []).append(prompt)
    own = [_common(group) for group in going_on.values() if len(group) > 1]
    longer = {prefix for prefix in own if len(prefix) - len(common) >= WORTH_TOKENS}
    return [*sorted(longer, key=len, reverse=True), common]


def _common(prompts: Sequence[Prompt]) -> Prefix:
    """Return the tokens that all prompts begin with, short of any prompt's last token."""
    first = min((p.ids for p in prompts), key=len)
    length = len(first) - 1
    for prompt in prompts:
        length = next((i for i in range(length) if prompt.ids[i] != first[i]), length)
    return tuple(first[:length])
