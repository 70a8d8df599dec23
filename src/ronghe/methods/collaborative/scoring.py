"""From the scores of all known items to candidates, to the scores of given candidates, and to exact reasons."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from ronghe.core.candidates import Candidates
from ronghe.core.queries import Queries
from ronghe.core.slates import Reason, Reasons
from ronghe.kernels.segments import segment_of
from ronghe.kernels.top import Mask, best_of_rows
from ronghe.methods.collaborative.taste import Taste, codes_of

Float32 = NDArray[np.float32]
NAMED = 5  # reasons that name an item of their own; the others are summed up under REST
REST = "history"


def silenced(score: Float32, taste: Taste, queries: Queries) -> Float32:
    """`score` (queries, n) without the item looked at and what lies in the basket: they need no offering."""
    query = np.concatenate([np.arange(len(queries)), segment_of(queries.basket_splits)])
    column = taste.columns(np.concatenate([queries.anchor, queries.basket_item]))
    score[query[column >= 0], column[column >= 0]] = 0
    return score


def retrieved(score: Float32, taste: Taste, queries: Queries, k: int) -> Candidates:
    """The k best items of each query by `score` (queries, n) among those allowed; 0 or less says nothing."""
    masks = [None if allowed is None else _known(allowed, taste.items) for allowed in queries.allowed]
    splits, column, value = best_of_rows(score, k, masks)
    return Candidates.of(splits, taste.items[column], value)


def looked_up(score: Float32, taste: Taste, candidates: Candidates) -> Float32:
    """`score` (queries, n) of each candidate row; NaN where there is nothing to say (rows,)."""
    column = taste.columns(candidates.item)
    value = score[candidates.query, column] if score.shape[1] else np.zeros(len(column), dtype=np.float32)
    return np.where((column >= 0) & (value > 0), value, np.float32(np.nan)).astype(np.float32)


# The additive parts of one row's score: (query, column of the scored item) -> columns of history items, their parts.
Parts = Callable[[int, int], tuple[NDArray[np.int64], Float32]]


def reasons(parts: Parts, score: Float32, taste: Taste, queries: Queries, shown: Candidates, part: str) -> Sequence[Reasons]:
    """Reasons of each shown row: the weightiest history items by name, the rest in one, so that weights sum to its score."""
    said = looked_up(score, taste, shown)
    codes = {int(q): codes_of(queries, int(q)) for q in np.unique(shown.query)}
    rows = zip(shown.query.tolist(), taste.columns(shown.item).tolist(), said.tolist(), strict=True)
    return [_reasons(*parts(q, c), taste, codes[q], part) if value == value else () for q, c, value in rows]


def _reasons(column: NDArray[np.int64], value: Float32, taste: Taste, codes: dict[int, str], part: str) -> Reasons:
    order = np.argsort(-value, kind="stable")
    named = [at for at in order[:NAMED] if value[at] > 0]
    items = taste.items[column]
    why = [Reason(codes.get(int(items[at]), REST), (int(items[at]),), (), float(value[at]), part) for at in named]
    rest = float(value[order[len(named) :]].sum(dtype=np.float64))
    return (*why, Reason(REST, (), (), rest, part)) if rest else tuple(why)


def _known(allowed: Mask, items: NDArray[np.int64]) -> Mask:
    inside = np.searchsorted(items, len(allowed))
    return np.concatenate([allowed[items[:inside]], np.zeros(len(items) - inside, dtype=bool)])


def alone(code: str, score: Float32, shown: Candidates, part: str, naming: bool) -> Sequence[Reasons]:
    """One reason of this code for each shown row that has a score, naming the item itself when `naming`."""
    rows = zip(shown.item.tolist(), score.tolist(), strict=True)
    return [(Reason(code, (item,) if naming else (), (), value, part),) if value == value else () for item, value in rows]
