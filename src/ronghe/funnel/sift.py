"""Filters at work: who may stay. A filter that fails lets nothing through, unless it says that it is optional."""

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np
from numpy.typing import NDArray

from ronghe.core.candidates import Candidates
from ronghe.core.errors import BadData
from ronghe.core.queries import Queries
from ronghe.core.roles import Filter
from ronghe.funnel.hydrate import Hydration
from ronghe.funnel.trace import Recorder

Mask = NDArray[np.bool_]


def sifted(
    filters: Mapping[str, Filter], hydration: Hydration, queries: Queries, candidates: Candidates, record: Recorder
) -> tuple[Candidates, Mask]:
    """The candidates with what filters looked up, and which of them the question's own limits (`queries.allowed`) and every
    filter leave (rows,).

    A filter is a promise of what is never shown, so one that fails keeps nothing (fails closed). A filter with
    `optional = True` only makes a page nicer; when it fails it is left out. Both are traced.
    """
    alive = np.ones(len(candidates.item), dtype=bool)
    if not len(alive):
        return candidates, alive
    if any(allowed is not None for allowed in queries.allowed):
        alive = _applied("allowed", partial(allowed_rows, queries, candidates), False, candidates, alive, record)
    candidates = hydration.fill([n for f in filters.values() for n in f.needs], queries, candidates, record)
    for name, part in filters.items():
        optional = bool(getattr(part, "optional", False))
        alive = _applied(name, partial(_kept, part, queries, candidates), optional, candidates, alive, record)
    return candidates, alive


def allowed_rows(queries: Queries, candidates: Candidates) -> Mask:
    """True where the question's facets and price bounds leave the item (rows,)."""
    keep = np.ones(len(candidates.item), dtype=bool)
    for query, allowed in enumerate(queries.allowed):
        if allowed is not None:
            rows = slice(candidates.splits[query], candidates.splits[query + 1])
            item = candidates.item[rows]
            keep[rows] = np.concatenate([allowed, [False]])[np.minimum(item, len(allowed))]
    return keep


def _applied(name: str, work: Callable[[], Mask], optional: bool, candidates: Candidates, alive: Mask, record: Recorder) -> Mask:
    keep = record.attempt("filter", name, work)
    if keep is None:
        keep = np.full(len(alive), optional)
    record.sifted(name, candidates, alive, keep)
    return np.logical_and(alive, keep)


def _kept(part: Filter, queries: Queries, candidates: Candidates) -> Mask:
    lacking = [column for column in part.needs if column not in candidates.columns]
    if lacking:
        raise BadData(f"the columns {', '.join(lacking)} could not be looked up")
    keep = np.asarray(part.keep(queries, candidates))
    if keep.shape != candidates.item.shape or keep.dtype != bool:
        raise BadData(
            f"kept {keep.dtype} of shape {keep.shape}; right would be one boolean for each of {len(candidates.item)} rows"
        )
    return keep
