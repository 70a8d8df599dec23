"""Models that score all the items they know, once for each batch of questions."""

from abc import ABC, abstractmethod
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ronghe.core.candidates import Candidates
from ronghe.core.memo import Memo
from ronghe.core.queries import Queries
from ronghe.methods.collaborative.taste import Taste
from ronghe.methods.scoring import Float32, looked_up, retrieved


class WholeModel(ABC):
    """taste: the items that the model knows, and how liking is read."""

    taste: Taste

    @abstractmethod
    def _scores(self, queries: Queries) -> Float32:
        """The score of each known item (queries, n); 0 or less says nothing."""

    def retrieve(self, queries: Queries, k: int) -> Candidates:
        """The k items of the highest score."""
        return retrieved(self._all(queries), self.taste, queries, k)

    def score(self, queries: Queries, candidates: Candidates) -> NDArray[np.float32]:
        """The same score for given candidates (rows,)."""
        return looked_up(self._all(queries), self.taste, candidates)

    @cached_property
    def _memo(self) -> Memo[Float32]:
        return Memo()

    def _all(self, queries: Queries) -> Float32:
        return self._memo.of(queries, self._scores)
