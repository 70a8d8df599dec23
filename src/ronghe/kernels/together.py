"""Rows of a sparse table that are worked at together: those of similar length, padded to the longest."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

Ints = NDArray[np.int64]


def blocks(length: NDArray[Any], cells: int, of_row: Callable[[int], int], spare: int = 1) -> Iterator[Ints]:
    """Rows of similar length (rows,) together, longest first; empty rows nowhere.

    cells: so many at most in a block of several rows · of_row: cells of a row that is padded to a length · spare: a row is
    padded by less than one part in so many of the longest; 1 = by any.
    """
    order = np.argsort(-length, kind="stable")[: np.count_nonzero(length)]
    falling = -length[order]
    at = 0
    while at < len(order):
        longest = int(-falling[at])
        similar = int(np.searchsorted(falling, -(longest - longest // spare), side="right"))
        end = min(similar, at + max(1, cells // of_row(longest)))
        yield order[at:end]
        at = end


def padded(table: sp.csr_matrix, rows: Ints) -> tuple[Ints, NDArray[np.bool_]]:
    """Where the entries of these rows lie in the table's data (b, d), and which are real; the others point at entry 0."""
    start, end = table.indptr[rows], table.indptr[rows + 1]
    at = start[:, None] + np.arange((end - start).max())
    real = at < end[:, None]
    at[~real] = 0
    return at, real
