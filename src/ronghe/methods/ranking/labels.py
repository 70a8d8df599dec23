"""Judgements as a learner of order reads them: only queries that teach something, gains as a few grades."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ronghe.core.errors import NotReady
from ronghe.core.judgements import Judgements
from ronghe.kernels.segments import Splits, keep_rows, segment_max, segment_min, splits_of

GRADES = 16  # different gains that are told apart


@dataclass(frozen=True, eq=False)
class Graded:
    """rows of the judged candidates (n,), query by query as `splits` cuts · label: grade of each row · gains of the grades ·
    query: number of each query that is left · seen: whether somebody looked at each row (n,).
    """

    rows: NDArray[np.int64]
    splits: Splits
    label: NDArray[np.int64]
    gains: NDArray[np.float64]
    query: NDArray[np.int64]
    seen: NDArray[np.bool_]

    def of(self, mask: NDArray[np.bool_]) -> "Graded":
        """Only the queries that `mask` (queries,) picks."""
        keep = np.repeat(mask, np.diff(self.splits))
        splits = splits_of(np.diff(self.splits)[mask])
        return Graded(self.rows[keep], splits, self.label[keep], self.gains, self.query[mask], self.seen[keep])

    def of_seen(self) -> "Graded":
        """Only the rows that somebody looked at; a query of which nobody did has none."""
        splits = keep_rows(self.seen, self.splits)
        label, seen = self.label[self.seen], self.seen[self.seen]
        return Graded(self.rows[self.seen], splits, label, self.gains, self.query, seen)


def graded(judged: Judgements) -> Graded:
    """The queries whose rows differ in gain. NotReady when there is none; gains below 0 count as 0."""
    splits, gain = judged.candidates.splits, np.maximum(np.nan_to_num(judged.gain), 0).astype(np.float64)
    teaches = segment_max(gain, splits) > segment_min(gain, splits)  # False too where a query has no rows
    if not teaches.any():
        raise NotReady(f"none of {len(splits) - 1} judged queries has wanted and unwanted candidates; more events are needed")
    mask = np.repeat(teaches, np.diff(splits))
    gains, label = grades(gain[mask])
    kept = keep_rows(mask, splits)
    seen = np.ones(int(mask.sum()), dtype=bool) if judged.seen is None else judged.seen[mask] | (label > 0)
    return Graded(np.flatnonzero(mask), splits_of(np.diff(kept)[teaches]), label, gains, np.flatnonzero(teaches), seen)


def grades(gain: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """At most GRADES different gains, ascending from 0, and the grade of each row."""
    value = np.unique(np.concatenate([[0.0], gain]))
    if len(value) > GRADES:
        value = np.unique(np.concatenate([[0.0], np.quantile(gain[gain > 0], np.linspace(0, 1, GRADES - 1))]))
    middle = (value[1:] + value[:-1]) / 2
    return value, np.searchsorted(middle, gain, side="right")


def latest(time: NDArray[np.float64], share: float) -> NDArray[np.bool_]:
    """True for the latest `share` of the queries; equal moments go by their order (queries,)."""
    late = np.zeros(len(time), dtype=bool)
    late[np.argsort(time, kind="stable")[len(time) - int(len(time) * share) :]] = True
    return late
