"""SASRec, self-attention over a line (Kang & McAuley 2018, doi:10.1109/ICDM.2018.00035), trained by cross-entropy over items.

The loss is what makes it strong: a softmax over many items (Klenitskiy & Vasilev 2023, doi:10.1145/3604915.3610644), here sampled
with the correction of Bengio & Senecal (2008, doi:10.1109/TNN.2007.912312) unless `negatives` is 0.
"""

from dataclasses import dataclass
from functools import partial
from typing import Any

from ronghe.methods.sequential.attending import Attending


@dataclass(frozen=True)
class SASRec(Attending):
    """Learns NeuralModel: every step looks back at the steps before it and foretells the next; the settings of Attending."""

    def network(self) -> Any:
        """The torch module."""
        from ronghe.methods.sequential.networks.attention import SelfAttention
        from ronghe.methods.sequential.networks.stack import Stack

        return Stack(self.dim, self.layers, self.dropout, self.longest, partial(SelfAttention, self.dim, self.heads, self.dropout))
