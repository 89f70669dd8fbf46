"""The batch of the decoding loop: rows that join and leave while others go on.

Chat prompts begin alike: the instruction is the same, the text differs. What many prompts begin
with is prefilled once: a prefix for each group of them that shares much more than all do, as with
prompts for several languages. Only the rest of a prompt, its own part, is prefilled for each row.
On a CPU, where arithmetic bounds the prefill, the prefix is more than half of the work
(scripts/bench/LOG.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, Any, Protocol

from models.decoding.prefixes import Prefix, shared_prefixes
from models.engine import Finish

if TYPE_CHECKING:
    import torch

    from models.decoding.copying import Source

MAX_PREFILL_TOKENS = 512  # in one prefill


@dataclass(frozen=True, slots=True)
class Prompt:
    """Token ids to continue, the most tokens to add, and the tokens that end the reply.

    `temperature` 0 is greedy search; above it, `seed` decides which sample is drawn. Copying from
    `source` has a price in greedy search and in sampling.
    """

    ids: Sequence[int]
    max_new_tokens: int
    stop_ids: frozenset[int]
    temperature: float = 0.0
    seed: int = 0
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class Continuation:
    """The tokens a prompt was continued with, without the one that stopped it.

    `alternatives` are the other hypotheses of a beam search that stopped by themselves, the best
    first.
    """

    ids: tuple[int, ...]
    finish: Finish
    alternatives: tuple[tuple[int, ...], ...] = ()


@dataclass(slots=True)
class BatchRow:
    """A prompt with its number, and the tokens it has been continued with so far."""

    index: int
    prompt: Prompt
    ids: list[int] = field(default_factory=list)
    _dice: Random | None = None

    @property
    def dice(self) -> Random:
        """The random numbers of the row, which follow from the seed and the ids of its prompt."""
        if self._dice is None:
            self._dice = Random(f"{self.prompt.seed} {list(self.prompt.ids)}")
        return self._dice

    @property
    def width(self) -> int:
        """The most columns that the row can take in the cache: prompt and longest reply."""
        return len(self.prompt.ids) + self.prompt.max_new_tokens


class Batch(Protocol):
    """The rows being decoded, with their keys and values."""

    @property
    def rows(self) -> Sequence[BatchRow]:
        """The rows, in their order."""

    @property
    def token_bytes(self) -> int:
        """The memory that the keys and values of a token take."""

    @property
    def device(self) -> torch.device:
        """Where that memory is."""

    def join(self, joining: Sequence[BatchRow]) -> tuple[list[BatchRow], torch.Tensor]:
        """Prefill new rows and append them to the batch.

        Of rows with the same prompt (samples of one answer) one is prefilled. Returns the new rows
        in their order in the batch, and their last hidden states (rows, size).
        """

    def step(self) -> torch.Tensor:
        """Feed each row its last token; return the hidden states (rows, size)."""

    def read(self, replies: Sequence[Sequence[int]]) -> list[torch.Tensor]:
        """Feed each row all tokens of a reply; return the hidden states (tokens, size) of each."""

    def select(self, places: Sequence[int], rows: Sequence[BatchRow]) -> None:
        """Replace row i of the batch by a copy of row `places[i]`; its text is now `rows[i]`.

        Rows can be copied, dropped and put into another order.
        """

    def clear(self) -> None:
        """Let all rows leave, and give back the memory of their keys and values."""

    def states(
        self, texts: Sequence[Sequence[int]], *, behind: Sequence[int], last: Sequence[int]
    ) -> list[torch.Tensor]:
        """Return the states (`last`, size) behind some layers of each text's last tokens.

        The texts do not join the batch. See `models.networks.decoder.Backbone.states`.
        """


def new_batch(
    backbone: Any, prompts: Sequence[Prompt] = (), *, pad_id: int, alone: bool = False
) -> Batch:
    """Return an empty batch for prompts, whose common beginnings are prefilled once.

    Not so with `alone`: a beginning would be cut where the other prompts differ from it.
    """
    shared = [] if alone else shared_prefixes(prompts)
    if backbone.paged:
        from models.decoding.paged_batch import PagedBatch

        return PagedBatch(backbone, shared=shared)
    from models.decoding.padded_batch import PaddedBatch

    return PaddedBatch(backbone, pad_id=pad_id, shared=shared)


def alike(joining: Sequence[BatchRow]) -> list[list[BatchRow]]:
    """Return groups of rows that have the same prompt, in the order in which they come."""
    groups: dict[tuple[int, ...], list[BatchRow]] = {}
    for row in joining:
        groups.setdefault(tuple(row.prompt.ids), []).append(row)
    return list(groups.values())


def prefix_of(row: BatchRow, shared: Sequence[Prefix]) -> Prefix:
    """Return the longest of the shared prefixes that a row's prompt begins with."""
    ids = row.prompt.ids
    return next((p for p in shared if len(p) < len(ids) and tuple(ids[: len(p)]) == p), ())


def without_gaps(alive: Sequence[bool]) -> list[int]:
    """Return the places of the rows that are alive, in an order in which few rows move.

    A row keeps its place where it can; the gaps are filled with the last rows.
    """
    places = [i for i, is_alive in enumerate(alive) if is_alive]
    spare = iter(reversed(places))
    return [i if alive[i] else next(spare) for i in range(len(places))]
