"""Steps on pairs of a liked and another item: rows of a table that many gradients fall on are moved once, by Adagrad.

Adagrad: Duchi, Hazan & Singer 2011 (jmlr.org/papers/v12/duchi11a.html), one rate a row.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Float32 = NDArray[np.float32]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Moving:
    """A table that is being learnt, changed in place: rows (n, f) · heard (n,): mean squared gradients so far."""

    rows: Float32
    heard: Float32

    @staticmethod
    def of(rows: Float32) -> "Moving":
        """A table that has heard of no gradient yet."""
        return Moving(rows, np.zeros(len(rows), dtype=np.float32))

    def step(self, at: Ints, gradient: Float32, rate: float) -> None:
        """Goes up `gradient` (b, f) of rows `at` (b,), those of one row summed first."""
        row, slope = summed(at, gradient)
        self.heard[row] += np.square(slope).mean(axis=1)
        self.rows[row] += np.float32(rate) * slope / np.sqrt(self.heard[row] + np.float32(1e-8))[:, None]


def summed(at: Ints, values: Float32) -> tuple[Ints, Float32]:
    """The distinct numbers of `at` (b,), ascending, and the sum of the rows of `values` (b, f) of each."""
    order = np.argsort(at, kind="stable")
    ordered = at[order]
    first = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]])) if len(at) else np.zeros(0, dtype=np.int64)
    return ordered[first], np.add.reduceat(values[order], first, axis=0) if len(at) else values


def doubt(margin: Float32) -> Float32:
    """sigma(-margin) = d ln sigma(margin) / d margin: how much a pair in this order still has to say (b,)."""
    return np.asarray(1 / (1 + np.exp(np.minimum(margin, np.float32(60)))), dtype=np.float32)


def strangers(owner: Ints, known: Ints, width: int, rng: np.random.Generator) -> tuple[Ints, NDArray[np.bool_]]:
    """For each owner (b,) a number below `width`, and True where the owner does not have it already.

    known: owner * width + number of all that is had, ascending.
    """
    other = rng.integers(0, width, len(owner))
    key = owner * width + other
    at = np.minimum(np.searchsorted(known, key), len(known) - 1)
    return other, known[at] != key
