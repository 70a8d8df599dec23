"""Logistic regression by Newton's steps (iteratively reweighted least squares), for a handful of columns and many rows."""

import numpy as np
from numpy.typing import NDArray

Float64 = NDArray[np.float64]


def sigmoid(x: NDArray[np.floating]) -> Float64:
    """1 / (1 + exp(-x)), without overflow."""
    return 0.5 * (1 + np.tanh(0.5 * x.astype(np.float64)))


def logistic(columns: Float64, hit: NDArray[np.bool_], l2: float = 1.0, steps: int = 12) -> Float64:
    """Weights (columns,) of log odds = columns @ weights, penalised by l2 / 2 |weights|^2."""
    weights = np.zeros(columns.shape[1])
    for _ in range(steps):
        odds = sigmoid(columns @ weights)
        slope = columns.T @ (hit - odds) - l2 * weights
        bend = columns.T @ (columns * (odds * (1 - odds))[:, None]) + l2 * np.eye(len(weights))
        step = np.linalg.solve(bend, slope)
        weights = weights + step
        if np.abs(step).max() < 1e-6:
            break
    return weights
