"""Where item vectors start: the strongest directions of who follows whom and of what items have in common."""

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from ronghe.core.dataset import Dataset
from ronghe.kernels.decay import faded_past
from ronghe.kernels.low_rank import directions
from ronghe.methods.sequential.lines import Known, Lines
from ronghe.methods.traits import traits

Float32 = NDArray[np.float32]
NEAR = 5  # steps within which items count as seen together


def starting_vectors(
    data: Dataset, known: Known, lines: Lines, dim: int, weight: float, rng: np.random.Generator, more: Float32 | None = None
) -> Float32:
    """Unit vectors (items, dim), alike for items that follow the same ones or have the same traits; noise where nothing is known.

    weight: of the traits beside what was seen together; 0 = noise for all ·
    more: unit vectors (items, any) that count as traits do.
    """
    n = len(known.items)
    noise = rng.standard_normal((n, dim)).astype(np.float32)
    if weight > 0 and n > 1:
        seen = [_together(lines, n), _common(traits(data.catalog, known.items)) * np.float32(weight)]
        seen += [] if more is None else [sp.csr_matrix(more * np.float32(weight))]
        strength, vectors = directions(sp.csr_matrix(sp.hstack(seen).T), dim, rng)
        vectors = vectors * np.sqrt(strength)
        length = np.linalg.norm(vectors, axis=1, keepdims=True)
        vectors = np.divide(vectors, length, out=np.zeros_like(vectors), where=length > 1e-6)
        noise *= np.float32(0.02)
        noise[:, : vectors.shape[1]] += vectors * np.float32(np.sqrt(dim))
    unit: Float32 = noise / np.maximum(np.linalg.norm(noise, axis=1, keepdims=True), np.float32(1e-9))
    return unit


def _together(lines: Lines, n: int) -> sp.csr_matrix:
    """How often items lie near each other in lines, by the roots of how often each does."""
    near = faded_past(lines.splits, lines.column, n, NEAR / 2, NEAR)
    at = sp.csr_matrix((np.ones(len(lines.column), dtype=np.float32), (np.arange(len(lines.column)), lines.column)), near.shape)
    both = sp.csr_matrix(near.T @ at)
    both = both + both.T
    both.setdiag(0)
    root = sp.diags_array(1 / np.sqrt(np.asarray(both.sum(axis=0)).ravel() + 1))
    return sp.csr_matrix(root @ both @ root, dtype=np.float32)


def _common(table: sp.csr_matrix) -> sp.csr_matrix:
    """Traits weighed by how rare they are, rows of length 1."""
    rare = np.log(table.shape[0] / np.maximum(np.asarray(table.sum(axis=0)).ravel(), 1))
    weighed = sp.csr_matrix(table @ sp.diags_array(rare), dtype=np.float32)
    length = np.sqrt(np.asarray(weighed.power(2).sum(axis=1)).ravel())
    return sp.csr_matrix(sp.diags_array(1 / np.maximum(length, 1e-9)) @ weighed, dtype=np.float32)
