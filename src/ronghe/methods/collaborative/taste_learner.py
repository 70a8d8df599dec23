"""What learners from shoppers' taste have in common: which items they model, and how liking is read off events."""

from dataclasses import dataclass

import scipy.sparse as sp

from ronghe.core.dataset import Dataset
from ronghe.core.errors import require
from ronghe.methods.collaborative.taste import Taste, learnt


@dataclass(frozen=True)
class TasteLearner:
    """A learner from what shoppers like.

    items, least: model the `items` items with most shoppers, none with fewer than `least` · half_life: days after which an
    event counts half · power: summed liking is raised to this (0 = once or never).
    """

    items: int = 20_000
    least: int = 2
    half_life: float = 180.0
    power: float = 0.5

    def __post_init__(self) -> None:
        require(self.items >= 1, "items", self.items, "1 or more")
        require(self.least >= 1, "least", self.least, "1 or more")
        require(self.half_life > 0, "half_life", self.half_life, "above 0 days")
        require(0 <= self.power <= 1, "power", self.power, "from 0 to 1")

    def learnt(self, data: Dataset) -> tuple[Taste, sp.csr_matrix]:
        """The items worth a model, and what each shopper likes among them: float32 CSR (users, n)."""
        return learnt(data, self.items, self.least, self.half_life, self.power)
