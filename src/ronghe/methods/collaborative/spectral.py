"""Models that score by a sparse matrix between items and a smooth one of low rank."""

from abc import ABC
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from ronghe.core.candidates import Candidates
from ronghe.core.queries import Queries
from ronghe.core.slates import Reasons
from ronghe.kernels.low_rank import directions
from ronghe.methods.collaborative.degrees import scaled, sums
from ronghe.methods.collaborative.linear import TasteItemModel
from ronghe.methods.reasons import reasons, weighed, weights_of
from ronghe.methods.scoring import Float32, silenced

SHARE = 4  # directions are at most one in so many items: with all of them the filter would pass everything


@dataclass(frozen=True, eq=False)
class SpectralModel(TasteItemModel, ABC):
    """score = asked @ (weight + into onto'). into, onto (n, f): the smooth part, from what is liked and to what is scored."""

    into: Float32
    onto: Float32

    part: ClassVar[str]

    def because(self, queries: Queries, shown: Candidates) -> Sequence[Reasons]:
        """What each item put in adds to the score of each shown row."""
        sparse = weights_of(self.weight)

        def weights(liked: NDArray[Any], column: int) -> Float32:
            smooth: Float32 = self.into[liked] @ self.onto[column]
            return sparse(liked, column) + smooth

        return reasons(weighed(self.asked(queries), weights), self.scores(queries), self.taste, queries, shown, self.part)

    @cached_property
    def _across(self) -> Float32:
        return np.ascontiguousarray(self.onto.T)

    def _scores(self, queries: Queries) -> Float32:
        asked = self.asked(queries)
        score: Float32 = (asked @ self.weight).toarray()  # (queries, n)
        score += np.asarray(asked @ self.into, dtype=np.float32) @ self._across
        return silenced(score, self.taste, queries)


def low_pass(liking: sp.csr_matrix, rank: int, rng: np.random.Generator) -> tuple[Float32, Float32]:
    """The ideal low-pass filter of the normalised graph (GF-CF's D^-1/2 U U' D^1/2) as two factors (n, f) each."""
    rank = min(rank, liking.shape[1] // SHARE)
    vectors = directions(scaled(liking, 0.5, 0.5), rank, rng)[1]
    root = np.sqrt(sums(liking, 0))[:, None]
    return (vectors / root).astype(np.float32), (vectors * root).astype(np.float32)


def smooth_length(into: Float32, onto: Float32) -> float:
    """Root mean square length of the rows of into onto'; 1 when it has none."""
    square = np.einsum("if,fg,ig->i", into, onto.T @ onto, into, optimize=True, dtype=np.float64)
    square = square[square > 0]
    return float(np.sqrt(square.mean())) if len(square) else 1.0
