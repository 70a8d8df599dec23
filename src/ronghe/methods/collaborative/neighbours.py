"""Gram matrices of sparse tables, a block of rows at a time, so that memory holds what is kept and not what is looked at."""

from collections.abc import Callable, Iterable, Iterator

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from ronghe.core.roles import Compute
from ronghe.kernels.top import strongest

Numbers = NDArray[np.integer]
Weigh = Callable[[NDArray[np.float32], Numbers, Numbers], NDArray[np.float32]]
WORK = 1 << 24  # products of one block


def neighbours(table: sp.csr_matrix, weigh: Weigh, keep: int, compute: Compute, title: str) -> sp.csr_matrix:
    """For each column i of `table` (rows, n) its `keep` nearest others j: CSR (n, n) float32.

    weigh(dot, i, j) says how near columns are whose dot product is `dot`; 0 or less is left out.
    """
    across = table.T.tocsr()
    blocks = list(_blocks(np.diff(table.indptr)[across.indices], across.indptr))
    found = [_nearest(across[at], table, at.start, weigh, keep) for at in _watched(blocks, compute, title)]
    return sp.vstack(found, format="csr") if found else sp.csr_matrix((table.shape[1],) * 2, dtype=np.float32)


def alike(table: sp.csr_matrix, keep: int, compute: Compute, title: str) -> sp.csr_matrix:
    """The dot products of each column of `table` (rows, n) with its `keep` nearest others by cosine: CSR (n, n) float32."""
    length = np.sqrt(np.asarray(table.power(2).sum(axis=0), dtype=np.float32).ravel())

    def cosine(dot: NDArray[np.float32], i: Numbers, j: Numbers) -> NDArray[np.float32]:
        return np.divide(dot, length[j], out=dot)  # the length of i is the same along a row

    near = neighbours(table, cosine, keep, compute, title)
    near.data *= length[near.indices]
    return near


def _watched(blocks: list[slice], compute: Compute, title: str) -> Iterable[slice]:
    return compute.track(blocks, title, len(blocks))


def _nearest(across: sp.csr_matrix, table: sp.csr_matrix, first: int, weigh: Weigh, keep: int) -> sp.csr_matrix:
    gram = across @ table
    i = np.repeat(np.arange(first, first + gram.shape[0], dtype=gram.indices.dtype), np.diff(gram.indptr))
    near = weigh(gram.data, i, gram.indices)
    near[(near < 0) | (i == gram.indices)] = 0
    gram.data = near
    return strongest(gram, keep)


def _blocks(cost: NDArray[np.int32], splits: NDArray[np.int32]) -> Iterator[slice]:
    """Rows in blocks of about WORK products."""
    done = np.concatenate([[0], np.cumsum(cost, dtype=np.int64)])[splits]
    at, rows = 0, len(splits) - 1
    while at < rows:
        end = max(at + 1, int(np.searchsorted(done, done[at] + WORK, side="right")) - 1)
        yield slice(at, min(end, rows))
        at = end
