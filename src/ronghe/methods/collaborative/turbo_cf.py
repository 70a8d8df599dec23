"""Turbo-CF: polynomial graph filters over items without any training (Park, Shin & Shin 2024, arXiv:2404.14243)."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import scipy.sparse as sp

from ronghe.core.dataset import Dataset
from ronghe.core.errors import require
from ronghe.core.roles import Compute
from ronghe.kernels.top import strongest
from ronghe.methods.collaborative.degrees import scaled
from ronghe.methods.collaborative.linear import TasteItemModel
from ronghe.methods.collaborative.one_hop import one_hop
from ronghe.methods.collaborative.taste_learner import TasteLearner

BLOCK = 512  # rows of the squared graph at one time


@dataclass(frozen=True)
class TurboCF(TasteLearner):
    """Learns TurboCFModel: a low-pass filter of the item graph; with the settings of TasteLearner.

    alpha: the graph is P = R'R with R = D_shoppers^-alpha L D_items^(alpha - 1); higher holds busy shoppers down more, lower
    bestsellers · power_graph: entries of P are raised to this; below 1 they come closer together · order: 1 filters with P, 2
    with 2 P - P P, which passes less of what is local · keep: weights kept a row, the largest.
    """

    alpha: float = 0.5
    power_graph: float = 0.7
    order: int = 1
    keep: int = 300
    items: int = 200_000

    def __post_init__(self) -> None:
        super().__post_init__()
        require(0 <= self.alpha <= 1, "alpha", self.alpha, "from 0 to 1")
        require(0 < self.power_graph <= 2, "power_graph", self.power_graph, "above 0, up to 2")
        require(self.order in (1, 2), "order", self.order, "1 or 2")
        require(self.keep >= 1, "keep", self.keep, "1 or more")

    def fit(self, data: Dataset, compute: Compute) -> "TurboCFModel":
        """The model of these settings, from what `data` may see."""
        taste, liking = self.learnt(data)
        weight = one_hop(liking, self.alpha, 1 - self.alpha, self.power_graph, self.keep, compute, "turbo-cf")
        return TurboCFModel(taste, weight if self.order == 1 else self._second(weight, liking, compute))

    def _second(self, weight: sp.csr_matrix, liking: sp.csr_matrix, compute: Compute) -> sp.csr_matrix:
        """The largest off-diagonal entries of 2 P - P P, P being `weight` with its diagonal put back."""
        graph = scaled(liking, self.alpha, 1 - self.alpha)
        itself = np.asarray(graph.power(2).sum(axis=0)).ravel() ** np.float32(self.power_graph)
        whole = sp.csr_matrix(weight + sp.diags_array(itself.astype(np.float32)))
        starts = range(0, whole.shape[0], BLOCK)
        parts = [self._part(whole, at) for at in compute.track(starts, "turbo-cf: second order", len(starts))]
        return sp.vstack(parts, format="csr") if parts else weight

    def _part(self, whole: sp.csr_matrix, at: int) -> sp.csr_matrix:
        rows = whole[at : at + BLOCK]
        part = sp.csr_matrix(2 * rows - rows @ whole)
        own = np.repeat(np.arange(part.shape[0]), np.diff(part.indptr)) + at == part.indices
        part.data[own] = 0
        part.eliminate_zeros()
        return strongest(part, self.keep)


@dataclass(frozen=True, eq=False)
class TurboCFModel(TasteItemModel):
    """score = taste @ weight, weight being the filtered graph without its diagonal."""

    part: ClassVar[str] = "retrieve:turbo-cf"
