"""Arithmetic on values kept under ascending numbers, where most numbers have none."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]


def mask_of(numbers: NDArray[Any]) -> Mask:
    """Booleans (largest number + 1,), True at `numbers`."""
    mask = np.zeros(int(numbers.max(initial=-1)) + 1, dtype=bool)
    mask[numbers] = True
    return mask


def picked(mask: Mask, numbers: NDArray[Any]) -> Mask:
    """The mask at `numbers`; False beyond its length."""
    if len(numbers) == 0 or int(numbers.max()) < len(mask):
        return np.asarray(mask[numbers], dtype=bool)
    found = np.zeros(len(numbers), dtype=bool)
    inside = numbers < len(mask)
    found[inside] = mask[numbers[inside]]
    return found


def values_at(wanted: NDArray[Any], numbers: NDArray[Any], values: NDArray[np.float32], missing: float) -> NDArray[np.float32]:
    """The value of each wanted number, `numbers` ascending (n,) with `values` (n,); `missing` where it is not there."""
    at = np.searchsorted(numbers, wanted)
    there = at < len(numbers)
    there[there] = numbers[at[there]] == wanted[there]
    found = np.full(len(wanted), missing, dtype=np.float32)
    found[there] = values[at[there]]
    return found


def summed(
    numbers: Sequence[NDArray[Any]], values: Sequence[NDArray[Any]], size: int
) -> tuple[NDArray[np.int64], NDArray[np.float64], list[NDArray[np.int64]]]:
    """Lists of numbers below `size`, none twice in one list, put together: the distinct numbers, ascending; the sum of
    each one's values; and where among the distinct ones the members of each list are.
    """
    flat = np.concatenate([*numbers, np.zeros(0, dtype=np.int64)]).astype(np.int64)
    if len(flat) * 64 < size:  # few of many: sorting them is cheaper than walking all of `size`
        distinct, at = np.unique(flat, return_inverse=True)
    else:
        seen = np.zeros(size, dtype=bool)
        seen[flat] = True
        distinct = np.flatnonzero(seen)
        place = np.empty(size, dtype=np.int64)
        place[distinct] = np.arange(len(distinct))
        at = place[flat]
    weight = np.concatenate([*values, np.zeros(0)]).astype(np.float64)
    total = np.bincount(at, weight, minlength=len(distinct)).astype(np.float64)
    return distinct, total, np.split(at, np.cumsum([len(n) for n in numbers])[:-1])
