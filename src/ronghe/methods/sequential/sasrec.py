"""SASRec, self-attention over a line (Kang & McAuley 2018, doi:10.1109/ICDM.2018.00035), trained by cross-entropy over items.

The loss is what makes it strong: a softmax over many items (Klenitskiy & Vasilev 2023, doi:10.1145/3604915.3610644), here sampled
with the correction of Bengio & Senecal (2008, doi:10.1109/TNN.2007.912312) unless `negatives` is 0.
"""

from dataclasses import dataclass
from typing import Any

from ronghe.core.errors import require
from ronghe.methods.sequential.neural import Neural


@dataclass(frozen=True)
class SASRec(Neural):
    """Learns NeuralModel: every step looks back at the steps before it and foretells the next.

    dim: width of item vectors · layers: how many lie on each other · heads: points of view of each layer, divides dim ·
    dropout: share of values left out while it learns · rate: how large learning steps are at first ·
    epochs: times that all lines are read at most · patience: epochs without gain on the held-out steps after which it ends ·
    held: share of lines whose last step is held out to know when to end · batch: steps read together ·
    negatives: items drawn for each batch to tell the right ones from, 0 = all items ·
    traits: how much what items have in common shapes where their vectors start, beside what was seen together; 0 = random start ·
    items: model the items with most events, so many at most · least: an item with fewer events is left out ·
    longest: a line's newest steps that are read · workers: processes that learn together.
    """

    heads: int = 2

    def __post_init__(self) -> None:
        super().__post_init__()
        require(self.heads >= 1 and self.dim % self.heads == 0, "heads", self.heads, f"a divisor of dim, {self.dim}")

    def network(self) -> Any:
        """The torch module."""
        from ronghe.methods.sequential.networks.attention import Attention

        return Attention(self.dim, self.layers, self.heads, self.dropout, self.longest)
