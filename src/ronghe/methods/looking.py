"""Looking values of items up, and naming columns after the attributes that compute them."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray


def of_items(values: NDArray[Any], item: NDArray[np.int64], missing: Any) -> NDArray[Any]:
    """`values` (items,) of each item number (rows,); `missing` where the model does not know the item."""
    if not len(values):
        return np.full(len(item), missing, dtype=values.dtype)
    found: NDArray[Any] = values.take(item, mode="clip")
    if len(item) and (item.max() >= len(values) or item.min() < 0):
        return np.where((item >= 0) & (item < len(values)), found, missing).astype(values.dtype)
    return found


def asked(view: Any, attribute: Mapping[str, str], names: Sequence[str]) -> dict[str, NDArray[Any]]:
    """The asked columns out of a view that computes each on first use; attribute: column -> attribute of the view."""
    return {name: getattr(view, attribute[name]) for name in names}


def share(part: NDArray[Any], whole: NDArray[Any]) -> NDArray[np.float32]:
    """part / whole (n,); NaN where whole is not above 0."""
    over = np.where(whole > 0, whole, 1)
    return np.where(whole > 0, part / over, np.nan).astype(np.float32)
