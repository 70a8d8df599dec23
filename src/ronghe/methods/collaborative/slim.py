"""SLIM: sparse non-negative weights between items (Ning & Karypis 2011, doi:10.1109/ICDM.2011.134).

Each column on its nearest items only: the paper's fsSLIM; with `neighbours` as many as items it is SLIM itself.
"""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from ronghe.core.dataset import Dataset
from ronghe.core.errors import require
from ronghe.core.roles import Compute
from ronghe.kernels.lasso import nonnegative
from ronghe.kernels.local_ridge import gram_of
from ronghe.kernels.together import blocks
from ronghe.methods.collaborative.linear import TasteItemModel
from ronghe.methods.collaborative.neighbours import alike
from ronghe.methods.collaborative.taste_learner import TasteLearner

Float32 = NDArray[np.float32]
CELLS = 1 << 21  # floats of the systems that are solved together


@dataclass(frozen=True)
class SLIM(TasteLearner):
    """Learns SLIMModel: few, non-negative weights between items that best rebuild each shopper's taste from the rest of it;
    with the settings of TasteLearner.

    l1: what a weight must bring to be above 0, in shoppers · l2: how much weights are held down, in shoppers · neighbours: a
    column may use so many others, the nearest by cosine · sweeps: times each weight is set anew, at most.
    """

    l1: float = 0.2
    l2: float = 10.0
    neighbours: int = 100
    sweeps: int = 100
    items: int = 100_000

    def __post_init__(self) -> None:
        super().__post_init__()
        require(self.l1 >= 0, "l1", self.l1, "0 or more")
        require(self.l2 >= 0, "l2", self.l2, "0 or more")
        require(self.neighbours >= 1, "neighbours", self.neighbours, "1 or more")
        require(self.sweeps >= 1, "sweeps", self.sweeps, "1 or more")

    def fit(self, data: Dataset, compute: Compute) -> "SLIMModel":
        """The model of these settings, from what `data` may see."""
        taste, liking = self.learnt(data)
        right = alike(liking, self.neighbours, compute, "slim: neighbours")
        across, n = liking.T.tocsr(), liking.shape[1]
        groups = list(blocks(np.diff(right.indptr), CELLS, lambda width: width**2))
        parts = [self._block(across, right, block) for block in compute.track(groups, "slim", len(groups))]
        row, column, value = (np.concatenate([part[at] for part in parts]) if parts else np.zeros(0) for at in range(3))
        return SLIMModel(taste, sp.csr_matrix((value.astype(np.float32), (row, column)), shape=(n, n)))

    def _block(self, across: sp.csr_matrix, right: sp.csr_matrix, targets: NDArray[np.int64]) -> tuple[NDArray[Any], ...]:
        """Rows, columns and values of the weights of these columns, solved together."""
        cuts = [slice(right.indptr[j], right.indptr[j + 1]) for j in targets]
        lists = [right.indices[cut] for cut in cuts]
        widest = max(len(at) for at in lists)
        gram = np.zeros((len(targets), widest, widest), dtype=np.float32)
        wanted = np.zeros((len(targets), widest), dtype=np.float32)
        for which, (at, cut) in enumerate(zip(lists, cuts, strict=True)):
            gram[which, : len(at), : len(at)] = gram_of(across[at])
            wanted[which, : len(at)] = right.data[cut]
        weight = nonnegative(gram, wanted, self.l1, self.l2, self.sweeps)
        target, place = np.nonzero(weight)
        table = np.zeros((len(targets), widest), dtype=np.int64)
        for row, ids in zip(table, lists, strict=True):
            row[: len(ids)] = ids
        return table[target, place], targets[target], weight[target, place]


@dataclass(frozen=True, eq=False)
class SLIMModel(TasteItemModel):
    """score = taste @ weight; a new shopper or a new click needs no retrain."""

    part: ClassVar[str] = "retrieve:slim"
