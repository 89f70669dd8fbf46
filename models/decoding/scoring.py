"""Log-probabilities of given replies, which are read in one pass, not written token by token."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from models.decoding.batch import BatchRow, Prompt, new_batch
from models.decoding.batching import batches
from models.decoding.lm_head import LMHead
from models.runtime.awake import wake
from models.runtime.mapped import release_freed

MAX_TOKENS = 1_024  # prompts and replies of at most so many tokens are read in one pass


@dataclass(frozen=True, slots=True)
class Reply:
    """Token ids of a prompt and of a reply to it, the end token of the reply included."""

    prompt: tuple[int, ...]
    ids: tuple[int, ...]


def log_probabilities(
    backbone: Any, head: LMHead, replies: Sequence[Reply], *, pad_id: int, alone: bool = False
) -> list[tuple[float, ...]]:
    """Return the log-probability of each of a reply's tokens, in nats, given its prompt.

    With `alone` each reply is read by itself.

    1. Replies to the same prompt become one group, and its prompt is read once.
    2. Groups are read in batches of like length; the common prefix of all prompts is read once.
    3. The state before a token predicts the token: the last state of the prompt predicts the first
       token of the reply, and the state of the last token predicts nothing that is asked for.
    """
    import torch

    groups: dict[tuple[int, ...], list[BatchRow]] = {}
    for i, reply in enumerate(replies):
        prompt = Prompt(reply.prompt, max_new_tokens=len(reply.ids), stop_ids=frozenset())
        groups.setdefault((i, *reply.prompt) if alone else reply.prompt, []).append(
            BatchRow(i, prompt)
        )
    alike = list(groups.values())
    lengths = [
        len(rows[0].prompt.ids) + sum(r.prompt.max_new_tokens for r in rows) for rows in alike
    ]
    wake(backbone, head)
    batch = new_batch(backbone, [rows[0].prompt for rows in alike], pad_id=pad_id, alone=alone)
    most = 1 if alone else MAX_TOKENS
    found: list[tuple[float, ...]] = [()] * len(replies)
    for chosen in batches(lengths, max_batch_tokens=MAX_TOKENS, max_batch_size=most):
        with torch.inference_mode():
            rows, first = batch.join([row for i in chosen for row in alike[i]])
            ids = [replies[row.index].ids for row in rows]
            read = zip(first, batch.read(ids), strict=True)
            hidden = torch.cat([part for one, s in read for part in (one[None], s[:-1])])
            tokens = torch.tensor([token for reply in ids for token in reply], device=hidden.device)
            chances = iter(head.log_probabilities(hidden, tokens).tolist())
            for row in rows:
                found[row.index] = tuple(islice(chances, row.prompt.max_new_tokens))
            batch.select([], [])
    release_freed()
    return found
