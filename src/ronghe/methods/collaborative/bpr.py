"""BPR: factors that put what is liked before what is not (Rendle et al. 2009, arXiv:1205.2618)."""

from collections.abc import Sequence
from dataclasses import dataclass
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
from ronghe.kernels.pairwise import TURNS, Moving, doubt, strangers
from ronghe.kernels.ridge import principal, ridge_rows
from ronghe.methods.collaborative.renumbered import renumbered
from ronghe.methods.collaborative.taste import Taste
from ronghe.methods.collaborative.taste_learner import TasteLearner
from ronghe.methods.collaborative.whole import LikingModel
from ronghe.methods.reasons import reasons
from ronghe.methods.scoring import Float32, silenced

BATCH = 16_384  # pairs of one step: a shop's few thousand pairs learn as well in so few steps, many go a fifth faster


@dataclass(frozen=True)
class BPR(TasteLearner):
    """Learns BPRModel by gradient steps on pairs of a liked item and one drawn among the others; with the settings of
    TasteLearner.

    factors: width of the vectors · epochs: times each liked item is taken · rate: length of the steps (Adagrad) · l2: penalty
    on the vectors' length, a pair · power: also says how often a pair is taken.
    """

    factors: int = 64
    epochs: int = 40
    rate: float = 0.1
    l2: float = 0.02
    items: int = 100_000
    power: float = 0.0

    def __post_init__(self) -> None:
        super().__post_init__()
        require(self.factors >= 1, "factors", self.factors, "1 or more")
        require(self.epochs >= 1, "epochs", self.epochs, "1 or more")
        require(self.rate > 0, "rate", self.rate, "above 0")
        require(self.l2 > 0, "l2", self.l2, "above 0")

    def fit(self, data: Dataset, compute: Compute) -> "BPRModel":
        """The model of these settings, from what `data` may see."""
        taste, liking = self.learnt(data)
        rng = np.random.default_rng(compute.seed)
        liking, order = renumbered(liking[np.diff(liking.indptr) > 0], rng)
        item = np.zeros((len(order), self.factors), dtype=np.float32)
        item[order] = self._learnt(liking, rng, compute)
        turned, spread, _ = principal(item - item.mean(axis=0) if len(item) else item)
        return BPRModel(taste, turned, spread / np.float32(max(len(item), 1)), self.l2)

    def _learnt(self, liking: sp.csr_matrix, rng: np.random.Generator, compute: Compute) -> Float32:
        """Vectors of the items (n, f)."""
        users, n = liking.shape
        user, item = (Moving.of(rng.normal(0, 0.1, (size, self.factors)).astype(np.float32)) for size in (users, n))
        owner = np.repeat(np.arange(users), np.diff(liking.indptr))
        likes = liking.indices.astype(np.int64)
        known, odds = owner * n + likes, liking.data / liking.data.mean() if liking.nnz else liking.data
        for _ in compute.track(range(self.epochs if liking.nnz else 0), "bpr", self.epochs):
            often = np.floor(odds + rng.random(len(odds))).astype(np.int64)  # on average as often as its liking says
            rows = np.repeat(np.arange(len(odds)), often)
            other, fresh = strangers(owner[rows], known, n, rng)
            turn = rng.permutation(np.flatnonzero(fresh))
            who, pair = owner[rows[turn]], np.stack([likes[rows[turn]], other[turn]], axis=1)
            for at in range(0, len(turn), BATCH):
                self._step(user, item, who[at : at + BATCH], pair[at : at + BATCH])
        return item.rows

    def _step(self, user: Moving, item: Moving, who: NDArray[np.int64], pair: NDArray[np.int64]) -> None:
        """Up the gradient of ln sigma(p.(q_i - q_j)) - l2 / 2 (|p|^2 + |q_i|^2 + |q_j|^2) (section 4.2 of the paper).

        who (b,) · pair (b, 2): the liked item i and the other one j.
        """
        p = user.rows.take(who, axis=0)
        apart = item.rows.take(pair[:, 0], axis=0) - item.rows.take(pair[:, 1], axis=0)
        pull = doubt(np.einsum("bf,bf->b", p, apart))[:, None]
        user.step(who[:, None], apart, pull, self.l2, self.rate)
        item.step(pair, p, pull * TURNS, self.l2, self.rate)


@dataclass(frozen=True, eq=False)
class BPRModel(LikingModel):
    """score = taste folded into the space of factors, times each item's vector; a new click needs no retrain.

    item (n, f): vectors with mean 0 and diagonal covariance `spread` (f,) · l2 of the learner. A query's vector is one Newton
    step from 0 on the learner's own objective, expected over all others: with S the liked items, their weights summing to 1,
    (sum_S w_i y_i y_i' + C + 4 l2 I) x = sum_S w_i y_i, since -ln sigma(z) = ln 2 - z / 2 + z^2 / 8 + ...
    """

    taste: Taste
    item: Float32
    spread: Float32
    l2: float

    part: ClassVar[str] = "retrieve:bpr"

    def because(self, queries: Queries, shown: Candidates) -> Sequence[Reasons]:
        """What each liked item adds: w_i y_i' A^-1 y_j, A the query's own normal equations."""
        asked = self._asked(queries)

        def parts(query: int, column: int) -> tuple[NDArray[np.int64], Float32]:
            liked = asked[[query]]
            y = self.item[liked.indices]
            form = np.diag(self.spread + 4 * self.l2) + y.T @ (y * liked.data[:, None])
            return liked.indices.astype(np.int64), (y @ np.linalg.solve(form, self.item[column])) * liked.data

        return reasons(parts, self.scores(queries), self.taste, queries, shown, self.part)

    def _asked(self, queries: Queries) -> sp.csr_matrix:
        """Each query's taste with its weights summing to 1, CSR (queries, n)."""
        asked = self.taste.asked(queries)
        total = np.asarray(asked.sum(axis=1), dtype=np.float32).ravel()
        total[total <= 0] = 1
        return sp.csr_matrix(sp.diags_array(1 / total) @ asked)

    def folded(self, queries: Queries) -> Float32:
        """Each query's vector in the space of item factors (queries, f); 0 without a known liked item."""
        l2 = np.full(len(queries), 4 * self.l2, dtype=np.float32)
        return ridge_rows(self._asked(queries), self.item, self.spread, l2)

    def _scores(self, queries: Queries) -> Float32:
        score: Float32 = self.folded(queries) @ self.item.T  # (queries, n)
        return silenced(score, self.taste, queries)
