"""Exact reasons: of additive scores the weightiest items of the history by name, the rest in one; of others a code alone."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from ronghe.core.candidates import Candidates
from ronghe.core.events import KIND
from ronghe.core.queries import Queries
from ronghe.core.slates import Reason, Reasons
from ronghe.methods.scoring import Float32, Items, looked_up

NAMED = 5  # reasons that name an item of their own; the others are summed up under REST
REST = "history"
CODES = ("alike", "basket", "bought", "liked", "viewed")  # strongest first; keys of the sentences in funnel/sentences
_BOUGHT, _LIKED = KIND["purchase"], (KIND["rating"], KIND["favourite"])

# The additive parts of one row's score: (query, column of the scored item) -> columns of history items, their parts.
Parts = Callable[[int, int], tuple[NDArray[np.int64], Float32]]
# What liking some items (n,) says of one: (columns of those, column of that) -> weights (n,).
Weights = Callable[[NDArray[Any], int], Float32]


def reasons(parts: Parts, score: Float32, known: Items, queries: Queries, shown: Candidates, part: str) -> Sequence[Reasons]:
    """Reasons of each shown row: the weightiest history items by name, the rest in one, so that weights sum to its score."""
    said = looked_up(score, known, shown)
    codes = {int(q): codes_of(queries, int(q)) for q in np.unique(shown.query)}
    rows = zip(shown.query.tolist(), known.columns(shown.item).tolist(), said.tolist(), strict=True)
    return [_reasons(*parts(q, c), known, codes[q], part) if value == value else () for q, c, value in rows]


def weighed(asked: sp.csr_matrix, weights: Weights) -> Parts:
    """The parts of a score that is a sum over what each query asks with, CSR (queries, n), times its weights."""

    def parts(query: int, column: int) -> tuple[NDArray[np.int64], Float32]:
        put = asked[[query]]
        return put.indices.astype(np.int64), put.data * weights(put.indices, column)

    return parts


def weights_of(weight: sp.csr_matrix) -> Weights:
    """The weights of a matrix (n, n), from its rows to its columns."""
    into = weight.tocsc()

    def weights(rows: NDArray[Any], column: int) -> Float32:
        found: Float32 = into[:, [column]].toarray().ravel()[rows]
        return found

    return weights


def _reasons(column: NDArray[np.int64], value: Float32, known: Items, codes: dict[int, str], part: str) -> Reasons:
    order = np.argsort(-value, kind="stable")
    named = [at for at in order[:NAMED] if value[at] > 0]
    items = known.items[column]
    why = [Reason(codes.get(int(items[at]), REST), (int(items[at]),), (), float(value[at]), part) for at in named]
    rest = float(value[order[len(named) :]].sum(dtype=np.float64))
    return (*why, Reason(REST, (), (), rest, part)) if rest else tuple(why)


def alone(code: str, score: Float32, shown: Candidates, part: str, naming: bool) -> Sequence[Reasons]:
    """One reason of this code for each shown row that has a score, naming the item itself when `naming`."""
    rows = zip(shown.item.tolist(), score.tolist(), strict=True)
    return [(Reason(code, (item,) if naming else (), (), value, part),) if value == value else () for item, value in rows]


def codes_of(queries: Queries, query: int) -> dict[int, str]:
    """How the shopper knows each item that a query speaks of: item number -> one of CODES, the strongest that holds."""
    if queries.anchor[query] >= 0:
        return {int(queries.anchor[query]): "alike"}
    rows = slice(queries.history.splits[query], queries.history.splits[query + 1])
    item, kind = queries.history.item[rows], queries.history.kind[rows]
    codes = dict.fromkeys(item.tolist(), "viewed")
    codes |= dict.fromkeys(item[np.isin(kind, _LIKED)].tolist(), "liked")
    codes |= dict.fromkeys(item[kind == _BOUGHT].tolist(), "bought")
    basket = queries.basket_item[queries.basket_splits[query] : queries.basket_splits[query + 1]]
    return codes | dict.fromkeys(basket.tolist(), "basket")
