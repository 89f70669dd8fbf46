"""The LM head of a decoder-only model: from hidden states to the logits of tokens.

The head can be restricted to part of the vocabulary (`models.decoding.allowed_tokens`). The logits
then have a column for each token of that part, and the other rows of the output matrix are not
multiplied.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from models.runtime.checkpoint import hidden_dtype
from models.runtime.rows import StoredRows, rows_product

if TYPE_CHECKING:
    import torch


IMPOSSIBLE = -12.0  # nats: never, in effect, but finite, so that means can be taken
_ROWS = 128  # the logits of at most so many rows are in memory at a time


class LMHead:
    """The output matrix of a model, or the rows of it that are `allowed`.

    `allowed` is a sorted 1-D tensor of token ids; None allows the whole vocabulary.
    """

    def __init__(self, model: Any, *, allowed: torch.Tensor | None = None) -> None:
        weight = model.get_output_embeddings().weight.detach()
        self._device = weight.device
        made_of = getattr(model, "made_of", "")  # transformers' models have none
        self._product = rows_product(weight, allowed, dtype=hidden_dtype(model), made_of=made_of)
        self._allowed = allowed

    def logits(self, hidden: torch.Tensor) -> torch.Tensor:
        """Return the logits (rows, columns) of hidden states (rows, size)."""
        return self._product(hidden)

    def rest(self) -> None:
        """Give back memory that is not needed until the next batch."""
        if isinstance(self._product, StoredRows):
            self._product.rest()

    def tokens(self, columns: torch.Tensor) -> torch.Tensor:
        """Return the token ids that columns of the logits stand for, in the shape of `columns`."""
        return columns if self._allowed is None else self._allowed[columns]

    def columns(self, ids: frozenset[int]) -> torch.Tensor:
        """Return the columns of the logits, ascending, of those tokens in `ids` that have one."""
        import torch

        wanted = torch.tensor(sorted(ids), device=self._device)
        if self._allowed is None:
            return wanted
        return torch.isin(self._allowed, wanted).nonzero().squeeze(1)

    def columns_of(self, tokens: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the column of each token, and whether it has one; any column where it has none."""
        import torch

        if self._allowed is None:
            return tokens, torch.ones_like(tokens, dtype=torch.bool)
        columns = torch.searchsorted(self._allowed, tokens).clamp(max=len(self._allowed) - 1)
        return columns, self._allowed[columns] == tokens

    def log_probabilities(self, hidden: torch.Tensor, tokens: torch.Tensor) -> torch.Tensor:
        """Return the log-probability (rows,) of one token for each hidden state (rows, size).

        A token outside the allowed part of the vocabulary has `IMPOSSIBLE`.
        """
        import torch

        columns, known = self.columns_of(tokens)
        found = torch.cat(
            [
                self.logits(hidden[i : i + _ROWS])
                .float()
                .log_softmax(dim=-1)
                .gather(1, columns[i : i + _ROWS, None])
                for i in range(0, len(hidden), _ROWS)
            ]
        )
        return found.squeeze(1).masked_fill(~known, IMPOSSIBLE)
