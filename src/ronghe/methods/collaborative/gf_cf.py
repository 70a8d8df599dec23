"""GF-CF: a linear and an ideal low-pass filter of the item graph (Shen et al. 2021, arXiv:2108.07567)."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ronghe.core.dataset import Dataset
from ronghe.core.errors import require
from ronghe.core.roles import Compute
from ronghe.methods.collaborative.one_hop import one_hop
from ronghe.methods.collaborative.spectral import SpectralModel, low_pass
from ronghe.methods.collaborative.taste_learner import TasteLearner


@dataclass(frozen=True)
class GFCF(TasteLearner):
    """Learns GFCFModel: what the neighbours in the graph say, and what stays of it when only the smooth is let through; with
    the settings of TasteLearner.

    low: weight of the ideal low-pass filter beside the linear one · rank: directions that it lets through, at most a quarter of
    the items · keep: weights of the linear filter kept a row, the largest.
    """

    low: float = 0.3
    rank: int = 256
    keep: int = 500
    items: int = 200_000

    def __post_init__(self) -> None:
        super().__post_init__()
        require(self.low >= 0, "low", self.low, "0 or more")
        require(self.rank >= 1, "rank", self.rank, "1 or more")
        require(self.keep >= 1, "keep", self.keep, "1 or more")

    def fit(self, data: Dataset, compute: Compute) -> "GFCFModel":
        """The model of these settings, from what `data` may see."""
        taste, liking = self.learnt(data)
        weight = one_hop(liking, 0.5, 0.5, 1.0, self.keep, compute, "gf-cf")
        into, onto = low_pass(liking, self.rank, np.random.default_rng(compute.seed))
        return GFCFModel(taste, weight, into * np.float32(self.low), onto)


@dataclass(frozen=True, eq=False)
class GFCFModel(SpectralModel):
    """score = taste @ (linear filter + low * ideal low-pass filter)."""

    part: ClassVar[str] = "retrieve:gf-cf"
