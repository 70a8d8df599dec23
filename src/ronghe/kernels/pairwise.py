"""Steps on pairs of a liked and another item: rows of a table that many gradients fall on are moved once, by Adagrad.

Adagrad: Duchi, Hazan & Singer 2011 (jmlr.org/papers/v12/duchi11a.html), one rate a row.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

Float32 = NDArray[np.float32]
Ints = NDArray[np.int64]
TURNS: Float32 = np.array([1, -1], dtype=np.float32)  # a pair's first goes up where its second goes down
CELLS = 1 << 22  # of the table in which is looked up who has what: a core's cache holds what is asked of it


@dataclass(frozen=True, eq=False)
class Falls:
    """Where gradients fall: `at` (b, k), each of b gradients on k rows of a table of `size` rows.

    Nothing is sorted, and sums are taken in the order of the gradients: half the time of sorting them together.
    """

    at: Ints
    size: int

    @cached_property
    def row(self) -> Ints:
        """The distinct rows, ascending (rows,)."""
        hit = np.zeros(self.size, dtype=bool)
        hit[self.at] = True
        return np.flatnonzero(hit)

    @cached_property
    def place(self) -> NDArray[np.int32]:
        """The place of each fall among the distinct rows (b * k,)."""
        place = np.empty(self.size, dtype=np.int32)
        place[self.row] = np.arange(len(self.row), dtype=np.int32)
        return place[self.at.ravel()]

    @property
    def often(self) -> Float32:
        """How many falls each distinct row has (rows,)."""
        return np.bincount(self.place, minlength=len(self.row)).astype(np.float32)

    def summed(self, values: Float32, weight: Float32) -> Float32:
        """The sum of weight (b, k) times values (b, f) on each distinct row (rows, f)."""
        b, k = self.at.shape
        splits = np.arange(0, b * k + 1, k, dtype=np.int32)
        onto = sp.csc_matrix((weight.ravel(), self.place, splits), shape=(len(self.row), b))
        return np.asarray(onto @ values, dtype=np.float32)


@dataclass(frozen=True, eq=False)
class Moving:
    """A table that is being learnt, changed in place: rows (n, f) · heard (n,): mean squared gradients so far."""

    rows: Float32
    heard: Float32

    @staticmethod
    def of(rows: Float32) -> "Moving":
        """A table that has heard of no gradient yet."""
        return Moving(rows, np.zeros(len(rows), dtype=np.float32))

    def step(self, at: Ints, values: Float32, weight: Float32, l2: float, rate: float) -> None:
        """Goes up weight (b, k) times values (b, f) at rows `at` (b, k), those of one row summed first, less l2 a fall."""
        falls = Falls(at, len(self.rows))
        row, slope = falls.row, falls.summed(values, weight)
        now = self.rows[row]
        slope -= (np.float32(l2) * falls.often)[:, None] * now
        self.heard[row] += np.einsum("rf,rf->r", slope, slope) / np.float32(slope.shape[1])
        slope *= (np.float32(rate) / np.sqrt(self.heard[row] + np.float32(1e-8)))[:, None]
        self.rows[row] = now + slope


def doubt(margin: Float32) -> Float32:
    """sigma(-margin) = d ln sigma(margin) / d margin: how much a pair in this order still has to say (b,)."""
    return np.asarray(1 / (1 + np.exp(np.minimum(margin, np.float32(60)))), dtype=np.float32)


def strangers(owner: Ints, known: Ints, width: int, rng: np.random.Generator) -> tuple[Ints, NDArray[np.bool_]]:
    """For each owner (b,) a number below `width`, and True where the owner does not have it already.

    owner: ascending · known: owner * width + number of all that is had, ascending.
    """
    other = rng.integers(0, width, len(owner))
    fresh = np.empty(len(owner), dtype=bool)
    some = max(1, CELLS // width)  # owners of one table
    had = np.zeros(some * width, dtype=bool)
    for first in range(int(owner[0]), int(owner[-1]) + 1, some) if len(owner) else ():
        rows = slice(*np.searchsorted(owner, [first, first + some]))
        at = known[slice(*np.searchsorted(known, [first * width, (first + some) * width]))] - first * width
        had[at] = True
        fresh[rows] = ~had[(owner[rows] - first) * width + other[rows]]
        had[at] = False
    return other, fresh
