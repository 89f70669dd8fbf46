"""The decoding loop for decoder-only models: full batches, whose finished rows are refilled.

Greedy, or sampled from what the model thinks at least `MIN_PROBABILITY` likely (epsilon sampling,
Freitag et al. 2023, https://arxiv.org/abs/2305.09860: the samples that a consensus can be chosen
from). A row's random numbers come from its own seed and prompt, so its sample does not depend on
the batch it is decoded in.

A static batch waits for its longest row; here a row that ends is taken out at once and, when
enough places are free, new prompts are prefilled and join. That keeps the matrix products wide,
which is where the time goes: one step for sixteen rows costs less than two steps for one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from models.decoding.batch import (
    REFILL_SHARE,
    Batch,
    Continuation,
    Prompt,
    Row,
    shared_prefix,
    without_gaps,
)
from models.decoding.lm_head import LMHead
from models.decoding.repetition import LOOP_CHECK_EVERY, repetition_start
from models.decoding.scoring import Reply, mean_log_probabilities
from models.engine import Finish

if TYPE_CHECKING:
    import torch

MIN_PROBABILITY = 0.02  # of a token that is sampled; Freitag et al. found 0.02 best for news
MAX_CANDIDATES = 50  # no more than this many can have that probability


class Decoder:
    """Continuation of many prompts by one transformers decoder-only model.

    `allowed` restricts the output vocabulary, see `models.decoding.lm_head.LMHead`.
    """

    def __init__(
        self,
        model: Any,
        *,
        pad_id: int,
        max_batch_tokens: int,
        max_batch_size: int,
        allowed: torch.Tensor | None = None,
    ) -> None:
        self._backbone = model.get_decoder()
        self._head = LMHead(model, allowed=allowed)
        self._pad_id = pad_id
        self._max_batch_tokens = max_batch_tokens
        self._max_batch_size = max_batch_size

    def run(self, prompts: Sequence[Prompt]) -> Iterator[tuple[int, Continuation]]:
        """Yield `(index, continuation)` once for every prompt, as soon as it is finished."""
        import torch

        # Longest first: they need the most steps, and the short ones fill the gaps behind them.
        waiting = [Row(i, p) for i, p in enumerate(prompts)]
        waiting.sort(key=lambda row: (row.prompt.max_new_tokens, len(row.prompt.ids)))
        batch = Batch(self._backbone, pad_id=self._pad_id, shared=shared_prefix(prompts))
        while waiting or batch.rows:
            # 1. refill the free places
            with torch.inference_mode():
                if joining := self._take(waiting, batch):
                    self._append(*batch.join(joining))
                # 2. hand out what has ended, and take it out of the cache
                ended = [row for row in batch.rows if _finish(row) is not None]
                if ended:
                    gone = {row.index for row in ended}
                    places = without_gaps([row.index not in gone for row in batch.rows])
                    batch.select(places, [batch.rows[i] for i in places])
                # 3. one step for all others
                elif batch.rows:
                    self._append(batch.rows, batch.step())
            for row in ended:
                yield row.index, _continuation(row)

    def log_probabilities(self, replies: Sequence[Reply]) -> list[float]:
        """Return the mean log-probability of the tokens of given replies, in nats."""
        return mean_log_probabilities(self._backbone, self._head, replies, pad_id=self._pad_id)

    def _take(self, waiting: list[Row], batch: Batch) -> list[Row]:
        """Take the rows that fit beside those being decoded off the end of `waiting`."""
        if batch.rows and len(batch.rows) > REFILL_SHARE * self._max_batch_size:
            return []
        taken: list[Row] = []
        width = max((row.width for row in batch.rows), default=0)
        while waiting and len(batch.rows) + len(taken) < self._max_batch_size:
            width = max(width, waiting[-1].width)
            count = len(batch.rows) + len(taken) + 1
            if count > 1 and width * count > self._max_batch_tokens:
                break
            taken.append(waiting.pop())
        return taken

    def _append(self, rows: Sequence[Row], hidden: torch.Tensor) -> None:
        """Choose the next token of each row from its last hidden state (rows, hidden size)."""
        logits = self._head.logits(hidden).float()  # argmax of bfloat16 is slow on a CPU
        for position, row in enumerate(rows):
            if not row.ids:  # an empty reply is never what was asked for
                stops = self._head.columns(row.prompt.stop_ids)
                logits[position, stops] = float("-inf")
        best = logits.argmax(dim=-1)
        if sampled := [i for i, row in enumerate(rows) if row.prompt.temperature]:
            best[sampled] = _sampled(logits[sampled], [rows[i] for i in sampled])
        for row, token in zip(rows, self._head.tokens(best).tolist(), strict=True):
            row.ids.append(token)


def _sampled(logits: torch.Tensor, rows: Sequence[Row]) -> torch.Tensor:
    """Draw a column of the logits (rows, columns) for each row, by its temperature."""
    import torch

    temperatures = torch.tensor([row.prompt.temperature for row in rows], device=logits.device)
    scaled = logits / temperatures[:, None]
    values, columns = scaled.topk(min(MAX_CANDIDATES, scaled.shape[1]))
    chances = (values - scaled.logsumexp(dim=1, keepdim=True)).exp().tolist()
    places = [_thrown(row, likely) for row, likely in zip(rows, chances, strict=True)]
    return columns.gather(1, torch.tensor(places, device=logits.device)[:, None]).squeeze(1)


def _thrown(row: Row, chances: Sequence[float]) -> int:
    """Return the place of one of the chances, which are sorted, that are likely enough."""
    likely = [chance if chance >= MIN_PROBABILITY else 0.0 for chance in chances]
    if not any(likely):
        return 0
    (place,) = row.dice.choices(range(len(likely)), weights=likely)
    return place


def _finish(row: Row) -> Finish | None:
    if row.ids and row.ids[-1] in row.prompt.stop_ids:
        return "stop"
    if len(row.ids) % LOOP_CHECK_EVERY == 0 and repetition_start(row.ids) is not None:
        return "loop"
    return "length" if len(row.ids) >= row.prompt.max_new_tokens else None


def _continuation(row: Row) -> Continuation:
    finish = _finish(row)
    if finish is None:
        raise ValueError(f"row {row.index} has not finished")
    end = len(row.ids)
    if finish == "stop":
        end -= 1
    elif finish == "loop":
        end = repetition_start(row.ids) or end
    return Continuation(tuple(row.ids[:end]), finish)
