"""Leaves out what the shopper has already looked at."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ronghe.core.candidates import Candidates
from ronghe.core.errors import BadRecipe
from ronghe.core.events import KIND
from ronghe.core.queries import Queries
from ronghe.methods.filters.history import in_history


@dataclass(frozen=True)
class NotSeen:
    """Leaves out items that the shopper met at least `times` in the last `days`.

    days: 0 = ever; the default of half an hour is one visit · kinds: the events that count as met ·
    times: an item that was only shown deserves a second chance, so 2 or 3 go well with impressions.
    """

    days: float = 1 / 48
    kinds: tuple[str, ...] = ("view", "click")
    times: int = 1

    optional: ClassVar[bool] = True

    def __post_init__(self) -> None:
        if not self.days >= 0:
            raise BadRecipe(f"days is {self.days}; right would be 0 (ever) or more")
        if self.times < 1:
            raise BadRecipe(f"times is {self.times}; right would be 1 or more")
        for kind in self.kinds:
            if kind not in KIND:
                raise BadRecipe(f"kinds names {kind!r}; right would be some of {', '.join(KIND)}")

    @property
    def needs(self) -> tuple[str, ...]:
        """Nothing: the history comes with the query."""
        return ()

    def keep(self, queries: Queries, candidates: Candidates) -> NDArray[np.bool_]:
        """True for each row whose item was not met (rows,)."""
        return ~in_history(queries, candidates, self.kinds, self.days or np.inf, self.times)
