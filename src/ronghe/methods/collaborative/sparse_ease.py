"""Sparse EASE: each item rebuilt from its nearest others only, for catalogues where a full matrix has no room.

EASE (Steck 2019, arXiv:1905.03375) with the support of each column chosen beforehand, as fsSLIM does (Ning & Karypis 2011,
doi:10.1109/ICDM.2011.134); degrees are scaled before the regression, as in the graph filters.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import scipy.sparse as sp

from ronghe.core.dataset import Dataset
from ronghe.core.errors import require
from ronghe.core.roles import Compute
from ronghe.kernels.local_ridge import local_ridge
from ronghe.methods.collaborative.degrees import rescaled, scaled, sums
from ronghe.methods.collaborative.linear import TasteItemModel
from ronghe.methods.collaborative.neighbours import alike
from ronghe.methods.collaborative.taste_learner import TasteLearner


@dataclass(frozen=True)
class SparseEASE(TasteLearner):
    """Learns SparseEASEModel: weights between near items that best rebuild each shopper's taste from the rest of it; with
    the settings of TasteLearner.

    l2: how much weights are held down, in squared lengths of the average item · neighbours: each item is rebuilt from so many
    others, the nearest by cosine · shopper_damp: shoppers with summed liking s count s ** (-2 shopper_damp) in the fit ·
    item_damp: bestsellers are held down by their liking ** -item_damp before it.
    """

    l2: float = 8.0
    neighbours: int = 150
    shopper_damp: float = 0.3
    item_damp: float = 0.3
    items: int = 200_000

    def __post_init__(self) -> None:
        super().__post_init__()
        require(self.l2 > 0, "l2", self.l2, "above 0")
        require(self.neighbours >= 1, "neighbours", self.neighbours, "1 or more")
        require(0 <= self.shopper_damp <= 1, "shopper_damp", self.shopper_damp, "from 0 to 1")
        require(0 <= self.item_damp <= 1, "item_damp", self.item_damp, "from 0 to 1")

    def fit(self, data: Dataset, compute: Compute) -> "SparseEASEModel":
        """The model of these settings, from what `data` may see."""
        taste, liking = self.learnt(data)
        return SparseEASEModel(taste, self.weight(liking, compute))

    def weight(self, liking: sp.csr_matrix, compute: Compute) -> sp.csr_matrix:
        """The weights between the items of `liking` (shoppers, n): CSR (n, n), column j with at most `neighbours` entries."""
        if not liking.nnz:
            return sp.csr_matrix((liking.shape[1],) * 2, dtype=np.float32)
        table = scaled(liking, self.shopper_damp, self.item_damp)
        square = np.asarray(table.power(2).sum(axis=0), dtype=np.float32).ravel()
        right = alike(table, self.neighbours, compute, "sparse-ease: neighbours")
        l2 = np.full(len(square), self.l2 * square[square > 0].mean(), dtype=np.float32)
        columns = compute.track(range(len(square)), "sparse-ease", len(square))
        found = local_ridge(table.T.tocsr(), right, l2, columns)
        total = sums(liking, 0)
        return rescaled(found, total ** np.float32(-self.item_damp), total ** np.float32(self.item_damp))


@dataclass(frozen=True, eq=False)
class SparseEASEModel(TasteItemModel):
    """score = taste @ weight; a new shopper or a new click needs no retrain."""

    part: ClassVar[str] = "retrieve:sparse-ease"
