"""GRU4Rec, a recurrent network over a line (Hidasi et al. 2016, arXiv:1511.06939; Hidasi & Karatzoglou 2018, arXiv:1706.03847)."""

from dataclasses import dataclass
from typing import Any

from ronghe.core.errors import require
from ronghe.methods.sequential.neural import Neural


@dataclass(frozen=True)
class GRU4Rec(Neural):
    """Learns NeuralModel: a state that each step changes and that foretells the next; the settings of Course.

    width: of the state.
    """

    layers: int = 1
    width: int = 96

    def __post_init__(self) -> None:
        super().__post_init__()
        require(self.width >= 1, "width", self.width, "1 or more")

    def network(self) -> Any:
        """The torch module."""
        from ronghe.methods.sequential.networks.recurrent import Recurrent

        return Recurrent(self.dim, self.layers, self.dropout, self.width)
