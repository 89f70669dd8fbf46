"""The decoding loop: full batches, whose finished texts are replaced by waiting ones.

A static batch waits for its longest row. Here a text that is done leaves the batch at once, and
when enough places are free, waiting prompts are prefilled and join. The matrix products stay wide,
which is where the time goes: one step for sixteen rows costs less than two steps for one.

The loop is the same for greedy search, sampling and beam search, which differ in the tokens that
they choose (`Search`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from models.decoding.batch import Batch, BatchRow, Continuation, Prompt
from models.decoding.batching import is_out_of_memory, release_memory, too_large
from models.runtime.free_memory import free_bytes
from models.runtime.mapped import release_freed

if TYPE_CHECKING:
    import torch

    from models.errors import EngineError

MEMORY_SHARE = 0.5  # of the free memory that keys and values may take; the rest is for computing
REFILL_SHARE = 0.75  # refill once this share of the places, or less, is taken

Done = list[tuple[int, Continuation]]  # texts that are finished, by the number of their prompt


@dataclass(frozen=True, slots=True)
class Capacity:
    """The most that a batch holds.

    `max_texts` bounds the texts, each of which takes `rows_per_text` rows; `max_batch_tokens`
    bounds the tokens of their prompts and longest replies. Where rows are `padded`, all count as
    many as the longest. A text that is too long by itself is decoded alone.
    """

    max_texts: int
    max_batch_tokens: int
    rows_per_text: int = 1
    padded: bool = True


class Search(Protocol):
    """The choice of the next tokens, for all texts of one batch."""

    @property
    def texts(self) -> Sequence[BatchRow]:
        """One row for each text that is being decoded."""

    def start(self, rows: Sequence[BatchRow], hidden: torch.Tensor) -> Done:
        """Choose the first tokens of `rows`, which have just joined; return the finished texts.

        `hidden` is (new rows, size), the last hidden state of each prompt.
        """

    def advance(self) -> Done:
        """Let the batch take a step, or finished texts leave it; return the finished texts."""

    def drop(self) -> None:
        """Let all texts leave, unfinished."""


def run_search(
    search: Search, prompts: Sequence[Prompt], *, batch: Batch, capacity: Capacity
) -> Iterator[tuple[int, Continuation]]:
    """Yield `(index, continuation)` once for every prompt, as soon as it is finished.

    Where memory runs out, all texts that are being decoded begin again, half as many at a time.
    Raises EngineError where one text alone has not enough.
    """
    import torch

    capacity = _within_free_memory(capacity, batch)
    # From the end on, the longest first: they need the most steps, and short ones fill the gaps.
    waiting = [BatchRow(i, p) for i, p in enumerate(prompts)]
    waiting.sort(key=lambda row: (row.prompt.max_new_tokens, len(row.prompt.ids)))
    going: dict[int, BatchRow] = {}  # texts that were taken, and are not handed out yet
    while waiting or going:
        done: Done = []
        short: EngineError | None = None
        try:
            with torch.inference_mode():
                # 1. Waiting texts take the free places.
                if joining := take(waiting, beside=search.texts, capacity=capacity):
                    going |= {row.index: row for row in joining}
                    done += search.start(*batch.join(joining))
                    release_freed()
                # 2. All texts advance by a token.
                done += search.advance()
        except (RuntimeError, MemoryError) as error:
            if not is_out_of_memory(error):
                raise
            short = too_large(error)
        # 3. Finished texts, which have left the batch, are handed out.
        for index, _ in done:
            del going[index]
        if short is None and not going and not waiting:
            release_freed()
        yield from done
        # 4. Only now is the error gone, and with it the tensors of the frames that it came through.
        if short is not None:
            if capacity.max_texts == 1:
                raise short
            search.drop()
            release_memory()
            capacity = replace(capacity, max_texts=max(1, len(going) // 2))
            waiting += [BatchRow(row.index, row.prompt) for row in going.values()]
            going.clear()


def _within_free_memory(capacity: Capacity, batch: Batch) -> Capacity:
    """Return a capacity whose keys and values take no more than a share of the free memory."""
    free = free_bytes(batch.device)
    if free is None:
        return capacity
    tokens = max(1, int(free * MEMORY_SHARE) // batch.token_bytes)
    return replace(capacity, max_batch_tokens=min(capacity.max_batch_tokens, tokens))


def take(
    waiting: list[BatchRow], *, beside: Sequence[BatchRow], capacity: Capacity
) -> list[BatchRow]:
    """Remove from the end of `waiting` the rows that fit beside those being decoded.

    None are taken before `REFILL_SHARE` allows it: a prefill of one row costs nearly as much as
    one of several.
    """
    if beside and len(beside) > REFILL_SHARE * capacity.max_texts:
        return []
    taken: list[BatchRow] = []
    widths = [row.width for row in beside]
    while waiting and len(widths) < capacity.max_texts:
        widths.append(waiting[-1].width)
        tokens = max(widths) * len(widths) if capacity.padded else sum(widths)
        if len(widths) > 1 and tokens * capacity.rows_per_text > capacity.max_batch_tokens:
            break
        taken.append(waiting.pop())
    return taken
