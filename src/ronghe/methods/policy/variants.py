"""Score order, and variants of one thing (sizes, colours: items of one group) shown once."""

import numpy as np
from numpy.typing import NDArray

from ronghe.core.candidates import Candidates
from ronghe.kernels.segments import order_within


def in_score_order(candidates: Candidates) -> Candidates:
    """The candidates best first; equal scores keep their order, which is that of the ranker before; NaN last."""
    order = order_within(candidates.score, np.arange(len(candidates.item)), candidates.splits)
    return candidates.in_order(order, candidates.splits)


def one_a_group(candidates: Candidates) -> Candidates:
    """The candidates (best first) without the later variants of a group; items without a group all stay."""
    group = candidates.columns.get("item:group")
    if group is None or not len(group) or group.max() < 0:
        return candidates
    return candidates.where(firsts(candidates.query, group))


def firsts(query: NDArray[np.int64], group: NDArray[np.int64]) -> NDArray[np.bool_]:
    """True for the first row of each (query, group), and wherever group is -1 (rows,)."""
    named = np.flatnonzero(group >= 0)
    _, first = np.unique(query[named] * (group.max(initial=0) + 1) + group[named], return_index=True)
    keep = group < 0
    keep[named[first]] = True
    return keep
