"""Greedy search and sampling for decoder-only models, in the batches of the decoding loop.

Sampling draws from the tokens that the model gives a probability of at least `MIN_PROBABILITY`
(epsilon sampling, Freitag et al. 2023, https://arxiv.org/abs/2305.09860: samples that a consensus
can be chosen from). The random numbers of a row come from the seed and the prompt of the row, so
its sample does not depend on the batch it is decoded in.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import fmean
from typing import TYPE_CHECKING, Any

from models.decoding.batch import Batch, BatchRow, Continuation, Prompt, new_batch, without_gaps
from models.decoding.copying import Runs, charge
from models.decoding.lm_head import LMHead
from models.decoding.loop import Capacity, Done, run_search
from models.decoding.repetition import LOOP_CHECK_EVERY, repetition_start
from models.decoding.scoring import Reply, log_probabilities
from models.engine import Finish
from models.runtime.awake import wake

if TYPE_CHECKING:
    import torch

MIN_PROBABILITY = 0.02  # of a token that is sampled; Freitag et al. found 0.02 best for news
MAX_CANDIDATES = 50  # no more than this many can have that probability


class Decoder:
    """Continuation of many prompts by one decoder-only model.

    `allowed` restricts the output vocabulary, see `models.decoding.lm_head.LMHead`. With `alone`
    every prompt is read and continued by itself, whatever the others are.
    """

    def __init__(
        self,
        model: Any,
        *,
        pad_id: int,
        max_batch_tokens: int,
        max_batch_size: int,
        allowed: torch.Tensor | None = None,
        alone: bool = False,
    ) -> None:
        self._backbone = model.get_decoder()
        self._head = LMHead(model, allowed=allowed)
        self._pad_id = pad_id
        self._alone = alone
        self._capacity = Capacity(
            1 if alone else max_batch_size, max_batch_tokens, padded=not self._backbone.paged
        )

    def run(self, prompts: Sequence[Prompt]) -> Iterator[tuple[int, Continuation]]:
        """Yield `(index, continuation)` once for every prompt, as soon as it is finished."""
        wake(self._backbone, self._head)
        batch = new_batch(self._backbone, prompts, pad_id=self._pad_id, alone=self._alone)
        search = _TokenByToken(batch, self._head)
        return run_search(search, prompts, batch=batch, capacity=self._capacity)

    def log_probabilities(self, replies: Sequence[Reply]) -> list[float]:
        """Return the mean log-probability of the tokens of given replies, in nats."""
        return [fmean(chances) for chances in self.token_log_probabilities(replies)]

    def token_log_probabilities(self, replies: Sequence[Reply]) -> list[tuple[float, ...]]:
        """Return the log-probability of each token of given replies, in nats."""
        return log_probabilities(
            self._backbone, self._head, replies, pad_id=self._pad_id, alone=self._alone
        )


class _TokenByToken:
    """Greedy search, or sampling where a prompt has a temperature. Implements `loop.Search`."""

    def __init__(self, batch: Batch, head: LMHead) -> None:
        self._batch = batch
        self._head = head
        self._runs: dict[int, Runs] = {}  # of the rows that pay for copies, by their number

    @property
    def texts(self) -> Sequence[BatchRow]:
        """The rows of the batch: each text has one."""
        return self._batch.rows

    def start(self, rows: Sequence[BatchRow], hidden: torch.Tensor) -> Done:
        """Choose the first token of each row."""
        self._runs |= {r.index: Runs(r.prompt.source) for r in rows if r.prompt.source is not None}
        self._append(rows, hidden)
        return []

    def advance(self) -> Done:
        """Let finished rows leave the batch; where there are none, choose a token for each row."""
        rows = self._batch.rows
        ended = [row for row in rows if _finish(row) is not None]
        if ended:
            gone = {row.index for row in ended}
            self._runs = {index: runs for index, runs in self._runs.items() if index not in gone}
            places = without_gaps([row.index not in gone for row in rows])
            self._batch.select(places, [rows[i] for i in places])
        elif rows:
            self._append(rows, self._batch.step())
        return [(row.index, _continuation(row)) for row in ended]

    def drop(self) -> None:
        """Let all texts leave, unfinished."""
        self._runs = {}
        self._batch.clear()

    def _append(self, rows: Sequence[BatchRow], hidden: torch.Tensor) -> None:
        """Choose the next token of each row from its last hidden state (rows, size)."""
        logits = self._head.logits(hidden).float()  # argmax of bfloat16 is slow on a CPU
        for position, row in enumerate(rows):
            if not row.ids:  # no reply may be empty
                stops = self._head.columns(row.prompt.stop_ids)
                logits[position, stops] = float("-inf")
        self._charge(logits, rows)
        best = logits.argmax(dim=-1)
        if sampled := [i for i, row in enumerate(rows) if row.prompt.temperature]:
            best[sampled] = _sampled(logits[sampled], [rows[i] for i in sampled])
        for row, token in zip(rows, self._head.tokens(best).tolist(), strict=True):
            row.ids.append(token)

    def _charge(self, logits: torch.Tensor, rows: Sequence[BatchRow]) -> None:
        """Take the prices of copies off the logits (rows, columns), in place."""
        prices = {
            position: self._runs[row.index].prices(row.ids)
            for position, row in enumerate(rows)
            if row.index in self._runs
        }
        charge(logits, prices, self._head)


def _sampled(logits: torch.Tensor, rows: Sequence[BatchRow]) -> torch.Tensor:
    """Draw a column of the logits (rows, columns) for each row, by its temperature."""
    import torch

    temperatures = torch.tensor([row.prompt.temperature for row in rows], device=logits.device)
    scaled = logits / temperatures[:, None]
    values, columns = scaled.topk(min(MAX_CANDIDATES, scaled.shape[1]))
    # Row by row: of one long row torch adds up parts, of several it does not.
    totals = torch.stack([row.logsumexp(dim=0) for row in scaled])
    chances = (values - totals[:, None]).exp().tolist()
    places = [_drawn(row, likely) for row, likely in zip(rows, chances, strict=True)]
    return columns.gather(1, torch.tensor(places, device=logits.device)[:, None]).squeeze(1)


def _drawn(row: BatchRow, chances: Sequence[float]) -> int:
    """Return the place of a chance drawn from those of at least `MIN_PROBABILITY`.

    `chances` are sorted, the largest first; where none is so likely, it is the first.
    """
    likely = [chance if chance >= MIN_PROBABILITY else 0.0 for chance in chances]
    if not any(likely):
        return 0
    (place,) = row.dice.choices(range(len(likely)), weights=likely)
    return place


def _finish(row: BatchRow) -> Finish | None:
    """Return how a row has ended, or None where it goes on."""
    if row.ids and row.ids[-1] in row.prompt.stop_ids:
        return "stop"
    if len(row.ids) % LOOP_CHECK_EVERY == 0 and repetition_start(row.ids) is not None:
        return "loop"
    return "length" if len(row.ids) >= row.prompt.max_new_tokens else None


def _continuation(row: BatchRow) -> Continuation:
    """Return the tokens of a row that has ended, without its stop token or its repetitions."""
    finish = _finish(row)
    if finish is None:
        raise ValueError(f"row {row.index} has not finished")
    end = len(row.ids)
    if finish == "stop":
        end -= 1
    elif finish == "loop":
        end = repetition_start(row.ids) or end
    return Continuation(tuple(row.ids[:end]), finish)
