"""What a shopper likes, as a row over the items a model knows: read alike from the log (fit) and from a query (serve)."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from ronghe.core.dataset import Dataset
from ronghe.core.queries import Queries
from ronghe.kernels.segments import keep_rows, segment_of


@dataclass(frozen=True, eq=False)
class Taste:
    """How liking is read.

    items: numbers of the items that the model knows, ascending (n,) · half_life: days after which an event counts half ·
    power: liking summed over events is raised to this; 1 = as it is, 0 = once or never.
    """

    items: NDArray[np.int64]
    half_life: float
    power: float

    @cached_property
    def column(self) -> NDArray[np.int64]:
        """Column of each item number up to the highest known one; -1 = not known; one more -1 stands at the end."""
        column = np.full(int(self.items[-1]) + 2 if len(self.items) else 1, -1, dtype=np.int64)
        column[self.items] = np.arange(len(self.items))
        return column

    def columns(self, item: NDArray[np.int64]) -> NDArray[np.int64]:
        """Columns of item numbers; -1 where the model does not know the item."""
        inside = (item >= 0) & (item < len(self.column))
        return self.column[np.where(inside, item, -1)]

    def asked(self, queries: Queries) -> sp.csr_matrix:
        """What each query says of taste, float32 CSR (queries, n).

        A query with an anchor is that item alone: "similar" asks about the thing looked at, not about who looks.
        Without one it is the history, where what lies in the basket counts as liked fully and now.
        """
        taste = self._history(queries)
        if len(queries.basket_item):
            taste = taste.maximum(self._ones(queries, segment_of(queries.basket_splits), queries.basket_item))
        looks = queries.anchor >= 0
        if looks.any():
            at = np.flatnonzero(looks)
            taste = sp.diags_array((~looks).astype(np.float32)) @ taste + self._ones(queries, at, queries.anchor[at])
        return powered(taste if isinstance(taste, sp.csr_matrix) else sp.csr_matrix(taste), self.power)

    def _history(self, queries: Queries) -> sp.csr_matrix:
        liked = queries.liked(self.half_life)
        column = self.columns(liked.item)
        known = column >= 0
        splits = keep_rows(known, liked.splits).astype(np.int32)  # 32 bits: scipy looks through wider ones for a narrower type
        shape = (len(queries), len(self.items))
        return sp.csr_matrix((liked.weight[known], column[known].astype(np.int32), splits), shape=shape)

    def _ones(self, queries: Queries, query: NDArray[np.int64], item: NDArray[np.int64]) -> sp.csr_matrix:
        column = self.columns(item)
        at = (query[column >= 0], column[column >= 0])
        ones = sp.csr_matrix((np.ones(len(at[0]), dtype=np.float32), at), shape=(len(queries), len(self.items)))
        ones.data[:] = np.minimum(ones.data, 1)  # twice in the basket is once
        return ones


def powered(taste: sp.csr_matrix, power: float) -> sp.csr_matrix:
    """`taste` (rows, n) with its entries raised to `power`; entries that vanish are left out."""
    taste.data = taste.data if power == 1 else np.power(taste.data, np.float32(power))
    taste.eliminate_zeros()
    taste.sort_indices()
    return taste


def learnt(data: Dataset, most: int, least: int, half_life: float, power: float) -> tuple[Taste, sp.csr_matrix]:
    """The items worth a model, and what each shopper likes among them: float32 CSR (users, n).

    most: keep the items that most shoppers touched, so many at most · least: an item with fewer shoppers is left out.
    """
    liking = data.interactions(half_life)
    shoppers = np.bincount(liking.indices, minlength=liking.shape[1])
    order = np.argsort(-shoppers, kind="stable")[:most]
    items = np.sort(order[shoppers[order] >= max(least, 1)]).astype(np.int64)
    return Taste(items, half_life, power), powered(sp.csr_matrix(liking[:, items]), power)
