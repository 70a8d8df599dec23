"""Leaves out what lies in the basket, and the very item that is being looked at."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ronghe.core.candidates import Candidates
from ronghe.core.queries import Queries
from ronghe.kernels.pairs import among
from ronghe.kernels.segments import segment_of


@dataclass(frozen=True)
class NotInBasket:
    """Leaves out the basket's items and the anchor: nobody needs to be offered what they hold."""

    optional: ClassVar[bool] = True

    @property
    def needs(self) -> tuple[str, ...]:
        """Nothing: basket and anchor come with the query."""
        return ()

    def keep(self, queries: Queries, candidates: Candidates) -> NDArray[np.bool_]:
        """True for each row whose item is neither in the basket nor the anchor (rows,)."""
        query = np.concatenate([segment_of(queries.basket_splits), np.arange(len(queries))])
        item = np.concatenate([queries.basket_item, queries.anchor])
        return ~among(candidates.query, candidates.item, query, item, len(queries))
