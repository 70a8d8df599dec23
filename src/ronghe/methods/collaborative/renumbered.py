"""An order of items that hangs on who liked them and not on their numbers, so that chance falls alike on a permuted catalogue."""

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray


def renumbered(liking: sp.csr_matrix, rng: np.random.Generator) -> tuple[sp.csr_matrix, NDArray[np.int64]]:
    """`liking` (users, n) with its columns in that order, and the old column of each (n,).

    Columns are sorted by their product with a random row of users; equal ones are liked by the same shoppers and alike in all.
    """
    key = np.asarray(liking.T @ rng.standard_normal(liking.shape[0])).ravel()
    order = np.argsort(key, kind="stable").astype(np.int64)
    moved = sp.csr_matrix(liking[:, order])
    moved.sort_indices()
    return moved, order
