"""SVD++: factors of ratings that also hear what was rated at all (Koren 2008, doi:10.1145/1401890.1401944, eq. 15).

Koren walks down by stochastic gradients; here each side is solved in turn, exactly for shoppers and items, by a few
conjugate-gradient steps for the implicit vectors, which all ratings share.
"""

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from ronghe.core.dataset import Dataset
from ronghe.core.errors import require
from ronghe.core.roles import Compute
from ronghe.kernels.least_squares import Float64, fitted_rows
from ronghe.kernels.segments import segment_of
from ronghe.methods.ratings.biased_mf import one_side
from ronghe.methods.ratings.folded import Pull, RatingModel, spoken, with_one
from ronghe.methods.ratings.stars import above_mean, learnt, scale


@dataclass(frozen=True)
class SVDPlusPlus:
    """Learns RatingModel with implicit vectors.

    factors: width of the vectors · sweeps: times that every side is solved · steps: conjugate-gradient steps of the implicit
    vectors a sweep · l2: penalty on vectors · l2_bias: penalty on biases · l2_implicit: penalty on implicit vectors ·
    nu: penalties grow with the number of ratings of a row to this power · least: items with fewer ratings are not modelled.
    """

    factors: int = 20
    sweeps: int = 10
    steps: int = 5
    l2: float = 1.5
    l2_bias: float = 1.0
    l2_implicit: float = 6.0
    nu: float = 0.5
    least: int = 1

    def __post_init__(self) -> None:
        require(self.factors >= 1, "factors", self.factors, "1 or more")
        require(self.sweeps >= 1, "sweeps", self.sweeps, "1 or more")
        require(self.steps >= 1, "steps", self.steps, "1 or more")
        require(self.l2 > 0, "l2", self.l2, "above 0")
        require(self.l2_bias > 0, "l2_bias", self.l2_bias, "above 0")
        require(self.l2_implicit > 0, "l2_implicit", self.l2_implicit, "above 0")
        require(0 <= self.nu <= 1, "nu", self.nu, "from 0 to 1")
        require(self.least >= 1, "least", self.least, "1 or more")

    def fit(self, data: Dataset, compute: Compute) -> RatingModel:
        """The model of these settings, from what `data` may see."""
        log = learnt(data, self.least)
        mean, low, high = scale(log.stars)
        above = above_mean(log.stars, mean)
        pull = Pull(self.l2, self.l2_bias, self.nu)
        rng = np.random.default_rng(compute.seed)  # shoppers start at random, so that no item's number matters
        own = np.concatenate([np.zeros((log.stars.shape[0], 1)), rng.normal(0, 0.1, (log.stars.shape[0], self.factors))], axis=1)
        said = spoken(log.touched)
        item = np.zeros((log.stars.shape[1], 1 + self.factors))
        implicit = np.zeros((log.stars.shape[1], self.factors))
        across = above.T.tocsr()
        for _ in compute.track(range(self.sweeps), "svd++", self.sweeps):
            shopper = np.concatenate([own[:, :1], own[:, 1:] + said @ implicit], axis=1)
            item = one_side(across, shopper, pull)
            implicit = self._heard(above, own, item, said, implicit)
            own = _alone(above, item, said @ implicit, pull)
        bias, factor, heard = (part.astype(np.float32) for part in (item[:, 0], item[:, 1:], implicit))
        return RatingModel(log.rated, mean, low, high, bias, factor, heard, pull, "retrieve:svd++")

    def _heard(self, above: sp.csr_matrix, own: Float64, item: Float64, said: sp.csr_matrix, implicit: Float64) -> Float64:
        """Implicit vectors nearer to the least squares of what shoppers and items leave, the diagonal as preconditioner."""
        row, column = segment_of(above.indptr), above.indices
        factor = item[column, 1:]
        count = np.maximum(np.bincount(column, minlength=above.shape[1]), 1)
        hold = self.l2_implicit * count[:, None] ** self.nu

        def onto(value: Float64) -> Float64:
            by_user = sp.csr_matrix((value, column, above.indptr), shape=above.shape) @ item[:, 1:]
            return np.asarray(said.T @ by_user)

        def along(y: Float64) -> Float64:
            return np.asarray(((said @ y)[row] * factor).sum(axis=1))

        left = above.data - own[row, 0] - item[column, 0] - (own[row, 1:] * factor).sum(axis=1) - along(implicit)
        slope = onto(left) - hold * implicit
        way = slope / (1 + hold)
        size = float((slope * way).sum())
        for _ in range(self.steps):
            if not size > 0:
                break
            bent = onto(along(way)) + hold * way
            pace = size / float((way * bent).sum())
            implicit, slope = implicit + pace * way, slope - pace * bent
            next_way = slope / (1 + hold)
            before, size = size, float((slope * next_way).sum())
            way = next_way + size / before * way
        return implicit


def _alone(above: sp.csr_matrix, item: Float64, said: Float64, pull: Pull) -> Float64:
    """What is each shopper's own, bias then vector, beside what their touched items say."""
    row, column = segment_of(above.indptr), above.indices
    rest = above.copy()
    rest.data = above.data - item[column, 0] - (said[row] * item[column, 1:]).sum(axis=1)
    return fitted_rows(rest, with_one(item[:, 1:]), pull.on(np.diff(above.indptr), item.shape[1] - 1))
