"""The transformer of SASRec: learned places, causal self-attention, layer norm before each part."""

import torch
from torch import Tensor, nn

from ronghe.methods.sequential.networks.dropout import Dropout


class Attention(nn.Module):
    """layers x (attention + feed-forward) over item vectors with places."""

    def __init__(self, dim: int, layers: int, heads: int, dropout: float, longest: int) -> None:
        super().__init__()
        self.place = nn.Parameter(torch.zeros(longest, dim))
        self.drop = Dropout(dropout * 0.5)
        self.layers = nn.ModuleList([Layer(dim, heads, dropout) for _ in range(layers)])
        self.norm = nn.LayerNorm(dim)

    def forward(self, seen: Tensor, age: Tensor) -> Tensor:
        """seen (batch, steps, dim) to what each step foretells (batch, steps, dim); ages say nothing to it."""
        x = self.drop(seen + self.place[: seen.shape[1]])
        for layer in self.layers:
            x = layer(x)
        out: Tensor = self.norm(x)
        return out


class Layer(nn.Module):
    """x + attention(norm x), then x + feed-forward(norm x)."""

    def __init__(self, dim: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.attend = SelfAttention(dim, heads, dropout)
        self.before, self.between = nn.LayerNorm(dim), nn.LayerNorm(dim)
        self.feed = nn.Sequential(nn.Linear(dim, 4 * dim), nn.GELU(), nn.Linear(4 * dim, dim))
        self.drop = Dropout(dropout)

    def forward(self, x: Tensor) -> Tensor:
        """(batch, steps, dim) to the same."""
        x = x + self.drop(self.attend(self.before(x)))
        out: Tensor = x + self.drop(self.feed(self.between(x)))
        return out


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
