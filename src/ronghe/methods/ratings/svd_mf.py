"""SVD-MF: a truncated SVD as the starting point of factors that Adam (Kingma & Ba 2015, arXiv:1412.6980) then walks down from

the ratings alone, in batches, until ratings held out get no better. Learning needs torch (extra `train`); serving does not.
"""

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from ronghe.core.dataset import Dataset
from ronghe.core.errors import NotReady, require
from ronghe.core.roles import Compute
from ronghe.kernels.least_squares import Float64
from ronghe.kernels.low_rank import directions
from ronghe.methods.ratings.folded import Pull, RatingModel
from ronghe.methods.ratings.stars import learnt, scale
from ronghe.methods.ratings.svd import centred

LACKING = "svd-mf learns with torch, which is not installed; right would be pip install 'ronghe[train]'"


@dataclass(frozen=True)
class SVDMF:
    """Learns RatingModel by gradients that start at an SVD.

    factors: directions of the SVD, width of the vectors · epochs: times at most that all ratings are walked through ·
    held: share of ratings held out to see when to stop · patience: epochs without a better figure before it stops ·
    batch: ratings a step · pace: Adam's learning rate · l2: penalty on vectors · l2_bias: penalty on biases ·
    nu: both penalties grow with the number of ratings of a row to this power · item_damp, user_damp: of the SVD's means, as
    in svd · least: items with fewer ratings are not modelled.
    """

    factors: int = 20
    epochs: int = 60
    held: float = 0.1
    patience: int = 3
    batch: int = 1000
    pace: float = 0.01
    l2: float = 2.0
    l2_bias: float = 1.0
    nu: float = 0.4
    item_damp: float = 5.0
    user_damp: float = 5.0
    least: int = 1

    def __post_init__(self) -> None:
        require(self.factors >= 1, "factors", self.factors, "1 or more")
        require(self.epochs >= 1, "epochs", self.epochs, "1 or more")
        require(0 < self.held < 1, "held", self.held, "between 0 and 1")
        require(self.patience >= 1, "patience", self.patience, "1 or more")
        require(self.batch >= 1, "batch", self.batch, "1 or more")
        require(self.pace > 0, "pace", self.pace, "above 0")
        require(self.l2 > 0, "l2", self.l2, "above 0")
        require(self.l2_bias > 0, "l2_bias", self.l2_bias, "above 0")
        require(0 <= self.nu <= 1, "nu", self.nu, "from 0 to 1")
        require(self.item_damp > 0, "item_damp", self.item_damp, "above 0")
        require(self.user_damp > 0, "user_damp", self.user_damp, "above 0")
        require(self.least >= 1, "least", self.least, "1 or more")

    def fit(self, data: Dataset, compute: Compute) -> RatingModel:
        """The model of these settings, from the ratings that `data` may see. NotReady where torch is not installed."""
        try:
            from ronghe.methods.ratings.svd_mf_training import Course, walked
        except ModuleNotFoundError as error:
            raise NotReady(LACKING) from error
        log = learnt(data, self.least)
        mean, low, high = scale(log.stars)
        pull = Pull(self.l2, self.l2_bias, self.nu)
        course = Course(self.epochs, self.held, self.patience, self.batch, self.pace)
        item = walked(course, lambda above: self._begun(above, compute.seed), log, mean, pull, compute).astype(np.float32)
        nothing = np.zeros((len(item), 0), dtype=np.float32)
        return RatingModel(log.rated, mean, low, high, item[:, 0], item[:, 1:], nothing, pull, "retrieve:svd-mf")

    def _begun(self, above: sp.csr_matrix, seed: int) -> Float64:
        """Damped bias, then V sqrt(S) of the truncated SVD, of each item (n, 1 + factors); directions that are not there are 0."""
        bias, rest = centred(above, 0.0, self.item_damp, self.user_damp)
        strength, vectors = directions(rest.astype(np.float32), self.factors, np.random.default_rng(seed))
        start = np.zeros((above.shape[1], 1 + self.factors))
        start[:, 0], start[:, 1 : 1 + len(strength)] = bias, vectors * np.sqrt(strength)
        return start
