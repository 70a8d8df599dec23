"""Leaves out what the shopper has bought."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ronghe.core.candidates import Candidates
from ronghe.core.errors import BadRecipe
from ronghe.core.queries import Queries
from ronghe.methods.filters.history import in_history


@dataclass(frozen=True)
class NotBought:
    """Leaves out items that the shopper bought in the last `days`; 0 = ever."""

    days: float = 0.0

    optional: ClassVar[bool] = True

    def __post_init__(self) -> None:
        if not self.days >= 0:
            raise BadRecipe(f"days is {self.days}; right would be 0 (ever) or more")

    @property
    def needs(self) -> tuple[str, ...]:
        """Nothing: the history comes with the query."""
        return ()

    def keep(self, queries: Queries, candidates: Candidates) -> NDArray[np.bool_]:
        """True for each row whose item was not bought (rows,)."""
        return ~in_history(queries, candidates, ("purchase",), self.days or np.inf)
