"""STAN: what those did around it who did what the query did last (Garg et al. 2019, doi:10.1145/3331184.3331322).

With `around` and `recent` infinite it is VS-kNN (Ludewig & Jannach 2018, doi:10.1007/s11257-018-9209-6) with fading by powers of e.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from ronghe.core.dataset import Dataset
from ronghe.core.errors import require
from ronghe.core.events import DAY
from ronghe.core.queries import Queries
from ronghe.core.roles import Compute
from ronghe.kernels.decay import faded_past
from ronghe.kernels.segments import place_of, segment_of
from ronghe.kernels.top import strongest
from ronghe.methods.scoring import Float32, silenced
from ronghe.methods.sequential.lines import Known, Lines, learnt
from ronghe.methods.sequential.whole import LineModel

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Stan:
    """Learns StanModel: remembers lines, and asks those that share the query's newest steps.

    decay: steps after which what the query did counts 1/e · around: steps away from the newest shared one at which what a neighbour
    did counts 1/e · recent: days after which a neighbour's line counts 1/e · neighbours: lines that speak for a query ·
    lines: remember so many at most, the most recent · items: model the items with most events, so many at most ·
    least: an item with fewer events is left out · longest: a line's newest steps that are read.
    """

    decay: float = 2.0
    around: float = 3.0
    recent: float = float("inf")
    neighbours: int = 300
    lines: int = 200_000
    items: int = 200_000
    least: int = 1
    longest: int = 50

    def __post_init__(self) -> None:
        for field in ("decay", "around", "recent"):
            require(getattr(self, field) > 0, field, getattr(self, field), "above 0")
        for field in ("neighbours", "lines", "items", "least", "longest"):
            require(getattr(self, field) >= 1, field, getattr(self, field), "1 or more")

    def fit(self, data: Dataset, compute: Compute) -> "StanModel":
        """The model of these settings, from what `data` may see."""
        known, lines = learnt(data, self.items, self.least)
        lines = lines.last(self.longest)
        shopper = np.flatnonzero(lines.counts)
        newest = lines.time[lines.splits[1:][shopper] - 1]
        shopper = np.sort(shopper[np.argsort(-newest, kind="stable")[: self.lines]])
        settings = (self.decay, self.around, self.recent, self.neighbours, self.longest)
        return StanModel(known, lines.take(shopper), shopper, data.as_of, *settings)


@dataclass(frozen=True, eq=False)
class StanModel(LineModel):
    """score = sum over neighbours of likeness * recency * nearness to the newest step that both did.

    past: remembered lines · shopper number of each: nobody is their own neighbour.
    """

    known: Known
    past: Lines
    shopper: Ints
    as_of: float
    decay: float
    around: float
    recent: float
    neighbours: int
    longest: int

    @cached_property
    def _table(self) -> sp.csr_matrix:
        """1 / root of its length where a line has an item: CSR (n, lines)."""
        line = segment_of(self.past.splits)
        value = (1 / np.sqrt(self.past.counts.astype(np.float32)))[line]
        table = sp.csr_matrix((value, (line, self.past.column)), shape=(len(self.past), len(self.known.items)))
        table.sum_duplicates()
        return table.T.tocsr()

    def _scores(self, queries: Queries) -> Float32:
        n = len(self.known.items)
        score = np.zeros((len(queries), n), dtype=np.float32)
        asked = self.known.asked(queries).last(self.longest)
        fading = faded_past(asked.splits, asked.column, n, self.decay, self.longest)
        for query in np.flatnonzero(asked.counts) if len(self.past) else ():
            rows = slice(asked.splits[query], asked.splits[query + 1])
            line, likeness = self._near(fading[[rows.stop - 1]], int(queries.user[query]))
            if len(line):
                score[query] = self._said(asked.column[rows], line, likeness)
        return silenced(score, self.known, queries)

    def _near(self, asked: sp.csr_matrix, user: int) -> tuple[Ints, Float32]:
        """The lines most like what was asked (1, n), and how like they are times how recent."""
        like = sp.csr_matrix(asked @ self._table)
        fresh = like.data * self._recency[like.indices]
        fresh[self.shopper[like.indices] == user] = 0
        like = strongest(sp.csr_matrix((fresh, like.indices, like.indptr), shape=like.shape), self.neighbours)
        return like.indices.astype(np.int64), like.data

    @cached_property
    def _recency(self) -> Float32:
        newest = self.past.time[self.past.splits[1:] - 1]
        return np.exp(-np.maximum(self.as_of - newest, 0) / DAY / self.recent).astype(np.float32)

    def _said(self, asked: Ints, line: Ints, likeness: Float32) -> Float32:
        """What these lines did (n,), the more the nearer to the newest of the query's steps that each shares."""
        near = self.past.take(line)
        owner, place = segment_of(near.splits), place_of(near.splits)
        age = np.full(len(self.known.items), -1, dtype=np.int64)
        age[asked] = np.arange(len(asked))  # the newest step of an item counts
        shared = age[near.column]
        rank = shared * (int(near.counts.max()) + 1) + place  # newest for the query first, then newest for the neighbour
        best = np.full(len(line), -1, dtype=np.int64)
        np.maximum.at(best, owner[shared >= 0], rank[shared >= 0])
        meet = best % (int(near.counts.max()) + 1)
        value = likeness[owner] * np.exp(-np.abs(place - meet[owner]) / self.around)
        return np.bincount(near.column, value, minlength=len(self.known.items)).astype(np.float32)
