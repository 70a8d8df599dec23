"""The inverse of a large Gram matrix, made in place, and maps that it gives, block by block."""

from collections.abc import Iterator

import numpy as np
import scipy.linalg as la
import scipy.sparse as sp
from numpy.typing import NDArray

Float32 = NDArray[np.float32]
BLOCK = 1024  # rows that are dense at one time beside the matrix itself


def precision(table: sp.csr_matrix, more: sp.csr_matrix, l2: float) -> Float32:
    """(X'X + A A' + l2 I)^-1 as a full (n, n) matrix; table X: CSR (rows, n) · more A: CSR (n, columns) · l2 above 0.

    Cholesky: n^3 multiplications in all; memory 4 n^2 bytes.
    """
    n = table.shape[1]
    across, other = table.T.tocsr(), more.T.tocsr()
    gram = np.empty((n, n), dtype=np.float32)
    for at in range(0, n, BLOCK):
        block = slice(at, at + BLOCK)
        gram[block] = (across[block] @ table).toarray()
        if other.nnz:
            gram[block] += (more[block] @ other).toarray()
    gram[np.diag_indices(n)] += np.float32(l2)
    # gram.T is the same matrix in the order of LAPACK, so that it works in place
    factor, _ = la.lapack.spotrf(gram.T, lower=0, clean=0, overwrite_a=1)
    inverse, _ = la.lapack.spotri(factor, lower=0, overwrite_c=1)  # its upper triangle
    whole: Float32 = inverse.T  # C order, the lower triangle is right
    for at in range(0, n, BLOCK):
        rows = slice(at, at + BLOCK)
        corner = whole[rows, rows]
        whole[rows, rows] = np.tril(corner) + np.tril(corner, -1).T
        whole[rows, at + BLOCK :] = whole[at + BLOCK :, rows].T
    return whole


def mapped(inverse: Float32, onto: sp.csr_matrix, more: sp.csr_matrix) -> Iterator[Float32]:
    """Blocks of rows of P (C + A A'): inverse P (n, n) · onto C: CSR (n, m) · more A: CSR (n, columns), m = n unless A is empty."""
    across = onto.T.tocsr()
    for at in range(0, len(inverse), BLOCK):
        rows = inverse[at : at + BLOCK].T
        block = np.ascontiguousarray((across @ rows).T)
        if more.nnz:
            block += (more @ (more.T @ rows)).T
        yield block
