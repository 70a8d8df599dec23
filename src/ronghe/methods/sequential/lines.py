"""What a shopper wanted, one thing after the other: read alike from the log (fit) and from a query (serve)."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ronghe.core.dataset import Dataset
from ronghe.core.queries import Queries
from ronghe.kernels.segments import Splits, keep_rows, place_of, segment_of, splits_of

Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Lines:
    """Ragged, oldest first: splits (lines+1,) · column of a known item and time, epoch seconds, (rows,) each."""

    splits: Splits
    column: Ints
    time: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.splits) - 1

    @property
    def counts(self) -> Ints:
        """How many steps each line has."""
        return np.diff(self.splits)

    def where(self, mask: NDArray[np.bool_]) -> "Lines":
        """The rows that `mask` keeps; all lines stay."""
        return Lines(keep_rows(mask, self.splits), self.column[mask], self.time[mask])

    def take(self, lines: Ints) -> "Lines":
        """These lines, in this order."""
        count = self.counts[lines]
        splits = splits_of(count)
        rows = np.repeat(self.splits[lines] - splits[:-1], count) + np.arange(splits[-1])
        return Lines(splits, self.column[rows], self.time[rows])

    def last(self, steps: int) -> "Lines":
        """The newest `steps` of each line."""
        left = self.counts[segment_of(self.splits)] - place_of(self.splits)
        return self.where(left <= steps)

    def once(self) -> "Lines":
        """Without steps that say the same as the one before: looked at, put in the basket, bought is one wish."""
        again = np.zeros(len(self.column), dtype=bool)
        again[1:] = (self.column[1:] == self.column[:-1]) & (place_of(self.splits)[1:] > 0)
        return self.where(~again)


@dataclass(frozen=True, eq=False)
class Known:
    """The items that a model knows: item number of each column, in the order of their shop ids, so that numbering means nothing."""

    items: Ints

    @cached_property
    def _column(self) -> Ints:
        column = np.full(int(self.items.max(initial=-1)) + 2, -1, dtype=np.int64)
        column[self.items] = np.arange(len(self.items))
        return column

    def columns(self, item: Ints) -> Ints:
        """Columns of item numbers; -1 where the model does not know the item."""
        inside = (item >= 0) & (item < len(self._column))
        return self._column[np.where(inside, item, -1)]

    def asked(self, queries: Queries) -> Lines:
        """The line of each query: the item looked at alone; else the history, then what lies in the basket."""
        h = queries.history
        basket = segment_of(queries.basket_splits)
        looks = np.flatnonzero(queries.anchor >= 0)
        query = np.concatenate([np.where(h.liking > 0, h.query, -1), basket])
        query = np.where(np.isin(query, looks), -1, query)
        query = np.concatenate([query, looks])
        column = self.columns(np.concatenate([h.item, queries.basket_item, queries.anchor[looks]]))
        time = np.concatenate([h.time, queries.time[basket], queries.time[looks]])
        rows = np.flatnonzero((query >= 0) & (column >= 0))
        rows = rows[np.argsort(query[rows], kind="stable")]
        splits = splits_of(np.bincount(query[rows], minlength=len(queries)))
        return Lines(splits, column[rows], time[rows]).once()


def learnt(data: Dataset, most: int, least: int) -> tuple[Known, Lines]:
    """The items worth a model, and each shopper's line through them.

    most: keep the items with most events, so many at most · least: an item with fewer events is left out.
    """
    signs = data.signs
    signs = signs.where(signs.liking > 0)
    count = np.bincount(signs.item, minlength=len(data.catalog))
    ids = np.array(data.catalog.vocabulary.ids, dtype=object)
    by_id = np.argsort(ids, kind="stable").astype(np.int64) if len(ids) else np.zeros(0, dtype=np.int64)
    chosen = by_id[np.argsort(-count[by_id], kind="stable")[:most]]
    known = Known(by_id[np.isin(by_id, chosen[count[chosen] >= max(least, 1)])])
    column = known.columns(signs.item)
    rows = np.flatnonzero(column >= 0)
    rows = rows[np.argsort(signs.user[rows], kind="stable")]
    splits = splits_of(np.bincount(signs.user[rows], minlength=data.users))
    return known, Lines(splits, column[rows], signs.time[rows]).once()
