"""Stars that shoppers gave, read alike from the log (fit) and from a query (serve): of one shopper and item the latest counts."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from ronghe.core.dataset import Dataset
from ronghe.core.errors import BadData
from ronghe.core.events import KIND, LIKING
from ronghe.core.queries import Queries

MOST = 5.0  # a rating has 0 to 5 stars
RATING = KIND["rating"]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Rated:
    """The items that a model knows, by number, ascending (n,)."""

    items: Ints

    @cached_property
    def column(self) -> Ints:
        """Column of each item number up to the highest known one; -1 = not known; one more -1 stands at the end."""
        column = np.full(int(self.items[-1]) + 2 if len(self.items) else 1, -1, dtype=np.int64)
        column[self.items] = np.arange(len(self.items))
        return column

    def columns(self, item: Ints) -> Ints:
        """Columns of item numbers; -1 where the model does not know the item."""
        inside = (item >= 0) & (item < len(self.column))
        return self.column[np.where(inside, item, -1)]

    def stars(self, queries: Queries) -> sp.csr_matrix:
        """What each query's shopper gave, CSR (queries, n); a rating that cannot be is no rating."""
        h = queries.history
        column = self.columns(h.item)
        good = (h.kind == RATING) & (column >= 0) & possible(h.amount)
        return latest(h.query[good], column[good], h.amount[good], (len(queries), len(self.items)))

    def touched(self, queries: Queries) -> sp.csr_matrix:
        """1 for each item that the shopper rated or showed a liking for, CSR (queries, n)."""
        h = queries.history
        column = self.columns(h.item)
        good = touching(h.kind) & (column >= 0) & ((h.kind != RATING) | possible(h.amount))
        return ones(h.query[good], column[good], (len(queries), len(self.items)))


def touching(kind: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Events that bind a shopper to an item, whatever the stars: the N(u) of Koren 2008."""
    mask: NDArray[np.bool_] = (kind == RATING) | (LIKING[kind] > 0)
    return mask


def possible(amount: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Stars that can be; NaN cannot."""
    mask: NDArray[np.bool_] = (amount >= 0) & (amount <= MOST)
    return mask


def latest(row: Ints, column: Ints, value: NDArray[Any], shape: tuple[int, int]) -> sp.csr_matrix:
    """Float64 CSR of values in time order: of each (row, column) the last; a value of 0 is kept."""
    key = row * shape[1] + column
    _, back = np.unique(key[::-1], return_index=True)
    at = len(key) - 1 - back
    return sp.csr_matrix((value[at].astype(np.float64), (row[at], column[at])), shape=shape)


def ones(row: Ints, column: Ints, shape: tuple[int, int]) -> sp.csr_matrix:
    """Float64 CSR with 1 at each (row, column), however often it comes."""
    key = np.unique(row * shape[1] + column) if len(row) else np.zeros(0, dtype=np.int64)
    return sp.csr_matrix((np.ones(len(key)), (key // max(shape[1], 1), key % max(shape[1], 1))), shape=shape)


@dataclass(frozen=True, eq=False)
class Learnt:
    """What the log says of ratings: the items modelled · stars and touched, CSR (shoppers who rated, n) · order: positions of
    the stars as the log came to have them, so that what is drawn at random does not depend on the items' numbers.
    """

    rated: Rated
    stars: sp.csr_matrix
    touched: sp.csr_matrix
    order: Ints


def learnt(data: Dataset, least: int) -> Learnt:
    """Items with at least `least` ratings and what those who rated any did with them.

    BadData names the row, shopper and item of a rating that cannot be.
    """
    log = data.events
    rating = (log.kind == RATING) & (log.item >= 0) & (log.user >= 0)
    _check(data, rating)
    rows, shape = np.flatnonzero(rating), (data.users, len(data.catalog))
    given = latest(log.user[rows], log.item[rows], rows, shape)
    count = np.bincount(given.indices, minlength=shape[1])
    items = np.flatnonzero(count >= least).astype(np.int64)
    rated = Rated(items)
    given = _columns(given, items)
    bound = touching(log.kind) & (log.user >= 0) & (rated.columns(log.item) >= 0)
    touched = ones(log.user[bound], rated.columns(log.item[bound]), (data.users, len(items)))
    shoppers = np.flatnonzero(np.diff(given.indptr))
    given = given[shoppers]
    at = given.data.astype(np.int64)
    stars = sp.csr_matrix((log.amount[at].astype(np.float64), given.indices, given.indptr), shape=given.shape)
    return Learnt(rated, stars, touched[shoppers], np.argsort(at))


def _columns(matrix: sp.csr_matrix, items: Ints) -> sp.csr_matrix:
    """These columns; unlike a product with a selector, ratings of 0 stars stay."""
    kept = matrix.tocsc()[:, items].tocsr()
    kept.sort_indices()
    return kept


def _check(data: Dataset, rating: NDArray[np.bool_]) -> None:
    amount = data.events.amount
    wrong = np.flatnonzero(rating & ~possible(amount))
    if len(wrong):
        row = int(wrong[0])
        item = data.catalog.vocabulary.ids[int(data.events.item[row])]
        raise BadData(
            f"event {row} of the log: shopper number {data.events.user[row]} gave item {item!r} {amount[row]} stars; "
            f"a rating has 0 to {MOST:g}"
        )


def scale(stars: sp.csr_matrix) -> tuple[float, float, float]:
    """Mean, lowest and highest of the stars; of nothing 0."""
    values = stars.data
    return (float(values.mean()), float(values.min()), float(values.max())) if len(values) else (0.0, 0.0, 0.0)


def above_mean(stars: sp.csr_matrix, mean: float) -> sp.csr_matrix:
    """The same entries less the mean."""
    return sp.csr_matrix((stars.data - mean, stars.indices, stars.indptr), shape=stars.shape)
