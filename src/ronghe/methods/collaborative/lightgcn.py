"""LightGCN: item vectors learnt through the graph that smooths them (He et al. 2020, arXiv:2002.02126).

The paper's layers with nothing at the shoppers but what flows in from their items, so that a new click needs no retrain.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from ronghe.core.dataset import Dataset
from ronghe.core.errors import require
from ronghe.core.roles import Compute
from ronghe.kernels.pairwise import TURNS, Falls, doubt, strangers
from ronghe.methods.collaborative.degrees import scaled, sums
from ronghe.methods.collaborative.renumbered import renumbered
from ronghe.methods.collaborative.spectral import SpectralModel
from ronghe.methods.collaborative.taste_learner import TasteLearner

Float32 = NDArray[np.float32]
FIRST = 0.1  # standard deviation of the vectors before they learn
STEPS = 8  # of an epoch: each costs a walk of all vectors over the whole graph, there and back


@dataclass(frozen=True)
class LightGCN(TasteLearner):
    """Learns LightGCNModel by gradient steps on pairs of a liked item and one drawn among the others, as BPR does; with the
    settings of TasteLearner.

    factors: width of the vectors · hops: times they are smoothed from items over shoppers to items · epochs: times each liked
    item is taken · rate: length of the steps (Adagrad) · l2: penalty on the vectors' length.
    """

    factors: int = 64
    hops: int = 1
    epochs: int = 40
    rate: float = 0.1
    l2: float = 0.0001
    items: int = 100_000
    power: float = 0.0

    def __post_init__(self) -> None:
        super().__post_init__()
        require(self.factors >= 1, "factors", self.factors, "1 or more")
        require(0 <= self.hops <= 4, "hops", self.hops, "from 0 to 4")
        require(self.epochs >= 1, "epochs", self.epochs, "1 or more")
        require(self.rate > 0, "rate", self.rate, "above 0")
        require(self.l2 >= 0, "l2", self.l2, "0 or more")

    def fit(self, data: Dataset, compute: Compute) -> "LightGCNModel":
        """The model of these settings, from what `data` may see."""
        taste, liking = self.learnt(data)
        rng = np.random.default_rng(compute.seed)
        moved, order = renumbered(liking[np.diff(liking.indptr) > 0], rng)
        onto = np.zeros((len(order), self.factors), dtype=np.float32)
        if moved.nnz:
            onto[order] = self._learnt(Graph.of(moved, self.hops), rng, compute)
        nothing = sp.csr_matrix((len(order), len(order)), dtype=np.float32)
        into = onto / np.sqrt(sums(liking, 0))[:, None]
        return LightGCNModel(taste, nothing, into.astype(np.float32), onto)

    def _learnt(self, graph: "Graph", rng: np.random.Generator, compute: Compute) -> Float32:
        """Smoothed vectors of the items (n, f)."""
        vectors = rng.normal(0, FIRST, (graph.items, self.factors)).astype(np.float32)
        heard = np.full_like(vectors, 1e-8)
        for _ in compute.track(range(self.epochs), "lightgcn", self.epochs):
            for rows in np.array_split(rng.permutation(len(graph.owner)), STEPS):
                slope = graph.smoothed(self._slope(graph, graph.smoothed(vectors), np.sort(rows), rng))
                slope -= np.float32(self.l2) * vectors
                heard += np.square(slope)
                vectors += np.float32(self.rate) * slope / np.sqrt(heard)
        return graph.smoothed(vectors)

    def _slope(self, graph: "Graph", smooth: Float32, rows: NDArray[np.int64], rng: np.random.Generator) -> Float32:
        """The gradient of the mean ln sigma(u.(y_i - y_j)) by the smoothed vectors y (n, f); i does not speak for itself in u."""
        other, fresh = strangers(graph.owner[rows], graph.known, graph.items, rng)
        rows, other = rows[fresh], other[fresh]
        who, liked, part = graph.owner[rows], graph.liked[rows], graph.table.data[rows][:, None]
        shopper = (graph.table @ smooth)[who] - part * smooth[liked]
        apart = smooth[liked] - smooth[other]
        pull = doubt(np.einsum("bf,bf->b", shopper, apart))[:, None] * np.float32(1 / max(len(rows), 1))
        items, own = Falls(np.stack([liked, other], axis=1), graph.items), Falls(liked[:, None], graph.items)
        shoppers = Falls(who[:, None], graph.table.shape[0])
        slope: Float32 = graph.across[:, shoppers.row] @ shoppers.summed(apart, pull)
        slope[items.row] += items.summed(shopper, pull * TURNS)
        slope[own.row] -= own.summed(apart, part * pull)
        return slope


@dataclass(frozen=True, eq=False)
class Graph:
    """The normalised graph D_U^-1/2 R D_I^-1/2 as a table (users, n) and across (n, users), and its entries in order.

    owner, liked: user and item of each entry (rows,) · known: owner * items + liked, ascending · hops of smoothing.
    """

    table: sp.csr_matrix
    across: sp.csr_matrix
    owner: NDArray[np.int64]
    liked: NDArray[np.int64]
    known: NDArray[np.int64]
    hops: int

    @staticmethod
    def of(liking: sp.csr_matrix, hops: int) -> "Graph":
        """The graph of who likes what (users, n), sorted rows."""
        table = scaled(liking, 0.5, 0.5)
        table.sort_indices()
        owner, liked = np.repeat(np.arange(table.shape[0]), np.diff(table.indptr)), table.indices.astype(np.int64)
        return Graph(table, table.T.tocsr(), owner, liked, owner * table.shape[1] + liked, hops)

    @property
    def items(self) -> int:
        """How many items."""
        return int(self.table.shape[1])

    def smoothed(self, vectors: Float32) -> Float32:
        """The mean of the vectors (n, f) after 0, 1 ... `hops` walks from items over shoppers to items; it is its own transpose."""
        total, walked = vectors, vectors
        for _ in range(self.hops):
            walked = self.across @ (self.table @ walked)
            total = total + walked
        return np.asarray(total / np.float32(self.hops + 1), dtype=np.float32)


@dataclass(frozen=True, eq=False)
class LightGCNModel(SpectralModel):
    """score = taste @ into onto': each liked item's smoothed vector over the root of its liking, times each item's own."""

    part: ClassVar[str] = "retrieve:lightgcn"
