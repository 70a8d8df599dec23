"""GF-CF: a linear and an ideal low-pass filter of the item graph (Shen et al. 2021, arXiv:2108.07567)."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import scipy.sparse as sp

from ronghe.core.dataset import Dataset
from ronghe.core.errors import require
from ronghe.core.queries import Queries
from ronghe.core.roles import Compute
from ronghe.methods.collaborative.one_hop import one_hop
from ronghe.methods.collaborative.spectral import SpectralModel, low_pass
from ronghe.methods.collaborative.taste import learnt


@dataclass(frozen=True)
class GFCF:
    """Learns GFCFModel: what the neighbours in the graph say, and what stays of it when only the smooth is let through.

    low: weight of the ideal low-pass filter beside the linear one · rank: directions that it lets through, at most a
    quarter of the items · keep: weights of the linear filter kept a row, the largest · items, least: model the `items` items
    with most shoppers, none with fewer than `least` · half_life: days after which an event counts half ·
    power: summed liking is raised to this (0 = once or never).
    """

    low: float = 0.3
    rank: int = 256
    keep: int = 500
    items: int = 200_000
    least: int = 2
    half_life: float = 180.0
    power: float = 0.5

    def __post_init__(self) -> None:
        require(self.low >= 0, "low", self.low, "0 or more")
        require(self.rank >= 1, "rank", self.rank, "1 or more")
        require(self.keep >= 1, "keep", self.keep, "1 or more")
        require(self.items >= 1, "items", self.items, "1 or more")
        require(self.least >= 1, "least", self.least, "1 or more")
        require(self.half_life > 0, "half_life", self.half_life, "above 0 days")
        require(0 <= self.power <= 1, "power", self.power, "from 0 to 1")

    def fit(self, data: Dataset, compute: Compute) -> "GFCFModel":
        """The model of these settings, from what `data` may see."""
        taste, liking = learnt(data, self.items, self.least, self.half_life, self.power)
        weight = one_hop(liking, 0.5, 0.5, 1.0, self.keep, compute, "gf-cf")
        into, onto = low_pass(liking, self.rank, np.random.default_rng(compute.seed))
        return GFCFModel(taste, weight, into * np.float32(self.low), onto)


@dataclass(frozen=True, eq=False)
class GFCFModel(SpectralModel):
    """score = taste @ (linear filter + low * ideal low-pass filter)."""

    part: ClassVar[str] = "retrieve:gf-cf"

    def asked(self, queries: Queries) -> sp.csr_matrix:
        """The query's taste."""
        return self.taste.asked(queries)
