"""Graph blend: regression between near items, one hop over shared shoppers, and the smooth part of the graph, in one model.

The parts are those of sparse EASE, Turbo-CF (Park, Shin & Shin 2024, arXiv:2404.14243) and GF-CF (Shen et al. 2021,
arXiv:2108.07567): what is particular, what is near, what is general.
"""

from dataclasses import dataclass, fields
from typing import ClassVar

import numpy as np
import scipy.sparse as sp

from ronghe.core.dataset import Dataset
from ronghe.core.errors import require
from ronghe.core.roles import Compute
from ronghe.methods.collaborative.degrees import row_length
from ronghe.methods.collaborative.one_hop import one_hop
from ronghe.methods.collaborative.sparse_ease import SparseEASE
from ronghe.methods.collaborative.spectral import SpectralModel, low_pass, smooth_length
from ronghe.methods.collaborative.taste_learner import TasteLearner


@dataclass(frozen=True)
class GraphBlend(TasteLearner):
    """Learns GraphBlendModel: three views of the item graph, each scaled to rows of average length 1, then weighed; with the
    settings of TasteLearner.

    near: weight of one hop over shared shoppers, beside 1 for the regression · low: weight of the ideal low-pass filter · l2,
    neighbours, shopper_damp, item_damp: of the regression, as in sparse-ease · hop_damp: bestsellers are held down by their
    liking ** -hop_damp in the one hop · keep: weights of the one hop kept a row · rank: directions that the low-pass filter
    lets through, at most a quarter of the items.
    """

    near: float = 0.3
    low: float = 0.3
    l2: float = 8.0
    neighbours: int = 150
    shopper_damp: float = 0.3
    item_damp: float = 0.3
    hop_damp: float = 0.4
    keep: int = 300
    rank: int = 256
    items: int = 200_000

    def __post_init__(self) -> None:
        super().__post_init__()
        self.regression.__post_init__()
        require(self.near >= 0, "near", self.near, "0 or more")
        require(self.low >= 0, "low", self.low, "0 or more")
        require(0 <= self.hop_damp <= 1, "hop_damp", self.hop_damp, "from 0 to 1")
        require(self.keep >= 1, "keep", self.keep, "1 or more")
        require(self.rank >= 1, "rank", self.rank, "1 or more")

    @property
    def regression(self) -> SparseEASE:
        """The settings of the regression alone."""
        return SparseEASE(**{field.name: getattr(self, field.name) for field in fields(SparseEASE)})

    def fit(self, data: Dataset, compute: Compute) -> "GraphBlendModel":
        """The model of these settings, from what `data` may see."""
        taste, liking = self.learnt(data)
        weight = self.regression.weight(liking, compute)
        weight = weight / row_length(weight)
        if self.near:
            hop = one_hop(liking, self.shopper_damp, self.hop_damp, 1.0, self.keep, compute, "graph-blend: one hop")
            weight = weight + hop * np.float32(self.near / row_length(hop))
        into, onto = low_pass(liking, self.rank if self.low else 0, np.random.default_rng(compute.seed))
        strength = np.float32(self.low / smooth_length(into, onto))
        return GraphBlendModel(taste, sp.csr_matrix(weight, dtype=np.float32), into * strength, onto)


@dataclass(frozen=True, eq=False)
class GraphBlendModel(SpectralModel):
    """score = taste @ (regression + near * one hop + low * ideal low-pass filter)."""

    part: ClassVar[str] = "retrieve:graph-blend"
