"""The heads and the gate as torch modules: they start as the closed form has them, and what they add to it starts at nothing."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ronghe.methods.encoders.multimodal.heads import Basis, Gate, Head

DROPPED = 0.5  # share of a head's hidden units that are silent while it learns


class HeadNet(nn.Module):
    """A head over what its basis says. draw: where chance comes from."""

    def __init__(self, across: NDArray[np.float32], hidden: int, draw: torch.Generator) -> None:
        super().__init__()
        wide, dim = across.shape
        self.across = nn.Parameter(torch.from_numpy(across.copy()))
        self.bias = nn.Parameter(torch.zeros(dim))
        self.inward = nn.Parameter((torch.rand(wide, hidden, generator=draw) * 2 - 1) / wide**0.5)
        self.inner = nn.Parameter(torch.zeros(hidden))
        self.outward = nn.Parameter(torch.zeros(hidden, dim))
        self.draw = draw

    def forward(self, z: Tensor) -> Tensor:
        """z (rows, p) to unit vectors (rows, dim)."""
        inner = self._thinned(nn.functional.gelu(z @ self.inward + self.inner))
        return nn.functional.normalize(z @ self.across + self.bias + inner @ self.outward, dim=-1)

    def head(self, basis: Basis) -> Head:
        """As plain arrays."""
        parts = (self.across, self.bias, self.inward, self.inner, self.outward)
        return Head(basis, *(part.detach().numpy().copy() for part in parts))

    def _thinned(self, values: Tensor) -> Tensor:
        if not self.training:
            return values
        return values * (torch.rand(values.shape, generator=self.draw) >= DROPPED) / (1 - DROPPED)


class GateNet(nn.Module):
    """Shares of the senses that know an item; it starts with equal ones."""

    def __init__(self, senses: int) -> None:
        super().__init__()
        self.weight, self.bias = nn.Parameter(torch.zeros(senses + 1, senses)), nn.Parameter(torch.zeros(senses))

    def forward(self, told: Tensor, known: Tensor) -> Tensor:
        """told (rows, senses + 1), known (rows, senses), at least one a row, to shares (rows, senses)."""
        return torch.softmax((told @ self.weight + self.bias).masked_fill(~known, -1e9), dim=1)

    def gate(self) -> Gate:
        """As plain arrays."""
        return Gate(self.weight.detach().numpy().copy(), self.bias.detach().numpy().copy())
