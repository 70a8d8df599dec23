"""Vectors of items that share texts, read like an array (items, dim) without being one."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class ItemVectors:
    """vectors (texts, dim) · row (items,): the text of each item, -1 = none."""

    vectors: NDArray[np.float16]
    row: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.row)

    @property
    def shape(self) -> tuple[int, int]:
        """Items and width."""
        return len(self.row), self.vectors.shape[1]

    def __getitem__(self, items: NDArray[Any]) -> NDArray[np.float32]:
        """Vectors of these items (n, dim); 0 where an item has none or is not known."""
        at = np.full(len(items), -1, dtype=np.int64)
        known = (items >= 0) & (items < len(self.row))
        at[known] = self.row[items[known]]
        found = np.zeros((len(items), self.vectors.shape[1]), dtype=np.float32)
        found[at >= 0] = self.vectors[at[at >= 0]]
        return found
