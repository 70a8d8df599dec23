"""Causal self-attention: each step reads itself and the steps before it."""

import torch
from torch import Tensor, nn

from ronghe.methods.sequential.networks.dropout import Dropout


class SelfAttention(nn.Module):
    """softmax(Q K' / sqrt(d) where earlier or same) V (Vaswani et al. 2017, arXiv:1706.03762)."""

    def __init__(self, dim: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.heads = heads
        self.forget = Dropout(dropout * 0.5)  # of whole steps: what was done once may not be needed
        self.asked, self.out = nn.Linear(dim, 3 * dim), nn.Linear(dim, dim)

    def forward(self, x: Tensor) -> Tensor:
        """(batch, steps, dim) to the same."""
        batch, steps, dim = x.shape
        parts = self.asked(x).reshape(batch, steps, 3, self.heads, dim // self.heads)
        q, k, v = parts.permute(2, 0, 3, 1, 4).unbind(0)  # (batch, heads, steps, dim / heads) each
        weight = q @ k.transpose(-1, -2) / (dim // self.heads) ** 0.5
        weight = weight.masked_fill(later(x), float("-inf")).softmax(dim=-1)
        y = (self.forget(weight) @ v).transpose(1, 2).reshape(batch, steps, dim)
        out: Tensor = self.out(y)
        return out


def later(x: Tensor) -> Tensor:
    """True where a step (row) would look at a later one (column): (steps, steps) of x (batch, steps, dim)."""
    at = torch.arange(x.shape[1], device=x.device)
    return at[None, :] > at[:, None]
