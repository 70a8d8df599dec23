"""GRU4Rec, a recurrent network over a line (Hidasi et al. 2016, arXiv:1511.06939; Hidasi & Karatzoglou 2018, arXiv:1706.03847)."""

from dataclasses import dataclass
from typing import Any

from ronghe.core.errors import require
from ronghe.methods.sequential.neural import Neural


@dataclass(frozen=True)
class GRU4Rec(Neural):
    """Learns NeuralModel: a state that each step changes and that foretells the next.

    dim: width of item vectors · layers: how many lie on each other ·
    dropout: share of values left out while it learns · rate: how large learning steps are at first ·
    epochs: times that all lines are read at most · patience: epochs without gain on the held-out steps after which it ends ·
    held: share of lines whose last step is held out to know when to end · batch: steps read together ·
    negatives: items drawn for each batch to tell the right ones from, 0 = all items ·
    traits: how much what items have in common shapes where their vectors start, beside what was seen together; 0 = random start ·
    items: model the items with most events, so many at most · least: an item with fewer events is left out ·
    longest: a line's newest steps that are read · workers: processes that learn together ·
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
