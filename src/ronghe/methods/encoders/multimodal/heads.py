"""Heads into one space, as plain arrays: what is typed, seen, heard or bought becomes a unit vector there."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Float32 = NDArray[np.float32]
WILD = 6.0  # standard deviations beyond which a feature tells no more


@dataclass(frozen=True, eq=False)
class Basis:
    """z = clip((x - mean) / scale) . turn: mean, scale (f,) · turn (f, p)."""

    mean: Float32
    scale: Float32
    turn: Float32

    def __call__(self, features: NDArray[Any]) -> Float32:
        """What of the features (rows, f) heads look at (rows, p)."""
        z: Float32 = np.clip((features.astype(np.float32) - self.mean) / self.scale, -WILD, WILD) @ self.turn
        return z


@dataclass(frozen=True, eq=False)
class Head:
    """unit(z . across + bias + gelu(z . inward + inner) . outward), z what the basis says of the features.

    across (p, dim) · bias (dim,) · inward (p, h) · inner (h,) · outward (h, dim).
    """

    basis: Basis
    across: Float32
    bias: Float32
    inward: Float32
    inner: Float32
    outward: Float32

    def __call__(self, features: NDArray[Any]) -> Float32:
        """Unit vectors (rows, dim) of features (rows, f)."""
        z = self.basis(features)
        return unit(z @ self.across + self.bias + gelu(z @ self.inward + self.inner) @ self.outward)


@dataclass(frozen=True, eq=False)
class Gate:
    """How much each sense counts: softmax(told . weight + bias) over the senses that know the item; see `told`.

    weight (senses + 1, senses) · bias (senses,).
    """

    weight: Float32
    bias: Float32

    def __call__(self, known: NDArray[np.bool_], events: NDArray[Any]) -> Float32:
        """Shares (items, senses) that sum to 1; all 0 where nothing is known."""
        drawn = np.where(known, told(known, events) @ self.weight + self.bias, -np.inf)
        most = drawn.max(axis=1, keepdims=True)
        grown = np.exp(drawn - np.where(np.isfinite(most), most, 0))
        share: Float32 = (grown / np.maximum(grown.sum(axis=1, keepdims=True), 1e-9)).astype(np.float32)
        return share


def told(known: NDArray[np.bool_], events: NDArray[Any]) -> Float32:
    """How much is known of each item (items, senses + 1): by which senses, and by how many events, as ln(1 + n) / 5."""
    return np.concatenate([known, np.log1p(events)[:, None] / 5], axis=1).astype(np.float32)


def gelu(x: Float32) -> Float32:
    """x times the share of a normal distribution below it (Hendrycks & Gimpel 2016, arXiv:1606.08415)."""
    from scipy.special import ndtr

    found: Float32 = (x * ndtr(x)).astype(np.float32)
    return found


def unit(vectors: NDArray[Any]) -> Float32:
    """Vectors (rows, dim) of length 1; 0 stays 0."""
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    found: Float32 = (vectors / np.maximum(length, 1e-9)).astype(np.float32)
    return found
