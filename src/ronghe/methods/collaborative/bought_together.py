"""What goes into the basket together: confidence of co-purchase, damped by how common the second thing is anyway.

Rules of one item each (Agrawal, Imielinski, Swami 1993, doi:10.1145/170035.170072); damping lies between confidence and lift.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from ronghe.core.dataset import Dataset
from ronghe.core.errors import require
from ronghe.core.events import DAY, KIND, Events
from ronghe.core.queries import Queries
from ronghe.core.roles import Compute
from ronghe.kernels.segments import segment_max, segment_of
from ronghe.methods.collaborative.linear import ItemItemModel
from ronghe.methods.collaborative.neighbours import Numbers, neighbours
from ronghe.methods.collaborative.taste import Taste

Float32 = NDArray[np.float32]
HOUR = 3600.0


@dataclass(frozen=True)
class BoughtTogether:
    """Learns BoughtTogetherModel from the purchases of each visit.

    keep: partners kept an item · damp: 0 = plain confidence, 1 = lift · shrink: visits added below the confidence ·
    least: items in fewer visits are left out · together: pairs in fewer visits are left out · items: model the most sold
    ones, so many at most · longest: visits with more different items are left out, they say little · gap: without basket
    and item looked at, the purchases of the last `gap` hours before the last one count as the basket.
    """

    keep: int = 50
    damp: float = 0.3
    shrink: float = 10.0
    least: int = 5
    together: int = 3
    items: int = 20_000
    longest: int = 200
    gap: float = 2.0

    def __post_init__(self) -> None:
        require(self.keep >= 1, "keep", self.keep, "1 or more")
        require(0 <= self.damp <= 1, "damp", self.damp, "from 0 to 1")
        require(self.shrink >= 0, "shrink", self.shrink, "0 or more")
        require(self.least >= 1, "least", self.least, "1 or more")
        require(self.together >= 1, "together", self.together, "1 or more")
        require(self.items >= 1, "items", self.items, "1 or more")
        require(self.longest >= 2, "longest", self.longest, "2 or more")
        require(self.gap >= 0, "gap", self.gap, "0 hours or more")

    def fit(self, data: Dataset, compute: Compute) -> "BoughtTogetherModel":
        """The model of these settings, from what `data` may see."""
        visits = _visits(data.events.of_kind("purchase"), len(data.catalog), self.longest)
        sold = np.bincount(visits.indices, minlength=visits.shape[1])
        order = np.argsort(-sold, kind="stable")[: self.items]
        items = np.sort(order[sold[order] >= self.least]).astype(np.int64)
        count = sold[items].astype(np.float32)
        often = np.maximum(count / max(visits.shape[0], 1), np.float32(1e-9))

        def damped(pairs: Float32, i: Numbers, j: Numbers) -> Float32:
            confidence = pairs / (count[i] + np.float32(self.shrink))
            return np.where(pairs >= self.together, confidence / often[j] ** np.float32(self.damp), np.float32(0))

        weight = neighbours(sp.csr_matrix(visits[:, items]), damped, self.keep, compute, "bought-together")
        return BoughtTogetherModel(Taste(items, float("inf"), 0.0), weight, self.gap)


def _visits(bought: Events, items: int, longest: int) -> sp.csr_matrix:
    """Once or never of each (visit, item), float32 CSR; a purchase outside any visit belongs to its shopper's day."""
    bought = bought.where((bought.item >= 0) & ((bought.session >= 0) | (bought.user >= 0)))
    loose = bought.session < 0
    day = np.where(loose, np.floor(bought.time / DAY), -1)
    whose = np.where(loose, bought.user, bought.session)
    order = np.lexsort((day, whose, loose))
    key = np.stack([loose[order], whose[order], day[order]])
    starts = np.concatenate([[True], (np.diff(key, axis=1) != 0).any(axis=0)])[: len(order)]
    visit = np.cumsum(starts) - 1
    ones = (np.ones(len(order), dtype=np.float32), (visit, bought.item[order]))
    table = sp.csr_matrix(ones, shape=(int(visit[-1]) + 1 if len(visit) else 0, items))
    table.sum_duplicates()
    table.data[:] = 1
    return table[np.diff(table.indptr) <= longest]


@dataclass(frozen=True, eq=False)
class BoughtTogetherModel(ItemItemModel):
    """score of j = sum over the things in the basket and the one looked at, of how they call for j."""

    gap: float

    part: ClassVar[str] = "retrieve:bought-together"

    def asked(self, queries: Queries) -> sp.csr_matrix:
        """Once or never of what lies in the basket, what is looked at, or else what was bought last (queries, n)."""
        query = np.concatenate([segment_of(queries.basket_splits), np.flatnonzero(queries.anchor >= 0)])
        item = np.concatenate([queries.basket_item, queries.anchor[queries.anchor >= 0]])
        idle = np.ones(len(queries), dtype=bool)
        idle[query] = False
        last = self._last_visit(queries, idle)
        column = self.taste.columns(np.concatenate([item, queries.history.item[last]]))
        query = np.concatenate([query, queries.history.query[last]])[column >= 0]
        column = column[column >= 0]
        shape = (len(queries), len(self.taste.items))
        found = sp.csr_matrix((np.ones(len(query), dtype=np.float32), (query, column)), shape=shape)
        found.sum_duplicates()
        found.data[:] = 1
        return found

    def _last_visit(self, queries: Queries, idle: NDArray[np.bool_]) -> NDArray[np.bool_]:
        history = queries.history
        bought = (history.kind == KIND["purchase"]) & idle[history.query]
        last = segment_max(np.where(bought, history.time, np.nan), history.splits)[history.query]
        lately: NDArray[np.bool_] = bought & (history.time >= last - self.gap * HOUR)
        return lately
