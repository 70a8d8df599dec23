"""Exact reasons of additive scores: the weightiest steps of the history by name, the rest in one."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from ronghe.core.candidates import Candidates
from ronghe.core.events import KIND
from ronghe.core.queries import Queries
from ronghe.core.slates import Reason, Reasons
from ronghe.methods.scoring import Float32, looked_up
from ronghe.methods.sequential.lines import Known

NAMED = 5  # reasons that name an item of their own
# The additive parts of one row's score: (query, column of the scored item) -> columns of history items, their parts.
Parts = Callable[[int, int], tuple[NDArray[np.int64], Float32]]


def reasons(parts: Parts, score: Float32, known: Known, queries: Queries, shown: Candidates, part: str) -> Sequence[Reasons]:
    """Reasons of each shown row; their weights sum to its score; none where it has no score."""
    said = looked_up(score, known, shown).tolist()
    codes = {int(query): _codes(queries, int(query)) for query in np.unique(shown.query)}
    rows = zip(shown.query.tolist(), known.columns(shown.item).tolist(), said, strict=True)
    return [_reasons(*parts(q, c), known, codes[q], part) if value == value else () for q, c, value in rows]


def _reasons(column: NDArray[np.int64], value: Float32, known: Known, codes: dict[int, str], part: str) -> Reasons:
    order = np.argsort(-value, kind="stable")
    named = [at for at in order[:NAMED] if value[at] > 0]
    items = known.items[column]
    why = [Reason(codes.get(int(items[at]), "history"), (int(items[at]),), (), float(value[at]), part) for at in named]
    rest = float(value[order[len(named) :]].sum(dtype=np.float64))
    return (*why, Reason("history", (), (), rest, part)) if rest else tuple(why)


def _codes(queries: Queries, query: int) -> dict[int, str]:
    """How the shopper knows each item of the query's line: a key of the sentences in funnel/sentences."""
    if queries.anchor[query] >= 0:
        return {int(queries.anchor[query]): "alike"}
    rows = slice(queries.history.splits[query], queries.history.splits[query + 1])
    item, kind = queries.history.item[rows], queries.history.kind[rows]
    codes = dict.fromkeys(item.tolist(), "viewed")
    codes |= dict.fromkeys(item[np.isin(kind, (KIND["rating"], KIND["favourite"]))].tolist(), "liked")
    codes |= dict.fromkeys(item[kind == KIND["purchase"]].tolist(), "bought")
    basket = queries.basket_item[queries.basket_splits[query] : queries.basket_splits[query + 1]]
    return codes | dict.fromkeys(basket.tolist(), "basket")
