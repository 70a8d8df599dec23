"""BSARec, attention beside frequencies, so that what lasts and what passes are both heard (Shin et al. 2024, arXiv:2312.10325).

The paper filters with a Fourier transform over the whole line; here what lasts is a mean of the last steps, so that one reading of
a line foretells every step of it and no step sees a later one.
"""

from dataclasses import dataclass
from functools import partial
from typing import Any

from ronghe.core.errors import require
from ronghe.methods.sequential.attending import Attending


@dataclass(frozen=True)
class BSARec(Attending):
    """Learns NeuralModel: attention that does not smooth everything away, with the settings of Attending.

    share: of frequencies beside attention · window: steps whose mean is what lasts.
    """

    share: float = 0.5
    window: int = 4

    def __post_init__(self) -> None:
        super().__post_init__()
        require(0 <= self.share <= 1, "share", self.share, "from 0 to 1")
        require(self.window >= 1, "window", self.window, "1 or more")

    def network(self) -> Any:
        """The torch module."""
        from ronghe.methods.sequential.networks.frequency import Frequency
        from ronghe.methods.sequential.networks.stack import Stack

        mix = partial(Frequency, self.dim, self.heads, self.dropout, self.share, self.window)
        return Stack(self.dim, self.layers, self.dropout, self.longest, mix)
