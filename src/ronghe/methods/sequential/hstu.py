"""HSTU, gated attention without softmax that sees how far and how long ago steps were (Zhai et al. 2024, arXiv:2402.17152)."""

from dataclasses import dataclass
from typing import Any

from ronghe.methods.sequential.attending import Attending


@dataclass(frozen=True)
class HSTU(Attending):
    """Learns NeuralModel: how much was done counts, not only which part of it; the settings of Attending."""

    def network(self) -> Any:
        """The torch module."""
        from ronghe.methods.sequential.networks.unnormed import Unnormed

        return Unnormed(self.dim, self.layers, self.heads, self.dropout, self.longest)
