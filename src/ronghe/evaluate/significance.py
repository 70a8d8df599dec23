"""How sure a mean over queries is: bootstrap intervals and the paired bootstrap test, seeded."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ronghe.core.errors import BadData

Float64 = NDArray[np.float64]
CHUNK = 250  # resamples drawn at a time: bounds memory at CHUNK x queries


@dataclass(frozen=True)
class Interval:
    """A mean with the interval that holds it at the asked level."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class Difference:
    """Mean of a - b over queries both answered, its interval, and the two-sided p-value of "there is none"."""

    mean: float
    low: float
    high: float
    p: float


def resampled_means(values: Float64, seed: int, resamples: int) -> Float64:
    """Means of `values` (queries, columns) over queries drawn with replacement, NaN passed over (resamples, columns).

    All columns see the same draws, so their differences are paired (Efron 1979, doi:10.1214/aos/1176344552).
    """
    known = ~np.isnan(values)
    filled, count = np.where(known, values, 0.0), known.astype(np.float64)
    rng, n = np.random.default_rng(seed), len(values)
    means = [_means(filled, count, rng, n, min(CHUNK, resamples - start)) for start in range(0, resamples, CHUNK)]
    return np.concatenate(means)


def _means(filled: Float64, count: Float64, rng: np.random.Generator, n: int, draws: int) -> Float64:
    at = rng.integers(0, n, size=(draws, n)) + n * np.arange(draws)[:, None]
    times = np.bincount(at.ravel(), minlength=draws * n).reshape(draws, n).astype(np.float64)
    with np.errstate(invalid="ignore"):
        return np.asarray((times @ filled) / (times @ count))


def intervals(values: Float64, seed: int = 0, resamples: int = 1000, level: float = 0.95) -> list[Interval]:
    """Percentile bootstrap interval of the mean of each column of `values` (queries, columns); all NaN gives NaN."""
    if not len(values):
        return [Interval(float("nan"), float("nan"), float("nan"))] * values.shape[1]
    means = resampled_means(values, seed, resamples)
    known = ~np.isnan(values)
    with np.errstate(invalid="ignore"):
        centre = np.where(known, values, 0.0).sum(axis=0) / known.sum(axis=0)
    low, high = (_quantile(means, q) for q in ((1 - level) / 2, (1 + level) / 2))
    return [Interval(float(c), float(a), float(b)) for c, a, b in zip(centre, low, high, strict=True)]


def _quantile(means: Float64, q: float) -> Float64:
    blank = np.isnan(means).all(axis=0)
    found = np.full(means.shape[1], np.nan)
    found[~blank] = np.nanquantile(means[:, ~blank], q, axis=0)
    return found


def paired(a: Float64, b: Float64, seed: int = 0, resamples: int = 10_000, level: float = 0.95) -> Difference:
    """Paired bootstrap test of two systems on the same queries (queries,); queries where either is NaN do not count.

    p: how often the resampled difference, shifted so that its mean is 0, is at least as large as the one found
    (Efron & Tibshirani 1993, ch. 16; Sakai 2006, doi:10.1145/1148170.1148261); never below 1 / (resamples + 1).
    """
    if len(a) != len(b):
        raise BadData(f"{len(a)} values against {len(b)}; a paired test needs the same queries")
    gap = (a - b)[~np.isnan(a - b)]
    if not len(gap):
        return Difference(float("nan"), float("nan"), float("nan"), float("nan"))
    means, found = resampled_means(gap[:, None], seed, resamples)[:, 0], float(gap.mean())
    extreme = int((np.abs(means - found) >= abs(found) - 1e-15).sum())
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return Difference(found, float(low), float(high), (1 + extreme) / (1 + resamples))
