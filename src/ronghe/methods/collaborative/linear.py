"""Models that score by a matrix between items: what is liked (a row) times what each liked item speaks for."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from ronghe.core.candidates import Candidates
from ronghe.core.queries import Queries
from ronghe.core.slates import Reasons
from ronghe.kernels.products import dense_product
from ronghe.methods.collaborative.taste import Taste
from ronghe.methods.collaborative.whole import LikingModel
from ronghe.methods.reasons import reasons
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
        asked, into = self.asked(queries), self.weight.tocsc()

        def parts(query: int, column: int) -> tuple[NDArray[np.int64], Float32]:
            liked = asked[[query]]
            weight = into[:, [column]].toarray().ravel()[liked.indices]
            return liked.indices.astype(np.int64), liked.data * weight

        return reasons(parts, self.scores(queries), self.taste, queries, shown, self.part)

    def _scores(self, queries: Queries) -> Float32:
        score = dense_product(self.asked(queries), self.weight)  # (queries, n)
        return silenced(score, self.taste, queries)
