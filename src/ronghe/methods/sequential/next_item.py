"""Next item in closed form: ridge regression from a fading past to a fading future, helped by what items have in common.

Linear models of sessions (SLIT, Choi et al. 2021, doi:10.1145/3442381.3450005) with traits as further rows of the table, as
collective EASE does (Jeunen, Van Balen & Goethals 2020, doi:10.1145/3383313.3418480).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import scipy.sparse as sp

from ronghe.core.candidates import Candidates
from ronghe.core.dataset import Dataset
from ronghe.core.errors import require
from ronghe.core.queries import Queries
from ronghe.core.roles import Compute
from ronghe.core.slates import Reasons
from ronghe.kernels.decay import faded_future, faded_past
from ronghe.kernels.precision import BLOCK, mapped, precision
from ronghe.kernels.segments import place_of
from ronghe.kernels.top import strongest_of_dense
from ronghe.methods.reasons import reasons, weighed, weights_of
from ronghe.methods.scoring import Float32, silenced
from ronghe.methods.sequential.lines import Known, Lines, learnt
from ronghe.methods.sequential.whole import LineModel
from ronghe.methods.traits import traits


@dataclass(frozen=True)
class NextItem:
    """Learns NextItemModel: at each step of each line, the fading past foretells the fading future.

    past: steps after which what came before counts 1/e in the fit · future: the same for what follows, the next step counting
    fully · asked: the same for a query's history · traits: weight of what items have in common (brand, category, attributes, words
    of the title), 0 = none · l2: how much weights are held down, in steps · items: model the items with most events, so many at
    most (memory: 8 * items * items bytes at the height of the fit) · least: an item with fewer events is left out ·
    keep: weights kept a row, the largest · longest: a line's newest steps that are read.
    """

    past: float = 3.0
    future: float = 2.0
    asked: float = 4.0
    traits: float = 5.0
    l2: float = 40.0
    items: int = 20_000
    least: int = 1
    keep: int = 1000
    longest: int = 50

    def __post_init__(self) -> None:
        for field in ("past", "future", "asked"):
            require(getattr(self, field) > 0, field, getattr(self, field), "above 0 steps")
        require(0 <= self.traits < float("inf"), "traits", self.traits, "0 or more")
        require(0 < self.l2 < float("inf"), "l2", self.l2, "above 0")
        for field in ("items", "least", "keep", "longest"):
            require(getattr(self, field) >= 1, field, getattr(self, field), "1 or more")

    def fit(self, data: Dataset, compute: Compute) -> "NextItemModel":
        """The model of these settings, from what `data` may see."""
        known, lines = learnt(data, self.items, self.least)
        n = len(known.items)
        if not n:
            return NextItemModel(known, sp.csr_matrix((0, 0), dtype=np.float32), self.asked, self.longest)
        before, after = self._steps(lines, n)
        shared = self._shared(data, known)
        blocks = mapped(precision(before, shared, self.l2), (before.T @ after).tocsr(), shared)
        kept = []
        for at, block in enumerate(compute.track(blocks, "next-item", -(-n // BLOCK))):
            block[np.arange(len(block)), at * BLOCK + np.arange(len(block))] = 0  # an item does not foretell itself
            kept.append(strongest_of_dense(block, self.keep))
        return NextItemModel(known, sp.vstack(kept, format="csr"), self.asked, self.longest)

    def _steps(self, lines: Lines, n: int) -> tuple[sp.csr_matrix, sp.csr_matrix]:
        """What came before and what follows, at each step that something follows: CSR (steps, n) each."""
        follows = np.flatnonzero(np.append(place_of(lines.splits)[1:] > 0, False)) if len(lines.column) else np.zeros(0, np.int64)
        before = faded_past(lines.splits, lines.column, n, self.past, self.longest)[follows]
        after = faded_future(lines.splits, lines.column, n, self.future, self.longest)[follows]
        return sp.csr_matrix(before), sp.csr_matrix(after)

    def _shared(self, data: Dataset, known: Known) -> sp.csr_matrix:
        if not self.traits:
            return sp.csr_matrix((len(known.items), 0), dtype=np.float32)
        return sp.csr_matrix(traits(data.catalog, known.items) * np.float32(np.sqrt(self.traits)))


@dataclass(frozen=True, eq=False)
class NextItemModel(LineModel):
    """score = fading history @ weight, weight CSR (n, n): row i is what item i foretells; a new event needs no retrain."""

    known: Known
    weight: sp.csr_matrix
    fades: float
    longest: int

    part: ClassVar[str] = "retrieve:next-item"

    def because(self, queries: Queries, shown: Candidates) -> Sequence[Reasons]:
        """What each step of the history adds to the score of each shown row."""
        parts = weighed(self._asked(queries), weights_of(self.weight))
        return reasons(parts, self.scores(queries), self.known, queries, shown, self.part)

    def _scores(self, queries: Queries) -> Float32:
        score: Float32 = (self._asked(queries) @ self.weight).toarray()
        return silenced(score, self.known, queries)

    def _asked(self, queries: Queries) -> sp.csr_matrix:
        """The newest steps of each query's line, fading: CSR (queries, n)."""
        lines = self.known.asked(queries).last(self.longest)
        steps = faded_past(lines.splits, lines.column, len(self.known.items), self.fades, self.longest)
        newest = lines.splits[1:][lines.counts > 0] - 1
        put = sp.csr_matrix((np.ones(len(newest)), (np.flatnonzero(lines.counts), newest)), shape=(len(queries), len(lines.column)))
        asked = sp.csr_matrix(put @ steps, dtype=np.float32)
        asked.sort_indices()
        return asked
