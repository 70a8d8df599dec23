"""BSPM: tastes blurred over the item graph, then sharpened again (Choi et al. 2023, arXiv:2211.09324)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from ronghe.core.dataset import Dataset
from ronghe.core.errors import require
from ronghe.core.roles import Compute
from ronghe.kernels.low_rank import directions
from ronghe.methods.collaborative.degrees import scaled, sums
from ronghe.methods.collaborative.one_hop import one_hop
from ronghe.methods.collaborative.spectral import SHARE, SpectralModel
from ronghe.methods.collaborative.taste_learner import TasteLearner

Float32 = NDArray[np.float32]
ORDER = {"euler": 1, "rk4": 4}  # terms of e^-tP that one step of each solver keeps


@dataclass(frozen=True)
class BSPM(TasteLearner):
    """Learns BSPMModel: with P the normalised item graph, taste is blurred to taste (P + low L), L the ideal low-pass filter
    of GF-CF, and then follows dx/dt = -x P for a while, which takes away what everybody likes anyway; with the settings
    of TasteLearner.

    low: weight of the ideal low-pass filter · time: how long it is sharpened; 0 = not at all, which is GF-CF · steps of the
    solver · solver: euler, or rk4 of four terms a step · rank: directions that the low-pass filter lets through and along which
    sharpening is exact, at most a quarter of the items; all others are sharpened alike · keep: weights of the graph kept a row,
    the largest.
    """

    low: float = 0.3
    time: float = 1.0
    steps: int = 1
    solver: str = "rk4"
    rank: int = 448
    keep: int = 500
    items: int = 200_000

    def __post_init__(self) -> None:
        super().__post_init__()
        require(self.low >= 0, "low", self.low, "0 or more")
        require(0 <= self.time <= 10, "time", self.time, "from 0 to 10")
        require(self.steps >= 1, "steps", self.steps, "1 or more")
        require(self.solver in ORDER, "solver", self.solver, " or ".join(ORDER))
        require(self.rank >= 1, "rank", self.rank, "1 or more")
        require(self.keep >= 1, "keep", self.keep, "1 or more")

    def fit(self, data: Dataset, compute: Compute) -> "BSPMModel":
        """The model of these settings, from what `data` may see."""
        taste, liking = self.learnt(data)
        return BSPMModel(taste, *self.filtered(liking, compute))

    def filtered(self, liking: sp.csr_matrix, compute: Compute) -> tuple[sp.csr_matrix, Float32, Float32]:
        """weight CSR (n, n) and into, onto (n, f) of the model; liking CSR (shoppers, n)."""
        graph = scaled(liking, 0.5, 0.5)
        across = graph.T.tocsr()
        strength, vectors = directions(graph, min(self.rank, graph.shape[1] // SHARE), np.random.default_rng(compute.seed))
        root = np.sqrt(sums(liking, 0))[:, None]
        low = self.sharpened(vectors * root, lambda x: across @ (graph @ x))  # L S(P) = D^-1/2 U (S(P) D^1/2 U)'
        value = np.square(strength)  # the eigenvalues of P
        rest = self.sharpened(1.0, lambda x: x * (value[-1] / 2 if len(value) else 0.0))  # what is left of all other directions
        along = value * (self.sharpened(np.ones_like(value), lambda x: x * value) - rest)
        weight = one_hop(liking, 0.5, 0.5, 1.0, self.keep, compute, "bspm") * np.float32(rest)
        into = np.concatenate([vectors / root * np.float32(self.low), vectors * along], axis=1)
        onto = np.concatenate([low, vectors], axis=1)
        return weight, into.astype(np.float32), onto.astype(np.float32)

    def sharpened(self, x: Any, walk: Callable[[Any], Any]) -> Any:
        """x after dx/dt = -walk(x), walk being linear, for `time`: what the solver makes of e^-time P x (section 3.3)."""
        pace = self.time / self.steps
        for _ in range(self.steps):
            inner = x
            for term in range(ORDER[self.solver], 0, -1):  # x - h P (x - h P / 2 (x - h P / 3 ...))
                inner = x - pace / term * walk(inner)
            x = inner
        return x


@dataclass(frozen=True, eq=False)
class BSPMModel(SpectralModel):
    """score = taste @ (weight + into onto'): the blurred and sharpened graph, P S(P) + low L S(P), S(P) the solver's e^-time P.

    P S(P) is s P, s the sharpening of weak directions, plus U (V S(V) - s V) U' along the strongest ones U of eigenvalues V.
    """

    part: ClassVar[str] = "retrieve:bspm"
