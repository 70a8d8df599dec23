"""The strongest directions of a sparse table by random projection (Halko, Martinsson & Tropp 2011, doi:10.1137/090771806)."""

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

Float32 = NDArray[np.float32]
SPARE = 32  # directions worked with beyond those asked for: what is kept is then sharp
FAINT = 1e-3  # directions weaker than this part of the strongest are rounding


def directions(table: sp.csr_matrix, rank: int, rng: np.random.Generator, turns: int = 4) -> tuple[Float32, Float32]:
    """Strengths (f,), falling, and right singular vectors (columns, f) of `table` (rows, columns); f <= rank.

    The start is drawn over rows, so a permutation of the columns permutes the answer.
    turns: power iterations; each sharpens the gap between what is kept and what is not.
    """
    wide = min(rank + SPARE, *table.shape)
    if rank < 1 or wide < 1 or not table.nnz:
        return np.zeros(0, dtype=np.float32), np.zeros((table.shape[1], 0), dtype=np.float32)
    across = table.T.tocsr()
    basis = rng.standard_normal((table.shape[0], wide)).astype(np.float32)
    for _ in range(turns):
        basis = _upright(table @ _upright(across @ basis))
    return _sharpened(across @ basis, rank)


def _upright(points: Float32) -> Float32:
    basis: Float32 = np.linalg.qr(points)[0]
    return basis


def _sharpened(projected: Float32, rank: int) -> tuple[Float32, Float32]:
    """Singular values and left vectors of `projected` (columns, wide), through its small Gram matrix."""
    value, turn = np.linalg.eigh((projected.T @ projected).astype(np.float64))
    strength = np.sqrt(np.maximum(value[::-1], 0))
    keep = int(np.count_nonzero(strength[:rank] > FAINT * strength[0]))
    vectors = projected @ (turn[:, ::-1][:, :keep] / strength[:keep]).astype(np.float32)
    return strength[:keep].astype(np.float32), vectors.astype(np.float32)
