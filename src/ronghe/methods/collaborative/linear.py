"""Models that score by a matrix between items: what is liked (a row) times what each liked item speaks for."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import scipy.sparse as sp

from ronghe.core.candidates import Candidates
from ronghe.core.queries import Queries
from ronghe.core.slates import Reasons
from ronghe.kernels.products import dense_product
from ronghe.methods.collaborative.taste import Taste
from ronghe.methods.collaborative.whole import LikingModel
from ronghe.methods.reasons import reasons, weighed, weights_of
from ronghe.methods.scoring import Float32, silenced


@dataclass(frozen=True, eq=False)
class ItemItemModel(LikingModel, ABC):
    """score = asked @ weight. weight (n, n) float32: row i is what liking item i says of each item j."""

    taste: Taste
    weight: sp.csr_matrix

    part: ClassVar[str]

    @abstractmethod
    def asked(self, queries: Queries) -> sp.csr_matrix:
        """What each query puts in, float32 CSR (queries, n)."""

    def because(self, queries: Queries, shown: Candidates) -> Sequence[Reasons]:
        """What each item put in adds to the score of each shown row."""
        parts = weighed(self.asked(queries), weights_of(self.weight))
        return reasons(parts, self.scores(queries), self.taste, queries, shown, self.part)

    def _scores(self, queries: Queries) -> Float32:
        score = dense_product(self.asked(queries), self.weight)  # (queries, n)
        return silenced(score, self.taste, queries)


@dataclass(frozen=True, eq=False)
class TasteItemModel(ItemItemModel, ABC):
    """An ItemItemModel that each query asks with its taste."""

    part: ClassVar[str]

    def asked(self, queries: Queries) -> sp.csr_matrix:
        """The query's taste."""
        return self.taste.asked(queries)
