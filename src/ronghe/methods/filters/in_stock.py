"""Keeps what can be sold: not deleted, and in stock or not tracked."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ronghe.core.candidates import Candidates
from ronghe.core.queries import Queries


@dataclass(frozen=True)
class InStock:
    """Keeps items that are available at this moment. It is never optional: when it cannot tell, nothing passes."""

    @property
    def needs(self) -> tuple[str, ...]:
        """The live availability."""
        return ("item:available",)

    def keep(self, queries: Queries, candidates: Candidates) -> NDArray[np.bool_]:
        """True for each row whose item is available (rows,)."""
        return candidates.columns["item:available"].astype(bool)
