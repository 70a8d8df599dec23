"""Where heads start, in closed form: features are whitened, and turned so that they lie on what items say (orthogonal Procrustes).

What differs between copies of one file (a sound an octave lower) is shrunk: within-class covariance normalisation (Hatch, Kajarekar
& Stolcke 2006). What remains is canonical correlation in which all directions count alike: on garments it finds twice as often
as with the correlations as weights.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ronghe.methods.encoders.multimodal.heads import WILD, Basis

Float64 = NDArray[np.float64]
SOFT = 0.05  # added to deviations of features, of which some hardly vary
FAINT = 1e-5  # of the strongest direction: what is weaker is rounding
COARSE = 0.1  # of the mean variance of texts, added to each of their directions, and more of it where there are few
LEAST = 1.0  # of the variance of the strongest direction of features, added to all: what hardly varies counts little at first
SHARE = 0.6  # directions for each file, at most
WITHIN = 0.05  # added to what copies differ by


def text_basis(texts: NDArray[Any], items: int) -> Basis:
    """Texts (n, d) of so many items whitened, the less the fewer: what all say counts little, what tells items apart counts."""
    mean = texts.mean(axis=0)
    cross = np.cov(texts - mean, rowvar=False, bias=True).astype(np.float64)
    coarse = COARSE + len(cross) / max(items, 1)
    turn = _power(cross + coarse * np.trace(cross) / len(cross) * np.eye(len(cross)), -0.5)
    return Basis(_f32(mean), np.ones(len(mean), dtype=np.float32), _f32(turn))


def plain_basis(dim: int) -> Basis:
    """Texts as they are."""
    return Basis(np.zeros(dim, np.float32), np.ones(dim, np.float32), np.eye(dim, dtype=np.float32))


def file_basis(features: NDArray[Any], copies: NDArray[Any], most: int) -> tuple[Basis, NDArray[np.float32]]:
    """At most `most` directions of features (n, f), and of their copies (c, n, f), of equal strength, and how much each counts at
    first (p,); the weakest of all tell nothing but how few files there are, and are left out.
    """
    mean, scale = features.mean(axis=0, dtype=np.float64), features.std(axis=0, dtype=np.float64) + SOFT
    every = np.concatenate([features[None], copies]).astype(np.float32)
    z = np.clip((every - mean.astype(np.float32)) / scale.astype(np.float32), -WILD, WILD)
    flat = z.reshape(-1, z.shape[2])
    turn = _principal(flat, min(most, max(int(SHARE * len(flat)), 1)))
    if len(copies):
        turn = turn / np.maximum((flat @ turn).std(axis=0), 1e-9)
        seen = (flat @ turn).reshape(len(every), -1, turn.shape[1])
        apart = (seen - seen.mean(axis=0)).reshape(-1, turn.shape[1]).astype(np.float64)
        turn = turn @ _power(apart.T @ apart / len(apart) + WITHIN * np.eye(turn.shape[1]), -0.5)
        return Basis(_f32(mean), _f32(scale), _f32(turn)), np.ones(turn.shape[1], dtype=np.float32)
    strength = np.maximum((flat @ turn).var(axis=0), 1e-9)
    counts = np.sqrt(strength / (strength + LEAST * strength[:1]))
    return Basis(_f32(mean), _f32(scale), _f32(turn / np.sqrt(strength))), _f32(counts)


def turned(z: NDArray[Any], texts: NDArray[Any]) -> NDArray[np.float32]:
    """The turn (p, dim) that lays z (n, p) best on texts (n, dim), both whitened: Schönemann 1966, doi:10.1007/BF02289451."""
    left, strength, right = np.linalg.svd(z.astype(np.float64).T @ texts.astype(np.float64), full_matrices=False)
    keep = strength > FAINT * max(float(strength.max(initial=0.0)), FAINT)
    return _f32(left[:, keep] @ right[keep] if keep.any() else np.eye(z.shape[1], texts.shape[1]))


def _principal(points: NDArray[np.float32], keep: int) -> Float64:
    """The strongest directions (f, keep) of points (n, f), whichever of the two tables of products is smaller."""
    if len(points) < points.shape[1]:
        value, vector = np.linalg.eigh((points @ points.T).astype(np.float64))
        value, vector = value[::-1][:keep], vector[:, ::-1][:, :keep]
        found: Float64 = points.T.astype(np.float64) @ (vector / np.sqrt(np.maximum(value, 1e-9)))
        return found
    directions: Float64 = np.linalg.eigh((points.T @ points).astype(np.float64))[1][:, ::-1][:, :keep]
    return directions


def _power(matrix: Float64, power: float) -> Float64:
    value, vector = np.linalg.eigh(matrix)
    found: Float64 = (vector * np.maximum(value, 1e-9) ** power) @ vector.T
    return found


def _f32(values: NDArray[Any]) -> NDArray[np.float32]:
    return np.ascontiguousarray(values, dtype=np.float32)
