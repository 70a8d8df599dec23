"""Which candidates stand in their shopper's recent history."""

import numpy as np
from numpy.typing import NDArray

from ronghe.core.candidates import Candidates
from ronghe.core.events import DAY, KIND
from ronghe.core.queries import Queries
from ronghe.kernels.pairs import Slots, among


def in_history(queries: Queries, candidates: Candidates, kinds: tuple[str, ...], days: float, times: int = 1) -> NDArray[np.bool_]:
    """True where the shopper has at least `times` events of these kinds with the item, not older than `days` (rows,)."""
    history = queries.history
    query = history.query
    young = queries.time[query] - history.time <= days * DAY
    rows = np.isin(history.kind, [KIND[kind] for kind in kinds]) & young & (history.item >= 0)
    query, item = query[rows], history.item[rows]
    if times > 1:
        slots = Slots.of(query, item)
        often = np.bincount(slots.slot, minlength=len(slots.key))[slots.slot] >= times
        query, item = query[often], item[often]
    return among(candidates.query, candidates.item, query, item, len(queries))
