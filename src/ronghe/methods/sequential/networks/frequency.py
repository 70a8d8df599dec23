"""How BSARec mixes steps, so read that none sees a later one: what lasts is a mean of the last steps, what passes is the rest."""

import torch
from torch import Tensor, nn
from torch.nn.functional import pad

from ronghe.methods.sequential.networks.attention import SelfAttention


class Frequency(nn.Module):
    """share * rescaled frequencies + (1 - share) * attention."""

    def __init__(self, dim: int, heads: int, dropout: float, share: float, window: int) -> None:
        super().__init__()
        self.share = share
        self.rescale, self.attend = Rescale(dim, window), SelfAttention(dim, heads, dropout)

    def forward(self, x: Tensor) -> Tensor:
        """(batch, steps, dim) to the same."""
        out: Tensor = self.share * self.rescale(x) + (1 - self.share) * self.attend(x)
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
