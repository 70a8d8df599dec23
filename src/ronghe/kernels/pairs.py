"""Pairs of a query and a number (an item, a category …) as single integers, and looking them up in each other."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
LARGEST_TABLE = 8_000_000  # cells of the boolean table that `among` may use: 8 MB


def widest(*values: NDArray[Any]) -> int:
    """One more than the largest of all the values; at least 1."""
    return 1 + max((0, *(int(v.max()) for v in values if len(v))))


def distinct(values: Ints) -> tuple[Ints, Ints]:
    """The distinct values, ascending, and the place of each row's among them (rows,): np.unique without its detours."""
    order = np.argsort(values, kind="stable")
    ranked = values[order]
    new = np.ones(len(values), dtype=bool)
    np.not_equal(ranked[1:], ranked[:-1], out=new[1:])
    place = np.empty(len(values), dtype=np.int64)
    place[order] = np.cumsum(new) - 1
    return ranked[new], place


@dataclass(frozen=True, eq=False)
class Slots:
    """The distinct (query, value) pairs of some rows. Rows whose value is negative have no slot (-1).

    key: distinct pairs as integers, ascending (slots,) · slot: the pair of each row (rows,) ·
    width: keys are query * width + value.
    """

    key: Ints
    slot: Ints
    width: int

    @staticmethod
    def of(query: Ints, value: Ints, *others: Ints) -> "Slots":
        """Slots of these rows; `others`: values that will be looked up and may be larger."""
        width = widest(value, *others)
        keys = np.where(value >= 0, query * width + value, -1)
        key, slot = distinct(keys)
        if len(key) and key[0] < 0:
            return Slots(key[1:], slot - 1, width)
        return Slots(key, slot, width)

    def find(self, query: Ints, value: Ints) -> Ints:
        """The slot of each (query, value); -1 where no row has that pair (n,)."""
        if not len(self.key):
            return np.full(len(query), -1, dtype=np.int64)
        keys = query * self.width + value
        at = np.minimum(np.searchsorted(self.key, keys), len(self.key) - 1)
        return np.where((self.key[at] == keys) & (value >= 0) & (value < self.width), at, -1)

    @cached_property
    def empty(self) -> NDArray[np.bool_]:
        """True for rows without a slot (rows,)."""
        return self.slot < 0

    def spread(self, values: NDArray[Any], missing: Any = np.nan) -> NDArray[np.float32]:
        """`values` (slots,) laid out over the rows (rows,)."""
        if not len(values):
            return np.full(len(self.slot), missing, dtype=np.float32)
        return np.where(self.empty, missing, values[self.slot]).astype(np.float32)


def among(query: Ints, value: Ints, in_query: Ints, in_value: Ints, queries: int) -> NDArray[np.bool_]:
    """True where (query, value) is one of the pairs (in_query, in_value) (rows,); negative values never are."""
    width = widest(value, in_value)
    known = in_value >= 0
    wanted, given = query * width + np.maximum(value, 0), (in_query * width + in_value)[known]
    if queries * width <= LARGEST_TABLE:
        table = np.zeros(queries * width, dtype=bool)
        table[given] = True
        return table[wanted] & (value >= 0)
    return np.isin(wanted, given) & (value >= 0)
