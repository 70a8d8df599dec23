"""RP3beta: a random walk of three steps, popular ends held down (Paudel et al. 2017, doi:10.1145/2955101)."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ronghe.core.dataset import Dataset
from ronghe.core.errors import require
from ronghe.core.roles import Compute
from ronghe.methods.collaborative.degrees import scaled, sums
from ronghe.methods.collaborative.linear import TasteItemModel
from ronghe.methods.collaborative.neighbours import Numbers, neighbours
from ronghe.methods.collaborative.taste_learner import TasteLearner

Float32 = NDArray[np.float32]


@dataclass(frozen=True)
class RP3beta(TasteLearner):
    """Learns RP3betaModel: where a walk from each item over its shoppers ends; with the settings of TasteLearner.

    alpha: steps' probabilities are raised to this; below 1 the rare roads count more · beta: the end's liking raised to this
    divides, so that bestsellers do not win everything · keep: weights kept a row, the largest.
    """

    alpha: float = 0.8
    beta: float = 0.4
    keep: int = 200
    items: int = 200_000

    def __post_init__(self) -> None:
        super().__post_init__()
        require(0 <= self.alpha <= 2, "alpha", self.alpha, "from 0 to 2")
        require(0 <= self.beta <= 2, "beta", self.beta, "from 0 to 2")
        require(self.keep >= 1, "keep", self.keep, "1 or more")

    def fit(self, data: Dataset, compute: Compute) -> "RP3betaModel":
        """The model of these settings, from what `data` may see."""
        taste, liking = self.learnt(data)
        of, to = sums(liking, 0) ** np.float32(-self.alpha), sums(liking, 0) ** np.float32(-self.beta)
        steps = scaled(liking, 0.5, 0)  # so that a dot product divides by the shopper's sum once
        steps.data = np.power(steps.data, np.float32(self.alpha))

        def walked(dot: Float32, i: Numbers, j: Numbers) -> Float32:
            dot *= of[i]
            dot *= to[j]
            return dot

        return RP3betaModel(taste, neighbours(steps, walked, self.keep, compute, "rp3beta"))


@dataclass(frozen=True, eq=False)
class RP3betaModel(TasteItemModel):
    """score of j = what the query likes, times the odds of walking from there to j, held down by how well j sells."""

    part: ClassVar[str] = "retrieve:rp3beta"
