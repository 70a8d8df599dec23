"""Matrix factors of implicit feedback (Hu, Koren, Volinsky 2008, doi:10.1109/ICDM.2008.22), regularised as by Rendle et al.

2021 (arXiv:2110.14037): each side's penalty grows with how much is known of the row, to the power `nu`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from ronghe.core.candidates import Candidates
from ronghe.core.dataset import Dataset
from ronghe.core.errors import require
from ronghe.core.queries import Queries
from ronghe.core.roles import Compute
from ronghe.core.slates import Reasons
from ronghe.kernels.ridge import principal, ridge_rows
from ronghe.methods.collaborative.taste import Taste
from ronghe.methods.collaborative.taste_learner import TasteLearner
from ronghe.methods.collaborative.whole import LikingModel
from ronghe.methods.reasons import reasons
from ronghe.methods.scoring import Float32, silenced


@dataclass(frozen=True)
class ALS(TasteLearner):
    """Learns ALSModel by alternating exact least squares; with the settings of TasteLearner.

    factors: width of the vectors · sweeps: times both sides are solved · steps: conjugate-gradient steps a row and sweep, 0 =
    exactly (slower) · unobserved: weight of a pair that never met, against 1 for one that did (alpha_0 of the paper) · l2:
    penalty on the vectors' length · nu: how the penalty grows with the weight known of a row (0: not, 1: as the paper advises).
    """

    factors: int = 96
    sweeps: int = 8
    steps: int = 3
    unobserved: float = 0.5
    l2: float = 0.002
    nu: float = 1.0
    half_life: float = 90.0
    power: float = 1.0

    def __post_init__(self) -> None:
        super().__post_init__()
        require(self.factors >= 1, "factors", self.factors, "1 or more")
        require(self.sweeps >= 1, "sweeps", self.sweeps, "1 or more")
        require(self.steps >= 0, "steps", self.steps, "0 or more")
        require(self.unobserved > 0, "unobserved", self.unobserved, "above 0")
        require(self.l2 > 0, "l2", self.l2, "above 0")
        require(0 <= self.nu <= 1, "nu", self.nu, "from 0 to 1")

    def fit(self, data: Dataset, compute: Compute) -> "ALSModel":
        """The model of these settings, from what `data` may see."""
        taste, liking = self.learnt(data)
        liking = liking[np.diff(liking.indptr) > 0]
        across = liking.T.tocsr()
        rng = np.random.default_rng(compute.seed)  # shoppers start at random, so that no item's number matters
        user = rng.normal(0, self.factors**-0.5, (liking.shape[0], self.factors)).astype(np.float32)
        item = np.zeros((liking.shape[1], self.factors), dtype=np.float32)
        for _ in compute.track(range(self.sweeps), "als", self.sweeps):
            item = self._solved(across, user, item, compute.threads)
            user = self._solved(liking, item, user, compute.threads)
        turned, spread, _ = principal(item)
        return ALSModel(taste, turned, spread, self.unobserved, self.l2, self.nu)

    def _solved(self, weight: sp.csr_matrix, other: Float32, before: Float32, threads: int) -> Float32:
        turned, spread, turn = principal(other)
        l2 = penalty(weight, self.unobserved, self.l2, self.nu)
        return ridge_rows(weight, turned, self.unobserved * spread, l2, before @ turn, self.steps, threads)


def penalty(weight: sp.csr_matrix, unobserved: float, l2: float, nu: float) -> Float32:
    """l2 * (weight known of the row + unobserved * columns) ** nu (rows,): eq. 10 of Rendle et al. 2021."""
    known: Float32 = np.asarray(weight.sum(axis=1), dtype=np.float32).ravel()
    base: Float32 = known + np.float32(unobserved * weight.shape[1])
    return (l2 * base**nu).astype(np.float32)


@dataclass(frozen=True, eq=False)
class ALSModel(LikingModel):
    """score = taste folded into the space of factors, times each item's vector; a new click needs no retrain.

    item (n, f) with diagonal Gram matrix `spread` (f,) · the settings that folding in needs.
    """

    taste: Taste
    item: Float32
    spread: Float32
    unobserved: float
    l2: float
    nu: float

    part: ClassVar[str] = "retrieve:als"

    def because(self, queries: Queries, shown: Candidates) -> Sequence[Reasons]:
        """What each liked item adds: y_i' A^-1 y_j w_j, A the query's own normal equations (section 5 of Hu et al.)."""
        asked = self.taste.asked(queries)

        def parts(query: int, column: int) -> tuple[NDArray[np.int64], Float32]:
            liked = asked[[query]]
            y = self.item[liked.indices]
            form = np.diag(self.unobserved * self.spread + self._penalty(liked)) + y.T @ (y * liked.data[:, None])
            return liked.indices.astype(np.int64), (y @ np.linalg.solve(form, self.item[column])) * liked.data

        return reasons(parts, self.scores(queries), self.taste, queries, shown, self.part)

    def folded(self, queries: Queries) -> Float32:
        """Each query's vector in the space of item factors (queries, f); 0 without a known liked item."""
        asked = self.taste.asked(queries)
        return ridge_rows(asked, self.item, self._spread, self._penalty(asked))

    @cached_property
    def _spread(self) -> Float32:
        return (self.unobserved * self.spread).astype(np.float32)

    def _penalty(self, asked: sp.csr_matrix) -> Float32:
        return penalty(asked, self.unobserved, self.l2, self.nu)

    def _scores(self, queries: Queries) -> Float32:
        score: Float32 = self.folded(queries) @ self.item.T  # (queries, n)
        return silenced(score, self.taste, queries)
