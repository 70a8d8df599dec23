"""Neural collaborative filtering of two layers (after He et al. 2017, doi:10.1145/3038912.3052569), for comparison.

The paper learns a vector for each shopper; here a shopper is the mean of what they liked, so that a new one needs no training.
Learning needs torch (the extra `train`); serving does not.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import scipy.sparse as sp

from ronghe.core.dataset import Dataset
from ronghe.core.errors import NotReady, require
from ronghe.core.queries import Queries
from ronghe.core.roles import Compute
from ronghe.methods.collaborative.renumbered import renumbered
from ronghe.methods.collaborative.taste import Taste
from ronghe.methods.collaborative.taste_learner import TasteLearner
from ronghe.methods.collaborative.whole import LikingModel
from ronghe.methods.scoring import Float32, silenced

LACKING = "neural-cf learns with torch, which is not installed; right would be pip install 'ronghe[train]'"


@dataclass(frozen=True)
class NeuralCF(TasteLearner):
    """Learns NeuralCFModel: softmax over the items of a batch, corrected for how often they come (Yi et al. 2019,
    doi:10.1145/3298689.3346996); with the settings of TasteLearner.

    width: of the vectors and of both layers · epochs: times that every liked item is foretold from the others of its shopper ·
    batch: items a step · pace: Adam's learning rate · l2: decay of the weights.
    """

    width: int = 32
    epochs: int = 10
    batch: int = 256
    pace: float = 0.003
    l2: float = 1e-5

    def __post_init__(self) -> None:
        super().__post_init__()
        require(self.width >= 1, "width", self.width, "1 or more")
        require(self.epochs >= 1, "epochs", self.epochs, "1 or more")
        require(self.batch >= 2, "batch", self.batch, "2 or more")
        require(self.pace > 0, "pace", self.pace, "above 0")
        require(0 <= self.l2 < 1, "l2", self.l2, "from 0 up, below 1")

    def fit(self, data: Dataset, compute: Compute) -> "NeuralCFModel":
        """The model of these settings, from what `data` may see. NotReady where torch is not installed."""
        try:
            from ronghe.methods.collaborative.neural_training import trained
        except ModuleNotFoundError as error:
            raise NotReady(LACKING) from error
        taste, liking = self.learnt(data)
        moved, order = renumbered(liking, np.random.default_rng(compute.seed))
        moved.data = moved.data.astype(np.float16).astype(np.float32)  # sums that differ in their last bits begin alike
        several = moved[np.diff(moved.indptr) > 1]
        weights = trained(
            several, compute, width=self.width, epochs=self.epochs, batch=self.batch, pace=self.pace, l2=self.l2
        )  # fmt: skip
        back = np.argsort(order)
        weights |= {name: np.ascontiguousarray(weights[name][back]) for name in ("liked", "item", "bias")}
        return NeuralCFModel(taste, **weights)


@dataclass(frozen=True, eq=False)
class NeuralCFModel(LikingModel):
    """score = softplus(bias_i + out . relu(item_i + turn v)), v = tanh(mean of liked_j . first + first_bias).

    liked, item (n, width) · bias (n,) · first, turn (width, width) · first_bias, out (width,).
    """

    taste: Taste
    liked: Float32
    item: Float32
    bias: Float32
    first: Float32
    first_bias: Float32
    turn: Float32
    out: Float32

    part: ClassVar[str] = "retrieve:neural-cf"

    def _scores(self, queries: Queries) -> Float32:
        asked = shares(self.taste.asked(queries))
        shopper = np.tanh(np.asarray(asked @ self.liked) @ self.first + self.first_bias) @ self.turn  # (queries, width)
        score = np.zeros((len(queries), len(self.item)), dtype=np.float32)
        for query in np.flatnonzero(np.diff(asked.indptr)):
            expected = np.maximum(self.item + shopper[query], 0) @ self.out + self.bias
            score[query] = np.logaddexp(0, expected)  # above 0 and in the same order: every known item can be offered
        return silenced(score, self.taste, queries)


def shares(liking: sp.csr_matrix) -> sp.csr_matrix:
    """Rows that sum to 1, or are empty."""
    total = np.asarray(liking.sum(axis=1), dtype=np.float32).ravel()
    data = liking.data / np.repeat(total, np.diff(liking.indptr))
    return sp.csr_matrix((data.astype(np.float32), liking.indices, liking.indptr), shape=liking.shape)
