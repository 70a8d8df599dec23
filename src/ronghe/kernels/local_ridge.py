"""Many small ridge regressions, each on the few columns that matter to it, instead of one large one.

Least squares with the support chosen beforehand, as fsSLIM does (Ning & Karypis 2011, doi:10.1109/ICDM.2011.134), without L1 term.
"""

from collections.abc import Iterable

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.linalg import lapack

Float32 = NDArray[np.float32]
DENSE = 0.05  # share of filled cells above which a dense product is the faster one


def local_ridge(across: sp.csr_matrix, right: sp.csr_matrix, l2: Float32, targets: Iterable[int]) -> sp.csr_matrix:
    """Weights (n, m) float32: column j is what predicts target j from the columns x_i named in row j of `right`, and no others.

    across: the table of x transposed, CSR (n, rows) · right: CSR (m, n), its entry (j, i) is the dot product of target j and
    x_i · l2 (n,): how much the weight on each column is held down, above 0 · targets: which j, mostly all of them.
    Column j minimises |y_j - sum_i x_i w_ij|^2 + sum_i l2_i w_ij^2 over the i of row j.
    """
    rows: list[NDArray[np.int32]] = []
    values: list[Float32] = []
    counts = np.zeros(right.shape[0], dtype=np.int64)
    for j in targets:
        cut = slice(right.indptr[j], right.indptr[j + 1])
        at = right.indices[cut]
        if len(at):
            rows.append(at)
            values.append(_solved(across[at], right.data[cut], l2[at]))
            counts[j] = len(at)
    splits = np.concatenate([[0], np.cumsum(counts)])
    row = np.concatenate(rows) if rows else np.zeros(0, dtype=np.int32)
    value = np.concatenate(values) if values else np.zeros(0, dtype=np.float32)
    return sp.csc_matrix((value, row, splits), shape=right.shape[::-1]).tocsr()


def _solved(few: sp.csr_matrix, right: Float32, l2: Float32) -> Float32:
    """Ridge weights of the rows of `few` (m, rows) whose dot products with the target are `right` (m,)."""
    system = np.asfortranarray(gram_of(few))
    system[np.diag_indices(len(l2))] += l2
    _, weight, info = lapack.sposv(system, right, overwrite_a=1)
    return np.asarray(weight, dtype=np.float32) if info == 0 else np.zeros(len(l2), dtype=np.float32)


def gram_of(few: sp.csr_matrix) -> Float32:
    """Dot products of all rows of `few` (m, rows) with each other, dense (m, m)."""
    if few.nnz > DENSE * few.shape[0] * few.shape[1]:
        dense: Float32 = few.toarray()
        return dense @ dense.T
    return np.asarray((few @ few.T).toarray(), dtype=np.float32)
