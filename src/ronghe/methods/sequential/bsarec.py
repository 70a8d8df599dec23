"""BSARec, attention beside frequencies, so that what lasts and what passes are both heard (Shin et al. 2024, arXiv:2312.10325).

The paper filters with a Fourier transform over the whole line; here what lasts is a mean of the last steps, so that one reading of
a line foretells every step of it and no step sees a later one.
"""

from dataclasses import dataclass
from typing import Any

from ronghe.core.errors import require
from ronghe.methods.sequential.neural import Neural


@dataclass(frozen=True)
class BSARec(Neural):
    """Learns NeuralModel: attention that does not smooth everything away.

    dim: width of item vectors · layers: how many lie on each other · heads: points of view of each layer, divides dim ·
    dropout: share of values left out while it learns · rate: how large learning steps are at first ·
    epochs: times that all lines are read at most · patience: epochs without gain on the held-out steps after which it ends ·
    held: share of lines whose last step is held out to know when to end · batch: steps read together ·
    negatives: items drawn for each batch to tell the right ones from, 0 = all items ·
    traits: how much what items have in common shapes where their vectors start, beside what was seen together; 0 = random start ·
    items: model the items with most events, so many at most · least: an item with fewer events is left out ·
    longest: a line's newest steps that are read · workers: processes that learn together ·
    share: of frequencies beside attention · window: steps whose mean is what lasts.
    """

    heads: int = 2
    share: float = 0.5
    window: int = 4

    def __post_init__(self) -> None:
        super().__post_init__()
        require(self.heads >= 1 and self.dim % self.heads == 0, "heads", self.heads, f"a divisor of dim, {self.dim}")
        require(0 <= self.share <= 1, "share", self.share, "from 0 to 1")
        require(self.window >= 1, "window", self.window, "1 or more")

    def network(self) -> Any:
        """The torch module."""
        from ronghe.methods.sequential.networks.frequency import Frequency

        return Frequency(self.dim, self.layers, self.heads, self.dropout, self.longest, self.share, self.window)
