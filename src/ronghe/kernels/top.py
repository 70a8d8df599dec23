"""The best few of many scores, row by row: exact, and the same however ties fall."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from ronghe.kernels.segments import Splits, lengths_of, splits_of

Mask = NDArray[np.bool_]


def best_of(score: NDArray[Any], k: int, may: Mask | None = None) -> NDArray[np.int64]:
    """Positions of the k largest scores above 0, best first; equal scores by position; NaN never; `may` (n,) limits them."""
    good = np.flatnonzero(score > 0 if may is None else (score > 0) & may)
    value = score[good]
    if len(good) > k:
        keep = _largest(value, k)
        good, value = good[keep], value[keep]
    return good[np.argsort(-value, kind="stable")]


def best_of_rows(score: NDArray[Any], k: int, may: Sequence[Mask | None]) -> tuple[Splits, NDArray[np.int64], NDArray[np.float32]]:
    """best_of each row of `score` (rows, columns): splits (rows+1,), columns and scores of what was found."""
    found = [best_of(row, k, mask) for row, mask in zip(score, may, strict=True)]
    splits = splits_of(np.array([len(f) for f in found], dtype=np.int64))
    column = np.concatenate([*found, np.zeros(0, dtype=np.int64)])
    row = np.repeat(np.arange(len(found)), lengths_of(splits))
    return splits, column, score[row, column].astype(np.float32)


def strongest(matrix: sp.csr_matrix, keep: int) -> sp.csr_matrix:
    """The `keep` entries of largest absolute value of each row; equal ones by column; what is 0 is left out."""
    size, indptr = np.abs(matrix.data), matrix.indptr
    stays = size > 0
    for row in np.flatnonzero(np.diff(indptr) > keep):
        rows = slice(indptr[row], indptr[row + 1])
        stays[rows] &= _largest(size[rows], keep, matrix.indices[rows])
    at = np.flatnonzero(stays)
    kept = sp.csr_matrix((matrix.data[at], matrix.indices[at], np.searchsorted(at, indptr)), shape=matrix.shape)
    kept.sort_indices()
    return kept


def strongest_of_dense(block: NDArray[np.float32], keep: int) -> sp.csr_matrix:
    """As `strongest`, of a dense block (rows, columns)."""
    if keep >= block.shape[1]:
        return sp.csr_matrix(block)
    size = np.abs(block)
    edge = np.partition(size, block.shape[1] - keep, axis=1)[:, block.shape[1] - keep, None]
    stays = (size >= edge) & (size > 0)  # ties may leave a few too many
    row, column = np.nonzero(stays)
    splits = np.concatenate([[0], np.cumsum(np.bincount(row, minlength=len(block)))])
    return strongest(sp.csr_matrix((block[stays], column, splits), shape=block.shape), keep)


def _largest(value: NDArray[Any], k: int, tie: NDArray[Any] | None = None) -> Mask:
    """True at the k largest of `value` (n,), n > k; of those equal to the least of them the first, or the smallest by `tie`."""
    if k <= 0:
        return np.zeros(len(value), dtype=bool)
    edge = np.partition(value, len(value) - k)[len(value) - k]
    keep: Mask = value > edge
    level = np.flatnonzero(value == edge)
    room = k - int(keep.sum())
    if tie is not None and len(level) > room:
        level = level[np.argsort(tie[level], kind="stable")]
    keep[level[:room]] = True
    return keep
