"""Arithmetic on ragged rows: `splits` (segments+1,) cuts flat rows into segments, as in CSR."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Splits = NDArray[np.int64]


def splits_of(lengths: NDArray[Any]) -> Splits:
    """Splits (n+1,) of segments with these lengths (n,)."""
    splits = np.zeros(len(lengths) + 1, dtype=np.int64)
    np.cumsum(lengths, out=splits[1:])
    return splits


def lengths_of(splits: Splits) -> NDArray[np.int64]:
    """Length of each segment (segments,); np.diff takes five times as long on the few segments of a request."""
    return splits[1:] - splits[:-1]


def segment_of(splits: Splits) -> NDArray[np.int64]:
    """The segment of each row (rows,)."""
    if len(splits) == 2:
        return np.zeros(splits[1], dtype=np.int64)
    return np.repeat(np.arange(len(splits) - 1), lengths_of(splits))


def place_of(splits: Splits) -> NDArray[np.int64]:
    """Place of each row in its segment, from 0 (rows,)."""
    if len(splits) == 2:
        return np.arange(splits[1])
    return np.arange(splits[-1]) - np.repeat(splits[:-1], lengths_of(splits))


def segment_sum(values: NDArray[Any], splits: Splits) -> NDArray[Any]:
    """Sum of each segment (segments,); 0 where empty. NaN stays NaN."""
    total = np.zeros(len(splits) - 1, dtype=np.result_type(values.dtype, np.float64))
    np.add.at(total, segment_of(splits), values)
    return total


def segment_max(values: NDArray[Any], splits: Splits) -> NDArray[Any]:
    """Largest of each segment, NaN passed over (segments,); NaN where there is none."""
    best = np.full(len(splits) - 1, np.nan)
    np.fmax.at(best, segment_of(splits), values)
    return best


def segment_min(values: NDArray[Any], splits: Splits) -> NDArray[Any]:
    """Smallest of each segment, NaN passed over (segments,); NaN where there is none."""
    return -segment_max(-values, splits)


def order_within(score: NDArray[Any], tie: NDArray[Any], splits: Splits) -> NDArray[np.int64]:
    """Row order that sorts each segment by score, best first; equal scores by `tie`, smallest first; NaN last."""
    if score.dtype != np.float32:
        return np.lexsort((tie, -score, segment_of(splits)))
    key = (segment_of(splits) << 33) - _rising(score)  # one integer sort is four times faster than lexsort
    order = np.argsort(key)
    ranked = key[order]
    if np.any(ranked[1:] == ranked[:-1]):
        order = np.argsort(tie)
        order = order[np.argsort(key[order], kind="stable")]
    return order


def _rising(score: NDArray[np.float32]) -> NDArray[np.int64]:
    """Integers in the order of the floats (rows,); NaN lowest. Works because IEEE 754 floats of one sign sort as their bits do."""
    bits = (score + np.float32(0.0)).view(np.int32).astype(np.int64)  # + 0.0 makes one zero of -0.0 and 0.0
    bits = np.where(bits < 0, -(bits & 0x7FFFFFFF), bits)
    return np.where(np.isnan(score), -0x7FFFFFFF, bits)


def keep_rows(mask: NDArray[np.bool_], splits: Splits) -> Splits:
    """Splits of the rows that `mask` keeps."""
    return splits_of(mask)[splits]
