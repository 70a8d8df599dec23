"""From the scores of all items that a model knows to candidates, and to the scores of candidates that others found."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ronghe.core.candidates import Candidates
from ronghe.core.queries import Queries
from ronghe.kernels.segments import segment_of
from ronghe.kernels.top import best_of_rows
from ronghe.methods.looking import of_items

Float32 = NDArray[np.float32]


class Items(Protocol):
    """The items that a model knows, a column each."""

    @property
    def items(self) -> NDArray[np.int64]:
        """Item number of each column (n,)."""

    def columns(self, item: NDArray[np.int64]) -> NDArray[np.int64]:
        """Columns of item numbers; -1 where the model does not know the item."""


def silenced(score: Float32, known: Items, queries: Queries) -> Float32:
    """`score` (queries, n) without the item looked at and what lies in the basket: they need no offering."""
    query = np.concatenate([np.arange(len(queries)), segment_of(queries.basket_splits)])
    column = known.columns(np.concatenate([queries.anchor, queries.basket_item]))
    score[query[column >= 0], column[column >= 0]] = 0
    return score


def retrieved(score: Float32, known: Items, queries: Queries, k: int) -> Candidates:
    """The k best items of each query by `score` (queries, n) among those allowed; 0 or less says nothing."""
    masks = [None if allowed is None else of_items(allowed, known.items, False) for allowed in queries.allowed]
    splits, column, value = best_of_rows(score, k, masks)
    return Candidates.of(splits, known.items[column], value)


def looked_up(score: Float32, known: Items, candidates: Candidates) -> Float32:
    """`score` (queries, n) of each candidate row; NaN where there is nothing to say (rows,)."""
    column = known.columns(candidates.item)
    value = score[candidates.query, column] if score.shape[1] else np.zeros(len(column), dtype=np.float32)
    return np.where((column >= 0) & (value > 0), value, np.float32(np.nan)).astype(np.float32)
