"""Dropout from a generator of its own, so that fits beside each other do not disturb their draws."""

import torch
from torch import Tensor, nn


class Dropout(nn.Module):
    """Leaves out a share of the values while it learns (Srivastava et al. 2014); `draw` is set by whoever trains."""

    draw: torch.Generator | None = None

    def __init__(self, share: float) -> None:
        super().__init__()
        self.share = share

    def forward(self, x: Tensor) -> Tensor:
        """x with a share of its values 0 and the others larger, so that their mean stays."""
        if not self.training or self.share == 0:
            return x
        keep = torch.empty_like(x).bernoulli_(1 - self.share, generator=self.draw)
        return x * keep / (1 - self.share)


def drawing(network: nn.Module, draw: torch.Generator) -> None:
    """Makes every Dropout of the network draw from `draw`."""
    for part in network.modules():
        if isinstance(part, Dropout):
            part.draw = draw
