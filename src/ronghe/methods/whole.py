"""Models that score all the items they know, once for each batch of questions."""

from abc import ABC, abstractmethod
from functools import cached_property

from ronghe.core.candidates import Candidates
from ronghe.core.memo import Memo
from ronghe.core.queries import Queries
from ronghe.methods.scoring import Float32, Items, looked_up, retrieved


class WholeModel(ABC):
    """A family says where its models keep the items they know; a model says how it scores them."""

    @property
    @abstractmethod
    def _known(self) -> Items:
        """The items that the model knows."""

    @abstractmethod
    def _scores(self, queries: Queries) -> Float32:
        """The score of each known item (queries, n); 0 or less says nothing."""

    def retrieve(self, queries: Queries, k: int) -> Candidates:
        """The k items of the highest score."""
        return retrieved(self.scores(queries), self._known, queries, k)

    def score(self, queries: Queries, candidates: Candidates) -> Float32:
        """The same score for given candidates (rows,)."""
        return looked_up(self.scores(queries), self._known, candidates)

    def scores(self, queries: Queries) -> Float32:
        """Scores of all known items (queries, n); 0 or less says nothing. Shared: nobody may change them."""
        return self._memo.of(queries, self._scores)

    @cached_property
    def _memo(self) -> Memo[Float32]:
        return Memo()
