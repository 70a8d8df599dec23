"""The model that every learner of ratings leaves behind: items as vectors; a shopper is folded in from what they rated."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from ronghe.core.candidates import Candidates
from ronghe.core.queries import Queries
from ronghe.core.slates import Reasons
from ronghe.kernels.least_squares import Float64, fitted_rows
from ronghe.kernels.segments import segment_of
from ronghe.methods.ratings.reasons import told
from ronghe.methods.ratings.stars import Rated
from ronghe.methods.scoring import Float32, retrieved, silenced


@dataclass(frozen=True, eq=False)
class Pull:
    """How strongly a shopper's numbers are held at 0: l2 on the vector, bias on the shopper's mean; both grow with the
    number of ratings to the power `nu` (0: not; 1: as in Zhou et al. 2008, doi:10.1007/978-3-540-68880-8_32).
    """

    l2: float
    bias: float
    nu: float

    def on(self, count: NDArray[np.integer], factors: int) -> Float64:
        """The penalty of each row's bias, then of its vector (rows, 1 + factors)."""
        each = np.repeat([[self.bias, *[self.l2] * factors]], len(count), axis=0)
        grown: Float64 = each * np.maximum(count, 1)[:, None] ** self.nu
        return grown


@dataclass(frozen=True, eq=False)
class RatingModel:
    """stars = mean + bias_i + b + q_i . (p + |N|^-1/2 sum of y_j over the touched items N); b and p fit what was rated.

    mean, low, high: of the stars learnt from · bias (n,) · factor q (n, f) · implicit y (n, f), or (n, 0) without ·
    part: whose evidence this is, "retrieve:NAME".
    """

    rated: Rated
    mean: float
    low: float
    high: float
    bias: Float32
    factor: Float32
    implicit: Float32
    pull: Pull
    part: str

    def retrieve(self, queries: Queries, k: int) -> Candidates:
        """The k items that the shopper would rate highest; silent to who never rated, and beside an item looked at."""
        score = (self._known(queries, self.folded(queries)) @ self._items.T).astype(np.float32)
        score[self._silent(queries)] = 0
        return retrieved(silenced(score, self.rated, queries), self.rated, queries, k)

    def score(self, queries: Queries, candidates: Candidates) -> NDArray[np.float32]:
        """The same score for given candidates; NaN where there is nothing to say (rows,)."""
        said = self._stars(queries, candidates)
        nothing = self._silent(queries)[candidates.query] | (self.rated.columns(candidates.item) < 0) | ~(said > 0)
        return np.where(nothing, np.float32(np.nan), said.astype(np.float32))

    def predict(self, queries: Queries, candidates: Candidates) -> NDArray[np.float32]:
        """Stars for each row, within those learnt from; items or shoppers not known stand at their mean (rows,)."""
        return np.clip(self._stars(queries, candidates), self.low, self.high).astype(np.float32)

    def because(self, queries: Queries, shown: Candidates) -> Sequence[Reasons]:
        """What each item that the shopper rated or touched adds to the score of each shown row, and where the score starts."""
        score, column = self.score(queries, shown), self.rated.columns(shown.item)
        rows = {int(q): np.flatnonzero(~np.isnan(score) & (shown.query == q)) for q in np.unique(shown.query)}
        why: list[Reasons] = [()] * len(column)
        for query, at in rows.items():
            asked = queries.take([query])
            stars = self.rated.stars(asked).toarray().ravel()
            item, share = self._shares(asked, column[at])
            for row, one in zip(at.tolist(), share.T, strict=True):
                start = self.mean + float(self.bias[column[row]])
                why[row] = told(start, self.rated.items[item], one, stars[item] > self.mean, self.part)
        return why

    def _shares(self, asked: Queries, column: NDArray[np.int64]) -> tuple[NDArray[np.int64], Float64]:
        """Columns of what one query's shopper rated or touched (d,), and what each adds to each of `column` (d, columns).

        b + q_j.p = w_j.(stars - mean - bias - said.q) with w_j = V (V'V + pull)^-1 (1, q_j), V the rated items' (1, q_i): so
        each rated item adds its part of that sum, and each touched one y.(q_j - sum_i w_ij q_i) / |N|^1/2.
        """
        stars, spoke = self.rated.stars(asked), spoken(self.rated.touched(asked))
        v, hold = with_one(self.factor[stars.indices]), self.pull.on(np.diff(stars.indptr), self.factor.shape[1])
        new = with_one(self.factor[column])
        weight = v @ np.linalg.solve(v.T @ v + np.diag(hold[0]), new.T)  # (rated, columns)
        share = np.zeros((len(self.bias), len(column)))
        share[stars.indices] = weight * (stars.data - self.mean - self.bias[stars.indices])[:, None]
        if self.implicit.shape[1]:
            left = new[:, 1:] - weight.T @ v[:, 1:]
            share[spoke.indices] += (self.implicit[spoke.indices] * spoke.data[:, None]) @ left.T
        known = np.union1d(stars.indices, spoke.indices).astype(np.int64)
        return known, share[known]

    def folded(self, queries: Queries) -> Float64:
        """Each query's shopper: b, then p + what the touched items say (queries, 1 + f)."""
        stars = self.rated.stars(queries)
        said = self._said(queries)
        row = segment_of(stars.indptr)
        rest = stars.copy()
        rest.data = stars.data - self.mean - self.bias[stars.indices] - (said[row] * self.factor[stars.indices]).sum(axis=1)
        count = np.diff(stars.indptr)
        own = fitted_rows(rest, with_one(self.factor), self.pull.on(count, self.factor.shape[1]))
        own[:, 1:] += said
        return own

    def _said(self, queries: Queries) -> Float64:
        if not self.implicit.shape[1]:
            return np.zeros((len(queries), self.factor.shape[1]))
        return np.asarray(spoken(self.rated.touched(queries)) @ self.implicit.astype(np.float64))

    def _silent(self, queries: Queries) -> NDArray[np.bool_]:
        known = self.rated.touched(queries) if self.implicit.shape[1] else self.rated.stars(queries)
        silent: NDArray[np.bool_] = (np.diff(known.indptr) == 0) | (queries.anchor >= 0)
        return silent

    @property
    def _items(self) -> Float64:
        ahead = np.stack([np.ones(len(self.bias)), self.bias], axis=1)
        return np.asarray(np.concatenate([ahead, self.factor], axis=1))  # (n, 2 + f): 1 for mean + b, bias_i for 1, q for p

    def _known(self, queries: Queries, folded: Float64) -> Float64:
        ahead: Float64 = np.concatenate([self.mean + folded[:, :1], np.ones((len(queries), 1)), folded[:, 1:]], axis=1)
        return ahead

    def _stars(self, queries: Queries, candidates: Candidates) -> Float64:
        shopper = self._known(queries, self.folded(queries))
        column = self.rated.columns(candidates.item)
        items = np.concatenate([self._items, [[1.0, *[0.0] * (shopper.shape[1] - 1)]]])  # the last: an item not known
        return np.asarray((shopper[candidates.query] * items[column]).sum(axis=1))


def with_one(factor: NDArray[np.floating]) -> Float64:
    """The vectors with a 1 before them: the shopper's own mean is fitted along."""
    return np.concatenate([np.ones((len(factor), 1)), factor], axis=1)


def spoken(touched: sp.csr_matrix) -> sp.csr_matrix:
    """Rows scaled by |N|^-1/2 (Koren 2008, eq. 15)."""
    count = np.maximum(np.diff(touched.indptr), 1)
    return sp.csr_matrix(sp.diags_array(count**-0.5) @ touched)
