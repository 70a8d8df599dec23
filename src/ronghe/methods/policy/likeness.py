"""How alike the candidates of a query are: by what they share, or by vectors. Pools are padded to (queries, pool)."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ronghe.core.candidates import Candidates

Table = NDArray[np.float32]
# Likeness in [0, 1] of the chosen column of each query (queries,) to every column of its pool (queries, pool).
Likeness = Callable[[NDArray[np.int64]], Table]
SHARED = {"item:department": 0.2, "item:category": 0.5, "item:brand": 0.3}  # together 1
NOTHING = np.int32(-9)  # equals no number of a brand or category


def match_likeness(pool: Candidates) -> Likeness:
    """Sum of the weights of what two items share; a column that is missing says nothing."""
    weight = np.array([weight for name, weight in SHARED.items() if name in pool.columns], dtype=np.float32)
    tables = [padded(pool, pool.columns[name]) for name in SHARED if name in pool.columns]
    if not tables:
        return lambda chosen: np.zeros((len(pool), int(pool.counts.max(initial=0))), dtype=np.float32)
    table = np.stack(tables)  # (columns, queries, pool)
    rows = np.arange(len(pool))

    def likeness(chosen: NDArray[np.int64]) -> Table:
        own = table[:, rows, chosen]
        shared = table == np.where(own < 0, NOTHING, own)[:, :, None]
        alike: Table = weight @ shared.reshape(len(weight), -1)
        return alike.reshape(table.shape[1:])

    return likeness


def padded(pool: Candidates, numbers: NDArray[np.int64]) -> NDArray[np.int32]:
    """One row a query (queries, pool); -2 where a query has fewer rows."""
    table = np.full((len(pool), int(pool.counts.max(initial=0))), -2, dtype=np.int32)
    table[pool.query, pool.place] = numbers
    return table


@dataclass(frozen=True, eq=False)
class VectorLikeness:
    """vector: unit vector of each pooled item, 0 where it has none (queries, pool, dim)."""

    vector: NDArray[np.float32]

    @staticmethod
    def of(pool: Candidates, vectors: NDArray[np.float32]) -> "VectorLikeness":
        """The vectors of the pool out of those of all items (items, dim)."""
        known = pool.item < len(vectors)
        own = np.zeros((len(pool.item), vectors.shape[1]), dtype=np.float32)
        own[known] = vectors[pool.item[known]]
        length = np.linalg.norm(own, axis=1, keepdims=True)
        table = np.zeros((len(pool), int(pool.counts.max(initial=0)), vectors.shape[1]), dtype=np.float32)
        table[pool.query, pool.place] = own / np.where(length > 0, length, 1)
        return VectorLikeness(table)

    def __call__(self, chosen: NDArray[np.int64]) -> Table:
        """Cosine of the chosen item of each query with all of its pool, 0 where negative (queries, pool)."""
        own = self.vector[np.arange(len(chosen)), chosen]
        cosine: Table = np.maximum(np.einsum("qpd,qd->qp", self.vector, own), 0)
        return cosine
