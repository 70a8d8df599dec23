"""Truncated SVD of what ratings leave when their means are taken away (Sarwar et al. 2000, "Application of dimensionality

reduction in recommender systems"; damped means as in section 2.1 of Koren 2010, doi:10.1145/1644873.1644874).
"""

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from ronghe.core.dataset import Dataset
from ronghe.core.errors import require
from ronghe.core.roles import Compute
from ronghe.kernels.least_squares import Float64
from ronghe.kernels.low_rank import directions
from ronghe.kernels.segments import segment_of
from ronghe.methods.ratings.folded import Pull, RatingModel
from ronghe.methods.ratings.stars import learnt, scale


@dataclass(frozen=True)
class SVD:
    """Learns RatingModel from the strongest directions of a table of rests in which a missing rating is 0.

    factors: directions kept · l2: how strongly a shopper's place along them is held at 0, in units of how far shoppers
    scatter · item_damp, user_damp: ratings at the mean that are thought to stand beside those of each item, of each shopper ·
    least: items with fewer ratings are not modelled.
    """

    factors: int = 10
    l2: float = 0.3
    item_damp: float = 5.0
    user_damp: float = 5.0
    least: int = 1

    def __post_init__(self) -> None:
        require(self.factors >= 1, "factors", self.factors, "1 or more")
        require(self.l2 > 0, "l2", self.l2, "above 0")
        require(self.item_damp > 0, "item_damp", self.item_damp, "above 0")
        require(self.user_damp > 0, "user_damp", self.user_damp, "above 0")
        require(self.least >= 1, "least", self.least, "1 or more")

    def fit(self, data: Dataset, compute: Compute) -> RatingModel:
        """The model of these settings, from the ratings that `data` may see."""
        log = learnt(data, self.least)
        mean, low, high = scale(log.stars)
        bias, rest = centred(log.stars, mean, self.item_damp, self.user_damp)
        factor = principal_items(rest, self.factors, compute.seed).astype(np.float32)
        nothing = np.zeros((len(bias), 0), dtype=np.float32)
        pull = Pull(self.l2, self.user_damp, 0.0)
        return RatingModel(log.rated, mean, low, high, bias.astype(np.float32), factor, nothing, pull, "retrieve:svd")


def centred(stars: sp.csr_matrix, mean: float, item_damp: float, user_damp: float) -> tuple[Float64, sp.csr_matrix]:
    """The damped bias of each item (n,), and the stars (users, n) without mean and damped biases of items and shoppers."""
    row, column = segment_of(stars.indptr), stars.indices
    above = stars.data - mean
    bias = np.bincount(column, above, stars.shape[1]) / (item_damp + np.bincount(column, minlength=stars.shape[1]))
    above = above - bias[column]
    own = np.bincount(row, above, stars.shape[0]) / (user_damp + np.diff(stars.indptr))
    rest = stars.copy()
    rest.data = above - own[row]
    return bias, rest


def principal_items(rest: sp.csr_matrix, factors: int, seed: int) -> Float64:
    """Item vectors V S / sqrt(users) of the truncated SVD: a shopper's place along each axis scatters with variance 1."""
    strength, vectors = directions(rest.astype(np.float32), factors, np.random.default_rng(seed))
    return np.asarray(vectors * (strength / np.sqrt(max(rest.shape[0], 1))), dtype=np.float64)
