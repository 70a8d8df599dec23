"""Windows that fade: of each row of a ragged list, what came before it and what follows it, weighed by how far away it lies."""

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from ronghe.kernels.segments import Splits, place_of, segment_of


def faded_past(splits: Splits, value: NDArray[np.int64], columns: int, decay: float, reach: int) -> sp.csr_matrix:
    """Each row with the `reach` - 1 before it in its segment: CSR (rows, columns), e ** (-steps / decay) at column `value`."""
    return _window(place_of(splits), value, columns, decay, reach, -1)


def faded_future(splits: Splits, value: NDArray[np.int64], columns: int, decay: float, reach: int) -> sp.csr_matrix:
    """The `reach` rows after each row in its segment, the next one with weight 1: CSR (rows, columns)."""
    left = np.diff(splits)[segment_of(splits)] - 1 - place_of(splits)  # how many come after
    return _window(left - 1, value[np.minimum(np.arange(len(value)) + 1, len(value) - 1)], columns, decay, reach, 1)


def _window(room: NDArray[np.int64], value: NDArray[np.int64], columns: int, decay: float, reach: int, way: int) -> sp.csr_matrix:
    """Row r holds value[r + way * k] for k = 0 … min(room[r], reach - 1); room below 0 is an empty row."""
    rows: list[NDArray[np.int64]] = []
    found: list[NDArray[np.int64]] = []
    weight: list[NDArray[np.float32]] = []
    for step in range(min(reach, int(room.max(initial=-1)) + 1)):
        at = np.flatnonzero(room >= step)
        rows.append(at)
        found.append(value[at + way * step])
        weight.append(np.full(len(at), np.exp(-step / decay), dtype=np.float32))
    if not rows:
        return sp.csr_matrix((len(value), columns), dtype=np.float32)
    return sp.csr_matrix((np.concatenate(weight), (np.concatenate(rows), np.concatenate(found))), shape=(len(value), columns))
