"""Matrix factors with biases (Koren, Bell & Volinsky 2009, doi:10.1109/MC.2009.263), by alternating least squares with weighted

penalties (Zhou et al. 2008, doi:10.1007/978-3-540-68880-8_32) or by stochastic gradients.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import scipy.sparse as sp

from ronghe.core.dataset import Dataset
from ronghe.core.errors import require
from ronghe.core.roles import Compute
from ronghe.kernels.least_squares import Float64, fitted_rows
from ronghe.methods.ratings.descent import descended
from ronghe.methods.ratings.folded import Pull, RatingModel, with_one
from ronghe.methods.ratings.stars import above_mean, learnt, scale


@dataclass(frozen=True)
class BiasedMF:
    """Learns RatingModel: mean, biases and factors that lie nearest to the ratings.

    factors: width of the vectors · solver: "als" solves each side exactly in turn, "sgd" walks down in small batches of
    ratings · sweeps: times that both sides are solved, or that all ratings are walked through · l2: penalty on vectors ·
    l2_bias: penalty on biases · nu: both penalties grow with the number of ratings of a row to this power · pace: length of
    the first steps of "sgd" · least: items with fewer ratings are not modelled.
    """

    factors: int = 20
    solver: Literal["als", "sgd"] = "als"
    sweeps: int = 10
    l2: float = 2.0
    l2_bias: float = 1.0
    nu: float = 0.4
    pace: float = 0.05
    least: int = 1

    def __post_init__(self) -> None:
        require(self.factors >= 1, "factors", self.factors, "1 or more")
        require(self.solver in ("als", "sgd"), "solver", self.solver, '"als" or "sgd"')
        require(self.sweeps >= 1, "sweeps", self.sweeps, "1 or more")
        require(self.l2 > 0, "l2", self.l2, "above 0")
        require(self.l2_bias > 0, "l2_bias", self.l2_bias, "above 0")
        require(0 <= self.nu <= 1, "nu", self.nu, "from 0 to 1")
        require(self.pace > 0, "pace", self.pace, "above 0")
        require(self.least >= 1, "least", self.least, "1 or more")

    def fit(self, data: Dataset, compute: Compute) -> RatingModel:
        """The model of these settings, from the ratings that `data` may see."""
        log = learnt(data, self.least)
        mean, low, high = scale(log.stars)
        pull = Pull(self.l2, self.l2_bias, self.nu)
        rng = np.random.default_rng(compute.seed)  # shoppers start at random, so that no item's number matters
        user = np.concatenate([np.zeros((log.stars.shape[0], 1)), rng.normal(0, 0.1, (log.stars.shape[0], self.factors))], axis=1)
        item = np.zeros((log.stars.shape[1], 1 + self.factors))
        above = above_mean(log.stars, mean)
        if self.solver == "sgd":
            item = descended(
                above, log.order, user, pull, self.pace, compute.track(range(self.sweeps), "biased-mf", self.sweeps), rng
            )
        else:
            across = above.T.tocsr()
            for _ in compute.track(range(self.sweeps), "biased-mf", self.sweeps):
                item = one_side(across, user, pull)
                user = one_side(above, item, pull)
        bias, factor = item[:, 0].astype(np.float32), item[:, 1:].astype(np.float32)
        return RatingModel(
            log.rated, mean, low, high, bias, factor, np.zeros((len(bias), 0), dtype=np.float32), pull, "retrieve:biased-mf"
        )


def one_side(above: sp.csr_matrix, other: Float64, pull: Pull) -> Float64:
    """Bias, then vector, of each row that fit what the row is above the mean, given those of the columns (rows, 1 + f)."""
    rest = above.copy()
    rest.data = above.data - other[above.indices, 0]
    return fitted_rows(rest, with_one(other[:, 1:]), pull.on(np.diff(above.indptr), other.shape[1] - 1))
