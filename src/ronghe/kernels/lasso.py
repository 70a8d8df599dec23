"""Small non-negative elastic nets, many at once, by coordinate descent (Friedman et al. 2010, doi:10.18637/jss.v033.i01)."""

import numpy as np
from numpy.typing import NDArray

Float32 = NDArray[np.float32]
TINY = np.float32(1e-12)


def nonnegative(gram: Float32, right: Float32, l1: float, l2: float, sweeps: int, still: float = 1e-5) -> Float32:
    """w (b, m) >= 0 that minimise w'Gw / 2 - r.w + l1 |w|_1 + l2 |w|^2 / 2 for each of b systems.

    gram G (b, m, m) · right r (b, m); padding has zeros in both and gets weight 0 · sweeps: times each weight is set anew,
    at most; it ends when no weight moves by more than `still`.
    """
    weight = np.zeros_like(right)
    own = np.diagonal(gram, axis1=1, axis2=2).copy()  # (b, m)
    for _ in range(sweeps):
        moved = np.float32(0)
        for i in range(right.shape[1]):
            left = right[:, i] - np.einsum("bm,bm->b", gram[:, i], weight) + own[:, i] * weight[:, i]
            new = np.maximum(left - np.float32(l1), 0) / np.maximum(own[:, i] + np.float32(l2), TINY)
            moved = max(moved, np.abs(new - weight[:, i]).max(initial=0))
            weight[:, i] = new
        if moved <= still:
            break
    return weight
