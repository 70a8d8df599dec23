"""Models that score by a matrix between items: what is liked (a row) times what each liked item speaks for."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from ronghe.core.candidates import Candidates
from ronghe.core.queries import Queries
from ronghe.core.slates import Reasons
from ronghe.methods.collaborative.memo import Memo
from ronghe.methods.collaborative.scoring import Float32, looked_up, reasons, retrieved, silenced
from ronghe.methods.collaborative.taste import Taste


@dataclass(frozen=True, eq=False)
class ItemItemModel(ABC):
    """score = asked @ weight. weight (n, n) float32: row i is what liking item i says of each item j."""

    taste: Taste
    weight: sp.csr_matrix

    part: ClassVar[str]

    @abstractmethod
    def asked(self, queries: Queries) -> sp.csr_matrix:
        """What each query puts in, float32 CSR (queries, n)."""

    def retrieve(self, queries: Queries, k: int) -> Candidates:
        """The k items that what was asked speaks for most."""
        return retrieved(self._all(queries), self.taste, queries, k)

    def score(self, queries: Queries, candidates: Candidates) -> NDArray[np.float32]:
        """The same score for given candidates (rows,)."""
        return looked_up(self._all(queries), self.taste, candidates)

    def because(self, queries: Queries, shown: Candidates) -> Sequence[Reasons]:
        """What each item put in adds to the score of each shown row."""
        asked, into = self.asked(queries), self.weight.tocsc()

        def parts(query: int, column: int) -> tuple[NDArray[np.int64], Float32]:
            liked = asked[[query]]
            weight = into[:, [column]].toarray().ravel()[liked.indices]
            return liked.indices.astype(np.int64), liked.data * weight

        return reasons(parts, self._all(queries), self.taste, queries, shown, self.part)

    @cached_property
    def _memo(self) -> Memo[Float32]:
        return Memo()

    def _all(self, queries: Queries) -> Float32:
        return self._memo.of(queries, self._scores)

    def _scores(self, queries: Queries) -> Float32:
        score: Float32 = (self.asked(queries) @ self.weight).toarray()  # (queries, n)
        return silenced(score, self.taste, queries)
