"""Values under the numbers 0, 1, 2 …, for more numbers than before, or for fewer."""

from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

T = TypeVar("T", bound=np.generic)


def resized(values: NDArray[T], size: int, blank: Any) -> NDArray[T]:
    """A copy (size,) of values (n,): `blank` under numbers that had none, without those beyond `size`."""
    found = np.full(size, blank, dtype=values.dtype)
    found[: len(values)] = values[:size]
    return found
