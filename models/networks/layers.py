"""torch's layers without the random weights that they begin with: a file's are put in their place.

Drawing them for a model takes longer than loading it, even where there is no memory to draw in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch import nn

if TYPE_CHECKING:
    import torch


class Linear(nn.Linear):
    """x W^T + b."""

    def reset_parameters(self) -> None:
        """Leave the memory as it is."""


class Embedding(nn.Embedding):
    """Rows of a table, by number."""

    def reset_parameters(self) -> None:
        """Leave the memory as it is."""

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        """Return the embeddings (..., size) of token ids."""
        return self.finished(super().forward(ids))

    def finished(self, rows: torch.Tensor) -> torch.Tensor:
        """Return the embeddings that rows of the table stand for, in any number format."""
        return rows


class LayerNorm(nn.LayerNorm):
    """Layer normalisation (https://arxiv.org/abs/1607.06450)."""

    def reset_parameters(self) -> None:
        """Leave the memory as it is."""
