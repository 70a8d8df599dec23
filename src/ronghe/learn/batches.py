"""Batches of queries and candidates, cut and put together again."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ronghe.core.candidates import Candidates
from ronghe.core.queries import History, Queries
from ronghe.kernels.segments import Splits, splits_of


def batches(queries: Queries, size: int) -> Iterator[NDArray[np.int64]]:
    """Positions of the queries, `size` at a time."""
    return (np.arange(at, min(at + size, len(queries))) for at in range(0, len(queries), size))


def stacked_splits(parts: Sequence[Splits]) -> Splits:
    """Splits of segments that follow one another."""
    return splits_of(np.concatenate([np.diff(s) for s in parts])) if parts else np.zeros(1, dtype=np.int64)


def stacked(parts: Sequence[Candidates]) -> Candidates:
    """Candidates of queries that follow one another; evidence and columns that a part lacks are NaN there."""
    if not parts:
        return Candidates.none(0)
    return Candidates(
        stacked_splits([c.splits for c in parts]),
        np.concatenate([c.item for c in parts]),
        np.concatenate([c.score for c in parts]),
        {name: _column([(c.evidence.get(name), len(c.item)) for c in parts]) for name in _names([c.evidence for c in parts])},
        {name: _column([(c.columns.get(name), len(c.item)) for c in parts]) for name in _names([c.columns for c in parts])},
    )


def stacked_queries(parts: Sequence[Queries]) -> Queries:
    """Queries that follow one another."""
    if len(parts) == 1:
        return parts[0]
    pasts = [q.history for q in parts]
    history = History(
        stacked_splits([h.splits for h in pasts]),
        *(np.concatenate([getattr(h, name) for h in pasts]) for name in ("item", "time", "kind", "amount")),
    )
    return Queries.of(
        sum(map(len, parts)),
        history=history,
        basket_splits=stacked_splits([q.basket_splits for q in parts]),
        basket_item=np.concatenate([q.basket_item for q in parts]),
        **{name: np.concatenate([getattr(q, name) for q in parts]) for name in ("time", "user", "anchor")},
        **{name: tuple(v for q in parts for v in getattr(q, name)) for name in ("text", "surface", "allowed", "also", "kinds")},
    )


def _names(maps: Sequence[Any]) -> list[str]:
    return list(dict.fromkeys(name for held in maps for name in held))


def _column(parts: Sequence[tuple[NDArray[Any] | None, int]]) -> NDArray[Any]:
    return np.concatenate([np.full(rows, np.nan, dtype=np.float32) if values is None else values for values, rows in parts])
