"""Low-rank adapters, trained as if they were merged.

An adapted matrix is W + s B A, with A of shape (rank, in) and B of shape (out, rank). The sum is
computed once a step (2 x rank operations for each weight, nothing beside a batch of thousands of
tokens), so that forward and the gradient of the input cost one product each, as without an
adapter; only the gradients of A and B come on top. What is trained is exactly what runs: the
merged matrix, rounded to the number format of the base.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

ADAPTED = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")


class _Product(torch.autograd.Function):
    """x (tokens, in) times merged (out, in), with gradients for x, A and B."""

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor, a: torch.Tensor, b: torch.Tensor, layer: Any) -> Any:
        ctx.save_for_backward(x)
        ctx.layer = layer
        return x @ layer.merged.T

    @staticmethod
    def backward(ctx: Any, *grads: torch.Tensor) -> Any:
        (x,) = ctx.saved_tensors
        layer, grad = ctx.layer, grads[0].reshape(-1, grads[0].shape[-1])
        flat = x.reshape(-1, x.shape[-1])
        grad_x = (grad @ layer.merged).view(x.shape) if ctx.needs_input_grad[0] else None
        grad_a = (grad @ layer.b_run).T @ flat
        grad_b = grad.T @ (flat @ layer.a_run.T)
        return grad_x, layer.scale * grad_a.float(), layer.scale * grad_b.float(), None


class AdaptedLinear(nn.Module):
    """A frozen linear layer with a trained low-rank addition."""

    def __init__(self, layer: nn.Linear, *, rank: int, alpha: float) -> None:
        super().__init__()
        weight = layer.weight.detach()
        self.weight, self.bias = weight, layer.bias
        self.merged = torch.empty_like(weight)
        self.scale = alpha / rank
        uniform = torch.empty(rank, weight.shape[1]).uniform_(-1, 1) * weight.shape[1] ** -0.5
        self.a = nn.Parameter(uniform.to(weight.device))
        self.b = nn.Parameter(torch.zeros(weight.shape[0], rank, device=weight.device))
        self.merge()

    @torch.no_grad()
    def merge(self) -> None:
        """Recompute what is run from what is trained; to be called after every change."""
        self.a_run, self.b_run = (part.to(self.weight.dtype) for part in (self.a, self.b))
        torch.addmm(self.weight, self.b_run, self.a_run, alpha=self.scale, out=self.merged)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        product: torch.Tensor = _Product.apply(x, self.a, self.b, self)
        return product if self.bias is None else product + self.bias


def adapt(model: nn.Module, *, rank: int, alpha: float) -> dict[str, AdaptedLinear]:
    """Freeze `model`, adapt its matrices in place, and return the new layers by name."""
    model.requires_grad_(False)
    layers: dict[str, AdaptedLinear] = {}
    for name, module in list(model.named_modules()):
        if name.rpartition(".")[2] in ADAPTED and isinstance(module, nn.Linear):
            parent = model.get_submodule(name.rpartition(".")[0])
            layers[name] = AdaptedLinear(module, rank=rank, alpha=alpha)
            setattr(parent, name.rpartition(".")[2], layers[name])
    return layers
