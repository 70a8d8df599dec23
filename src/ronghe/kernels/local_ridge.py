"""Each column of a sparse table rebuilt from its own few neighbours by ridge regression: many small systems, no large one.

Ridge regression with the support chosen beforehand (fsSLIM of Ning & Karypis 2011, doi:10.1109/ICDM.2011.134, without its L1 term).
"""

from collections.abc import Iterable

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.linalg import lapack

Float32 = NDArray[np.float32]
DENSE = 0.05  # share of filled cells above which a dense product is the faster one


def local_ridge(across: sp.csr_matrix, near: sp.csr_matrix, l2: Float32, columns: Iterable[int]) -> sp.csr_matrix:
    """Weights w (n, n) float32: column j is what rebuilds column j of the table from the columns that `near` names in its row j.

    across: the table transposed, CSR (n, rows) · near: CSR (n, n), only where it has entries matters; its diagonal is
    empty · l2 (n,): how much the weight on each column is held down, above 0 · columns: which j, mostly all of them.
    Column j minimises |x_j - sum_i x_i w_ij|^2 + sum_i l2_i w_ij^2 over the i near j.
    """
    rows: list[NDArray[np.int32]] = []
    values: list[Float32] = []
    counts = np.zeros(across.shape[0], dtype=np.int64)
    for j in columns:
        at = near.indices[near.indptr[j] : near.indptr[j + 1]]
        if len(at):
            rows.append(at)
            values.append(_solved(across[np.append(at, j)], l2[at]))
            counts[j] = len(at)
    splits = np.concatenate([[0], np.cumsum(counts)])
    row = np.concatenate(rows) if rows else np.zeros(0, dtype=np.int32)
    value = np.concatenate(values) if values else np.zeros(0, dtype=np.float32)
    return sp.csc_matrix((value, row, splits), shape=near.shape).tocsr()


def _solved(few: sp.csr_matrix, l2: Float32) -> Float32:
    """Ridge weights of the last row of `few` (m + 1, rows) on the others (m,)."""
    gram = _gram(few)
    system = np.asfortranarray(gram[:-1, :-1])
    system[np.diag_indices(len(l2))] += l2
    _, weight, info = lapack.sposv(system, gram[:-1, -1], overwrite_a=1)
    return np.asarray(weight, dtype=np.float32) if info == 0 else np.zeros(len(l2), dtype=np.float32)


def _gram(few: sp.csr_matrix) -> Float32:
    if few.nnz > DENSE * few.shape[0] * few.shape[1]:
        dense: Float32 = few.toarray()
        return dense @ dense.T
    return np.asarray((few @ few.T).toarray(), dtype=np.float32)
