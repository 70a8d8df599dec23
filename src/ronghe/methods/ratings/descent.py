"""Stochastic gradient descent on ratings, a batch at a time: gradients of a batch are summed by one sparse product a side."""

from collections.abc import Iterable

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from ronghe.kernels.least_squares import Float64
from ronghe.kernels.segments import segment_of
from ronghe.methods.ratings.folded import Pull

BATCH = 1000


def descended(
    above: sp.csr_matrix, order: NDArray[np.int64], user: Float64, pull: Pull, pace: float, sweeps: Iterable[int],
    rng: np.random.Generator,
) -> Float64:  # fmt: skip
    """Bias and vector of each item (columns, 1 + f) after walking through all ratings once a sweep, in random order.

    above: stars less their mean, CSR (users, columns) · order: its entries as the log came to have them ·
    user (users, 1 + f): where shoppers start; items start at what
    their shoppers' random vectors sum to, so that no item's number matters. Steps shorten as 1 / sqrt(sweeps done).
    """
    row, column = segment_of(above.indptr), above.indices
    count = np.diff(above.indptr), np.maximum(np.bincount(column, minlength=above.shape[1]), 1)
    pattern = sp.csr_matrix((np.ones(len(column)), column, above.indptr), shape=above.shape)
    item = sp.diags_array(count[1] ** -0.5) @ (pattern.T @ user)
    hold = pull.on(count[0], user.shape[1] - 1) / count[0][:, None], pull.on(count[1], user.shape[1] - 1) / count[1][:, None]
    for sweep in sweeps:
        mixed = order[rng.permutation(len(row))]
        for at in range(0, len(mixed), BATCH):
            batch = mixed[at : at + BATCH]
            _step(user, item, hold, row[batch], column[batch], above.data[batch], pace / np.sqrt(1 + sweep))
    return np.asarray(item)


def _step(
    user: Float64, item: Float64, hold: tuple[Float64, Float64],
    row: NDArray[np.int64], column: NDArray[np.int32], above: Float64, pace: float,
) -> None:  # fmt: skip
    """Moves the bias and vector of every shopper and item of a batch against the gradient of its ratings' penalised error."""
    u, i = user[row], item[column]
    wrong = (above - u[:, 0] - i[:, 0] - (u[:, 1:] * i[:, 1:]).sum(axis=1))[:, None]
    toward_u, toward_i = wrong * i - hold[0][row] * u, wrong * u - hold[1][column] * i
    toward_u[:, 0], toward_i[:, 0] = (wrong[:, 0] - hold[0][row, 0] * u[:, 0]), (wrong[:, 0] - hold[1][column, 0] * i[:, 0])
    _add(user, row, pace * toward_u)
    _add(item, column, pace * toward_i)


def _add(onto: Float64, at: NDArray[np.integer], moves: Float64) -> None:
    """onto[at] += moves, however often a row comes."""
    rows, place = np.unique(at, return_inverse=True)
    summed = sp.csr_matrix((np.ones(len(at)), (place, np.arange(len(at)))), shape=(len(rows), len(at))) @ moves
    onto[rows] += summed
