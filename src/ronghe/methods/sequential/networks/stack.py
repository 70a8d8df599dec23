"""Layers over a line's steps, as transformers stack them: learned places, a part that mixes steps, a feed-forward part."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from ronghe.methods.sequential.networks.dropout import Dropout


class Stack(nn.Module):
    """layers x (mix + feed-forward) over item vectors with places; `mix` makes the part of a layer that mixes steps."""

    def __init__(self, dim: int, layers: int, dropout: float, longest: int, mix: Callable[[], nn.Module]) -> None:
        super().__init__()
        self.place = nn.Parameter(torch.zeros(longest, dim))
        self.drop = Dropout(dropout * 0.5)
        self.layers = nn.ModuleList([Layer(dim, dropout, mix()) for _ in range(layers)])
        self.norm = nn.LayerNorm(dim)

    def forward(self, seen: Tensor, age: Tensor) -> Tensor:
        """seen (batch, steps, dim) to what each step foretells (batch, steps, dim); ages say nothing to it."""
        x = self.drop(seen + self.place[: seen.shape[1]])
        for layer in self.layers:
            x = layer(x)
        out: Tensor = self.norm(x)
        return out


class Layer(nn.Module):
    """x + mix(norm x), then x + feed-forward(norm x)."""

    def __init__(self, dim: int, dropout: float, mix: nn.Module) -> None:
        super().__init__()
        self.mix = mix
        self.before, self.between = nn.LayerNorm(dim), nn.LayerNorm(dim)
        self.feed = nn.Sequential(nn.Linear(dim, 4 * dim), nn.GELU(), nn.Linear(4 * dim, dim))
        self.drop = Dropout(dropout)

    def forward(self, x: Tensor) -> Tensor:
        """(batch, steps, dim) to the same."""
        x = x + self.drop(self.mix(self.before(x)))
        out: Tensor = x + self.drop(self.feed(self.between(x)))
        return out
