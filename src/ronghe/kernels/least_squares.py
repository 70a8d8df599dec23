"""Many small ridge regressions of sparse rows on shared features: the inner step of factor models of ratings."""

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from ronghe.kernels.together import blocks, padded

Float64 = NDArray[np.float64]
CELLS = 1 << 19  # gathered features of one block


def fitted_rows(target: sp.csr_matrix, features: NDArray[np.floating], l2: Float64) -> Float64:
    """x_r (rows, f) that minimise sum over entries c of (target_rc - x.v_c)^2 + sum_f l2_rf x_f^2; 0 for empty rows.

    target: CSR (rows, columns); an entry that is 0 is an entry · features v (columns, f) · l2 (rows, f) > 0.
    """
    found = np.zeros((target.shape[0], features.shape[1]))
    if not found.size:
        return found
    v = features.astype(np.float64, copy=False)
    for rows in blocks(np.diff(target.indptr), CELLS, lambda longest: longest * v.shape[1], spare=6):
        found[rows] = _solved(target, rows, v, l2[rows])
    return found


def _solved(target: sp.csr_matrix, rows: NDArray[np.int64], v: Float64, l2: Float64) -> Float64:
    """(V'V + diag l2) x = V't, row by row, padded to the longest row with entries that weigh nothing."""
    at, real = padded(target, rows)
    gathered = v[target.indices[at]] * real[:, :, None]  # (b, d, f)
    form = gathered.transpose(0, 2, 1) @ gathered
    diagonal = np.arange(v.shape[1])
    form[:, diagonal, diagonal] += l2
    right = (np.where(real, target.data[at], 0.0)[:, None, :] @ gathered)[:, 0, :]
    x: Float64 = np.linalg.solve(form, right[:, :, None])[:, :, 0]
    return x
