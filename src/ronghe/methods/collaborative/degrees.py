"""Liking scaled by how much each shopper and each item has of it, so that neither the busy nor the bestsellers drown the rest."""

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

Float32 = NDArray[np.float32]


def sums(liking: sp.csr_matrix, axis: int) -> Float32:
    """Summed liking of each item (axis 0) or shopper (axis 1); 1 where there is none, so that it can be divided by."""
    total = np.asarray(liking.sum(axis=axis), dtype=np.float32).ravel()
    total[total <= 0] = 1
    return total


def scaled(liking: sp.csr_matrix, shoppers: float, items: float) -> sp.csr_matrix:
    """D_U^-shoppers R D_I^-items with D_U, D_I the sums of liking: float32 CSR (users, n); ½ and ½ is the normalised graph."""
    by_shopper = sp.diags_array(sums(liking, 1) ** np.float32(-shoppers))
    by_item = sp.diags_array(sums(liking, 0) ** np.float32(-items))
    return sp.csr_matrix(by_shopper @ liking @ by_item, dtype=np.float32)


def rescaled(weight: sp.csr_matrix, of: Float32, to: Float32) -> sp.csr_matrix:
    """diag(of) weight diag(to), float32 CSR (n, n)."""
    return sp.csr_matrix(sp.diags_array(of) @ weight @ sp.diags_array(to), dtype=np.float32)


def row_length(weight: sp.csr_matrix) -> float:
    """Root mean square length of the rows that have any entry; 1 when none has."""
    rows = np.count_nonzero(np.diff(weight.indptr))
    square = float(np.square(weight.data, dtype=np.float64).sum())
    return float(np.sqrt(square / rows)) if rows and square else 1.0
