"""The network of HSTU: attention without softmax, gated, which also looks at how far and how long ago a step was."""

import math

import torch
from torch import Tensor, nn
from torch.nn.functional import embedding, silu

from ronghe.methods.sequential.networks.attention import later
from ronghe.methods.sequential.networks.dropout import Dropout

BUCKETS = 24  # of time: 0 = less than a minute, one more each time it doubles; the last is from 16 years on
MINUTES = 24 * 60.0


class Unnormed(nn.Module):
    """layers x gated attention over item vectors."""

    def __init__(self, dim: int, layers: int, heads: int, dropout: float, longest: int) -> None:
        super().__init__()
        self.drop = Dropout(dropout * 0.5)
        self.layers = nn.ModuleList([Layer(dim, heads, dropout, longest) for _ in range(layers)])
        self.norm = nn.LayerNorm(dim)

    def forward(self, seen: Tensor, age: Tensor) -> Tensor:
        """seen (batch, steps, dim), age (batch, steps) days to what each step foretells (batch, steps, dim)."""
        x = self.drop(seen)
        between = (age[:, None, :] - age[:, :, None]).clamp(min=0)  # (batch, steps, steps): row later than column
        bucket = ((1 + between * MINUTES).log() / math.log(2)).floor().clamp(max=BUCKETS - 1).long()
        at = torch.arange(seen.shape[1], device=seen.device)
        far = (at[:, None] - at[None, :]).clamp(min=0)
        for layer in self.layers:
            x = layer(x, far, bucket)
        out: Tensor = self.norm(x)
        return out


class Layer(nn.Module):
    """x + f(norm(silu(Q K' + places + times) V / steps) * U), where U, V, Q, K = silu(g(norm x)) (Zhai et al. 2024, eq. 1-3)."""

    def __init__(self, dim: int, heads: int, dropout: float, longest: int) -> None:
        super().__init__()
        self.heads = heads
        self.norm, self.after = nn.LayerNorm(dim), nn.LayerNorm(dim)
        self.spread, self.out = nn.Linear(dim, 4 * dim), nn.Linear(dim, dim)
        self.far, self.long = nn.Parameter(torch.zeros(longest)), nn.Parameter(torch.zeros(BUCKETS))
        self.drop = Dropout(dropout)

    def forward(self, x: Tensor, far: Tensor, bucket: Tensor) -> Tensor:
        """(batch, steps, dim) to the same."""
        batch, steps, dim = x.shape
        parts = silu(self.spread(self.norm(x))).reshape(batch, steps, 4, self.heads, dim // self.heads)
        u, v, q, k = parts.permute(2, 0, 3, 1, 4).unbind(0)  # (batch, heads, steps, dim / heads) each
        weight = q @ k.transpose(-1, -2) + looked_up(self.far, far) + looked_up(self.long, bucket)[:, None]
        weight = silu(weight).masked_fill(later(x), 0.0)
        count = torch.arange(1, steps + 1, device=x.device).to(x.dtype)
        seen = (weight @ v) / count[:, None]
        gated = self.after(seen.transpose(1, 2).reshape(batch, steps, dim)) * u.transpose(1, 2).reshape(batch, steps, dim)
        out: Tensor = x + self.drop(self.out(gated))
        return out


def looked_up(value: Tensor, at: Tensor) -> Tensor:
    """value[at]; unlike that, threads sum its gradient in the same order each time."""
    out: Tensor = embedding(at, value[:, None])[..., 0]
    return out
