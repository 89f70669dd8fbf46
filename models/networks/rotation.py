"""Positions as rotations of queries and keys (Su et al. 2021, https://arxiv.org/abs/2104.09864)."""

from __future__ import annotations

from typing import Protocol

import torch

Rotation = tuple[torch.Tensor, torch.Tensor]  # cosines and sines, each (rows, 1, tokens, head size)


class Rotate(Protocol):
    """A way to compute the rotation of positions."""

    def __call__(self, positions: torch.Tensor, *, theta: float, size: int) -> Rotation:
        """Return the rotation of `positions` (rows, tokens) in heads of `size`, in float32."""


class Turn(Protocol):
    """A way to rotate queries or keys."""

    def __call__(self, x: torch.Tensor, rotation: Rotation) -> torch.Tensor:
        """Return x (rows, heads, tokens, size) rotated; x itself may be changed."""


def rotate(positions: torch.Tensor, *, theta: float, size: int) -> Rotation:
    """Compute the rotation (https://arxiv.org/abs/2104.09864). Implements `Rotate`."""
    steps = torch.arange(0, size, 2, dtype=torch.float, device=positions.device)
    angles = positions[..., None].float() * (1.0 / theta ** (steps / size))
    cosines, sines = (part[:, None] for part in (angles.cos(), angles.sin()))
    return torch.cat((cosines, cosines), dim=-1), torch.cat((sines, sines), dim=-1)


def turned(x: torch.Tensor, rotation: Rotation) -> torch.Tensor:
    """Rotate x. Implements `Turn`."""
    cosines, sines = rotation
    first, second = x.chunk(2, dim=-1)
    return (x * cosines) + (torch.cat((-second, first), dim=-1) * sines)
