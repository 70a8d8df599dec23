"""From the scores of all known items to candidates, and to the scores of candidates that others found."""

import numpy as np
from numpy.typing import NDArray

from ronghe.core.candidates import Candidates
from ronghe.core.queries import Queries
from ronghe.kernels.segments import segment_of
from ronghe.kernels.top import Mask, best_of_rows
from ronghe.methods.sequential.lines import Known

Float32 = NDArray[np.float32]


def silenced(score: Float32, known: Known, queries: Queries) -> Float32:
    """`score` (queries, n) without the item looked at and what lies in the basket: they need no offering."""
    query = np.concatenate([np.arange(len(queries)), segment_of(queries.basket_splits)])
    column = known.columns(np.concatenate([queries.anchor, queries.basket_item]))
    score[query[column >= 0], column[column >= 0]] = 0
    return score


def retrieved(score: Float32, known: Known, queries: Queries, k: int) -> Candidates:
    """The k best items of each query by `score` (queries, n) among those allowed; 0 or less says nothing."""
    splits, column, value = best_of_rows(score, k, [_allowed(mask, known) for mask in queries.allowed])
    return Candidates.of(splits, known.items[column], value)


def looked_up(score: Float32, known: Known, candidates: Candidates) -> Float32:
    """`score` (queries, n) of each candidate row; NaN where there is nothing to say (rows,)."""
    column = known.columns(candidates.item)
    value = score[candidates.query, column] if score.shape[1] else np.zeros(len(column), dtype=np.float32)
    return np.where((column >= 0) & (value > 0), value, np.float32(np.nan)).astype(np.float32)


def _allowed(mask: Mask | None, known: Known) -> Mask | None:
    if mask is None:
        return None
    inside = known.items < len(mask)
    may: Mask = np.zeros(len(known.items), dtype=bool)
    may[inside] = mask[known.items[inside]]
    return may
