"""Shopper neighbours: what those like who liked what the query likes (Herlocker et al. 1999, doi:10.1145/312624.312682)."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from ronghe.core.candidates import Candidates
from ronghe.core.dataset import Dataset
from ronghe.core.errors import require
from ronghe.core.queries import Queries
from ronghe.core.roles import Compute
from ronghe.core.slates import Reasons
from ronghe.kernels.top import strongest
from ronghe.methods.collaborative.taste import Taste
from ronghe.methods.collaborative.taste_learner import TasteLearner
from ronghe.methods.collaborative.whole import LikingModel
from ronghe.methods.reasons import reasons
from ronghe.methods.scoring import Float32, silenced


@dataclass(frozen=True)
class UserKNN(TasteLearner):
    """Learns UserKNNModel: remembers what shoppers liked; with the settings of TasteLearner.

    neighbours: shoppers that speak for a query · shrink: added below the cosine, so that little in common proves little ·
    shoppers: remember so many at most, the most recent.
    """

    neighbours: int = 30
    shrink: float = 10.0
    shoppers: int = 50_000

    def __post_init__(self) -> None:
        super().__post_init__()
        require(self.neighbours >= 1, "neighbours", self.neighbours, "1 or more")
        require(self.shrink >= 0, "shrink", self.shrink, "0 or more")
        require(self.shoppers >= 1, "shoppers", self.shoppers, "1 or more")

    def fit(self, data: Dataset, compute: Compute) -> "UserKNNModel":
        """The model of these settings, from what `data` may see."""
        taste, liking = self.learnt(data)
        shopper = _recent(data, np.flatnonzero(np.diff(liking.indptr)), self.shoppers)
        liking = liking[shopper]
        length = np.sqrt(np.asarray(liking.power(2).sum(axis=1), dtype=np.float32).ravel())
        return UserKNNModel(taste, liking, length, shopper, self.neighbours, self.shrink)


def _recent(data: Dataset, shoppers: NDArray[np.int64], most: int) -> NDArray[np.int64]:
    last = np.full(data.users, -np.inf)
    np.maximum.at(last, data.signs.user, data.signs.time)
    return np.sort(shoppers[np.argsort(-last[shoppers], kind="stable")[:most]])


@dataclass(frozen=True, eq=False)
class UserKNNModel(LikingModel):
    """score of an item = sum over the nearest shoppers of how near they are times how they like it.

    liking CSR (shoppers, n) · length of its rows (shoppers,) · shopper number of each row: nobody is their own neighbour.
    """

    taste: Taste
    liking: sp.csr_matrix
    length: Float32
    shopper: NDArray[np.int64]
    neighbours: int
    shrink: float

    part: ClassVar[str] = "retrieve:user-knn"

    def because(self, queries: Queries, shown: Candidates) -> Sequence[Reasons]:
        """What each liked item adds through the neighbours that share it."""
        asked = self.taste.asked(queries)
        near = self._near(queries, asked)
        scale = self._scale(asked)

        def parts(query: int, column: int) -> tuple[NDArray[np.int64], Float32]:
            liked, who = asked[[query]], near[[query]].indices
            says = self.liking[who][:, [column]].toarray().ravel() / scale(query, who)
            shared = self.liking[who][:, liked.indices].T @ says
            return liked.indices.astype(np.int64), (liked.data * shared).astype(np.float32)

        return reasons(parts, self.scores(queries), self.taste, queries, shown, self.part)

    def _scores(self, queries: Queries) -> Float32:
        near = self._near(queries, self.taste.asked(queries))
        score: Float32 = (near @ self.liking).toarray()  # (queries, n)
        return silenced(score, self.taste, queries)

    @cached_property
    def _across(self) -> sp.csr_matrix:
        return self.liking.T.tocsr()

    def _near(self, queries: Queries, asked: sp.csr_matrix) -> sp.csr_matrix:
        """The shrunk cosine to each query's nearest shoppers, CSR (queries, shoppers)."""
        dot = (asked @ self._across).tocoo()
        near = dot.data / self._scale(asked)(dot.row, dot.col)
        other = self.shopper[dot.col] != queries.user[dot.row]
        found = sp.csr_matrix((near[other], (dot.row[other], dot.col[other])), shape=dot.shape, dtype=np.float32)
        return strongest(found, self.neighbours)

    def _scale(self, asked: sp.csr_matrix) -> "Scale":
        length = np.sqrt(np.asarray(asked.power(2).sum(axis=1), dtype=np.float32).ravel())
        return Scale(length, self.length, np.float32(self.shrink))


@dataclass(frozen=True, eq=False)
class Scale:
    """What a dot product is divided by: |query| |shopper| + shrink."""

    query: Float32
    shopper: Float32
    shrink: np.float32

    def __call__(self, query: int | NDArray[np.int32], shopper: NDArray[np.int32]) -> Float32:
        """The divisor of each pair (rows,)."""
        divisor: Float32 = self.query[query] * self.shopper[shopper] + self.shrink
        return divisor
