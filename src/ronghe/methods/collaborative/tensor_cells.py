"""Cells of a tensor of shoppers, items and moments of the week, and solving one side of its factors given the other two."""

from dataclasses import dataclass
from math import ceil

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from ronghe.core.events import DAY
from ronghe.kernels.ridge import ridge_rows

Float32 = NDArray[np.float32]
Ints = NDArray[np.int64]
HOUR = 3600.0
THURSDAY = 3  # 1970-01-01, with Monday as 0


@dataclass(frozen=True)
class Week:
    """Parts of a week: hours of each part of the day · weekdays told apart or not · offset of the shop's clock, hours."""

    hours: int
    weekdays: bool
    offset: float

    @property
    def parts(self) -> int:
        """Parts of a day; the last may be shorter."""
        return ceil(24 / self.hours)

    @property
    def moments(self) -> int:
        """Parts of the week."""
        return self.parts * (7 if self.weekdays else 1)

    def moment(self, time: NDArray[np.float64]) -> Ints:
        """The part of the week of each time (epoch seconds), Monday's first part 0 (n,)."""
        clock = time + self.offset * HOUR
        day = np.floor(clock / DAY)
        part = np.minimum((clock - day * DAY) / HOUR // self.hours, self.parts - 1)
        weekday = (day + THURSDAY) % 7 if self.weekdays else 0.0
        return np.asarray(weekday * self.parts + part).astype(np.int64)


@dataclass(frozen=True, eq=False)
class Cells:
    """Cells that something is known of, none twice: user, item, moment numbers and weight above 0 (cells,)."""

    user: Ints
    item: Ints
    moment: Ints
    weight: Float32

    @staticmethod
    def of(user: Ints, item: Ints, moment: Ints, weight: Float32) -> "Cells":
        """Weights of the same cell are summed; rows without a known item, and cells that sum to 0 or less, are left out."""
        known = item >= 0
        cell, place = np.unique(np.stack([user, item, moment])[:, known], axis=1, return_inverse=True)
        total = np.bincount(place.ravel(), weight[known], cell.shape[1]).astype(np.float32)
        cell, total = cell[:, total > 0], total[total > 0]
        return Cells(cell[0], cell[1], cell[2], total)


def side_solved(
    rows: int, row: Ints, first: tuple[Ints, Float32], second: tuple[Ints, Float32], weight: Float32,
    unobserved: float, l2: float, threads: int,
) -> Float32:  # fmt: skip
    """Vectors (rows, f) that minimise sum over cells of weight (1 - x.v)^2 + unobserved sum over all cells (x.v)^2 + l2 |x|^2.

    row of each cell · first, second: its numbers on the two other sides, and their vectors; v is the product of the two.
    """
    (one, u), (other, w) = first, second
    gram = (u.T.astype(np.float64) @ u) * (w.T.astype(np.float64) @ w)
    spread, turn = np.linalg.eigh(unobserved * gram)
    pair, column = np.unique(one * len(w) + other, return_inverse=True)
    v = (u[pair // max(len(w), 1)] * w[pair % max(len(w), 1)]) @ turn.astype(np.float32)
    table = sp.csr_matrix((weight, (row, column.ravel())), shape=(rows, len(pair)), dtype=np.float32)
    strength = np.maximum(spread, 0).astype(np.float32)
    x = ridge_rows(table, np.ascontiguousarray(v), strength, np.full(rows, l2, dtype=np.float32), threads=threads)
    return np.asarray(x @ turn.T.astype(np.float32), dtype=np.float32)
