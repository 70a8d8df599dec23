"""Networks that attend: what their layers see is seen from several points of view."""

from dataclasses import dataclass

from ronghe.core.errors import require
from ronghe.methods.sequential.neural import Neural


@dataclass(frozen=True)
class Attending(Neural):
    """A learner of a network of attention, with the settings of Course.

    heads: points of view of each layer, divides dim.
    """

    heads: int = 2

    def __post_init__(self) -> None:
        super().__post_init__()
        require(self.heads >= 1 and self.dim % self.heads == 0, "heads", self.heads, f"a divisor of dim, {self.dim}")
