"""EASE: linear item-item weights in closed form (Steck 2019, arXiv:1905.03375)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import scipy.linalg as la
import scipy.sparse as sp
from numpy.typing import NDArray

from ronghe.core.dataset import Dataset
from ronghe.core.errors import require
from ronghe.core.roles import Compute
from ronghe.kernels.top import strongest_of_dense
from ronghe.methods.collaborative.linear import TasteItemModel
from ronghe.methods.collaborative.taste_learner import TasteLearner
from ronghe.methods.traits import traits

Float32 = NDArray[np.float32]
BLOCK = 1024  # rows of the weights that are dense at one time


@dataclass(frozen=True)
class EASE(TasteLearner):
    """Learns EASEModel: weights between items that best rebuild each shopper's taste from the rest of it; with the settings
    of TasteLearner.

    l2: how much weights are held down, in shoppers · items: model so many at most, those with most shoppers; memory is
    4 * items * min(items, shoppers) bytes twice · keep: weights kept a row, the largest · damp: shoppers with n liked items
    count n ** -damp in the fit · side: brand, category levels and attributes stand as rows beside the shoppers' (Jeunen et al.
    2020, doi:10.1145/3383313.3418480), each counting as so many of them; 0 = the catalogue says nothing.
    """

    l2: float = 100.0
    items: int = 8_000
    least: int = 3
    keep: int = 300
    half_life: float = 90.0
    damp: float = 0.0
    side: float = 0.0

    def __post_init__(self) -> None:
        super().__post_init__()
        require(self.l2 > 0, "l2", self.l2, "above 0")
        require(self.keep >= 1, "keep", self.keep, "1 or more")
        require(0 <= self.damp <= 1, "damp", self.damp, "from 0 to 1")
        require(self.side >= 0, "side", self.side, "0 or more")

    def fit(self, data: Dataset, compute: Compute) -> "EASEModel":
        """The model of these settings, from what `data` may see."""
        taste, liking = self.learnt(data)
        liking = _damped(liking[np.diff(liking.indptr) > 0], self.damp)
        if self.side:
            facts = _damped(traits(data.catalog, taste.items, words=False, common=1.0).T.tocsr(), self.damp)
            liking = sp.vstack([liking, facts * np.float32(self.side**0.5)], format="csr")
        blocks = _by_items(liking, self.l2) if liking.shape[0] >= liking.shape[1] else _by_shoppers(liking, self.l2)
        watched = compute.track(blocks, "ease", -(-liking.shape[1] // BLOCK))
        weight = [strongest_of_dense(block, self.keep) for block in watched]
        return EASEModel(taste, sp.vstack(weight, format="csr") if weight else sp.csr_matrix((0, 0), dtype=np.float32))


@dataclass(frozen=True, eq=False)
class EASEModel(TasteItemModel):
    """score = taste @ weight; a new shopper or a new click needs no retrain."""

    part: ClassVar[str] = "retrieve:ease"


def _damped(liking: sp.csr_matrix, damp: float) -> sp.csr_matrix:
    """Each shopper's row scaled so that it counts n ** -damp in the squared error."""
    count = np.diff(liking.indptr).astype(np.float32)
    return sp.csr_matrix(sp.diags_array(count ** np.float32(-damp / 2)) @ liking) if damp else liking


def _by_items(liking: sp.csr_matrix, l2: float) -> Iterator[Float32]:
    """Rows of B = I - P diag(P)^-1, P = (X'X + l2 I)^-1, from the Cholesky factor of the n x n matrix."""
    n = liking.shape[1]
    across = liking.T.tocsr()
    gram = np.empty((n, n), dtype=np.float32)
    for at in range(0, n, BLOCK):
        gram[at : at + BLOCK] = (across[at : at + BLOCK] @ liking).toarray()
    gram[np.diag_indices(n)] += np.float32(l2)
    # gram.T is the same matrix in the order of LAPACK, so that it works in place
    factor, _ = la.lapack.spotrf(gram.T, lower=0, clean=0, overwrite_a=1)
    precision, _ = la.lapack.spotri(factor, lower=0, overwrite_c=1)  # the upper triangle of P
    spread = np.diag(precision).copy()
    lower = precision.T  # C order; its lower triangle is P
    for at in range(0, n, BLOCK):
        rows = np.arange(at, min(at + BLOCK, n))
        block = -np.where(rows[:, None] >= np.arange(n), lower[rows], precision[rows]) / spread
        block[np.arange(len(rows)), rows] = 0  # the diagonal must not speak for itself
        yield block


def _by_shoppers(liking: sp.csr_matrix, l2: float) -> Iterator[Float32]:
    """The same rows when shoppers are fewer than items, without any n x n matrix.

    With L the Cholesky factor of XX' + l2 I and M = L^-1 X, the matrix inversion lemma gives P = (I - M'M) / l2, so
    B_ij = m_i . m_j / (1 - m_j . m_j) off the diagonal, m_j being column j of M.
    """
    kernel = (liking @ liking.T).toarray().astype(np.float64)
    kernel[np.diag_indices(len(kernel))] += l2
    low = la.cholesky(kernel, lower=True, overwrite_a=True, check_finite=False).astype(np.float32)
    m: Float32 = la.solve_triangular(low, liking.toarray(), lower=True, overwrite_b=True, check_finite=False)
    left = 1 - np.einsum("ui,ui->i", m, m, dtype=np.float64)  # l2 * P_jj, above 0 because P is positive
    scaled = (m / np.maximum(left, 1e-6)).astype(np.float32)
    for at in range(0, m.shape[1], BLOCK):
        block = m[:, at : at + BLOCK].T @ scaled
        block[np.arange(len(block)), np.arange(at, at + len(block))] = 0
        yield block
