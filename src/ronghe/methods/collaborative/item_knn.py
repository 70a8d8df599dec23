"""Item neighbours by shrunk cosine over who liked them (Sarwar et al. 2001, doi:10.1145/371920.372071)."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ronghe.core.dataset import Dataset
from ronghe.core.errors import require
from ronghe.core.roles import Compute
from ronghe.methods.collaborative.linear import TasteItemModel
from ronghe.methods.collaborative.neighbours import Numbers, neighbours
from ronghe.methods.collaborative.taste_learner import TasteLearner

Float32 = NDArray[np.float32]


@dataclass(frozen=True)
class ItemKNN(TasteLearner):
    """Learns ItemKNNModel: each item's nearest others; with the settings of TasteLearner.

    neighbours: kept an item · shrink: added below the cosine, so that few shared shoppers prove little.
    """

    neighbours: int = 100
    shrink: float = 20.0
    least: int = 3
    half_life: float = 90.0
    power: float = 1.0

    def __post_init__(self) -> None:
        super().__post_init__()
        require(self.neighbours >= 1, "neighbours", self.neighbours, "1 or more")
        require(self.shrink >= 0, "shrink", self.shrink, "0 or more")

    def fit(self, data: Dataset, compute: Compute) -> "ItemKNNModel":
        """The model of these settings, from what `data` may see."""
        taste, liking = self.learnt(data)
        length = np.sqrt(np.asarray(liking.power(2).sum(axis=0), dtype=np.float32).ravel())

        def cosine(dot: Float32, i: Numbers, j: Numbers) -> Float32:
            both = length[i]
            both *= length[j]
            both += np.float32(self.shrink)
            return np.divide(dot, both, out=both)

        return ItemKNNModel(taste, neighbours(liking, cosine, self.neighbours, compute, "item-knn"))


@dataclass(frozen=True, eq=False)
class ItemKNNModel(TasteItemModel):
    """score of j = what the query likes, times how near to j it is."""

    part: ClassVar[str] = "retrieve:item-knn"
