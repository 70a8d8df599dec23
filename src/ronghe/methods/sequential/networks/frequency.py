"""The network of BSARec, so read that no step sees a later one: what lasts is a mean of the last steps, what passes is the rest."""

import torch
from torch import Tensor, nn
from torch.nn.functional import pad

from ronghe.methods.sequential.networks.attention import SelfAttention
from ronghe.methods.sequential.networks.dropout import Dropout


class Frequency(nn.Module):
    """layers x (share * rescaled frequencies + (1 - share) * attention, then feed-forward) over item vectors with places."""

    def __init__(self, dim: int, layers: int, heads: int, dropout: float, longest: int, share: float, window: int) -> None:
        super().__init__()
        self.place = nn.Parameter(torch.zeros(longest, dim))
        self.drop = Dropout(dropout * 0.5)
        self.layers = nn.ModuleList([Layer(dim, heads, dropout, share, window) for _ in range(layers)])
        self.norm = nn.LayerNorm(dim)

    def forward(self, seen: Tensor, age: Tensor) -> Tensor:
        """seen (batch, steps, dim) to what each step foretells (batch, steps, dim); ages say nothing to it."""
        x = self.drop(seen + self.place[: seen.shape[1]])
        for layer in self.layers:
            x = layer(x)
        out: Tensor = self.norm(x)
        return out


class Layer(nn.Module):
    """x + a mix of frequencies and attention of norm x, then x + feed-forward(norm x)."""

    def __init__(self, dim: int, heads: int, dropout: float, share: float, window: int) -> None:
        super().__init__()
        self.share = share
        self.rescale, self.attend = Rescale(dim, window), SelfAttention(dim, heads, dropout)
        self.before, self.between = nn.LayerNorm(dim), nn.LayerNorm(dim)
        self.feed = nn.Sequential(nn.Linear(dim, 4 * dim), nn.GELU(), nn.Linear(4 * dim, dim))
        self.drop = Dropout(dropout)

    def forward(self, x: Tensor) -> Tensor:
        """(batch, steps, dim) to the same."""
        y = self.before(x)
        x = x + self.drop(self.share * self.rescale(y) + (1 - self.share) * self.attend(y))
        out: Tensor = x + self.drop(self.feed(self.between(x)))
        return out


class Rescale(nn.Module):
    """low + beta^2 high (Shin et al. 2024, eq. 6): low the mean of the last `window` steps, high what x has beyond it."""

    def __init__(self, dim: int, window: int) -> None:
        super().__init__()
        self.window = window
        self.beta = nn.Parameter(torch.full((dim,), 0.7))

    def forward(self, x: Tensor) -> Tensor:
        """(batch, steps, dim) to the same."""
        total = x.cumsum(dim=1)
        low = total - pad(total, (0, 0, self.window, 0))[:, : x.shape[1]]
        count = torch.arange(1, x.shape[1] + 1, device=x.device).clamp(max=self.window).to(x.dtype)
        low = low / count[:, None]
        out: Tensor = low + self.beta**2 * (x - low)
        return out
