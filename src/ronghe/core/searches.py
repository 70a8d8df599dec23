"""What shoppers typed, and what they did with what it found."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Searches:
    """One row an event that names what was typed, itself or through the answer it came from; in time order.

    text as it was typed · time epoch seconds · user shopper number · item number, -1 none · kind code in KINDS.
    """

    text: tuple[str, ...]
    time: NDArray[np.float64]
    user: NDArray[np.int64]
    item: NDArray[np.int64]
    kind: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.text)

    @staticmethod
    def of(rows: Sequence[tuple[str, float, int, int, int]]) -> "Searches":
        """Out of rows of text, time, user, item and kind, in any order."""
        rows = sorted(rows, key=lambda row: row[1])
        text, time, user, item, kind = zip(*rows, strict=True) if rows else ((), (), (), (), ())
        return Searches(
            tuple(text), np.array(time, dtype=np.float64), np.array(user, dtype=np.int64), np.array(item, dtype=np.int64),
            np.array(kind, dtype=np.uint8),
        )  # fmt: skip

    @staticmethod
    def empty() -> "Searches":
        """Nothing was typed."""
        return Searches.of([])

    def where(self, mask: NDArray[np.bool_]) -> "Searches":
        """The rows that `mask` keeps (rows,)."""
        text = tuple(text for text, kept in zip(self.text, mask.tolist(), strict=True) if kept)
        return Searches(text, self.time[mask], self.user[mask], self.item[mask], self.kind[mask])

    def before(self, moment: float) -> "Searches":
        """What came strictly before `moment` (epoch seconds)."""
        return self if not len(self) or self.time[-1] < moment else self.where(self.time < moment)
