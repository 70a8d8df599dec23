"""The last stage of a cascade: the few best so far in an order between the one that they have and one that a column gives."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ronghe.core.candidates import Candidates
from ronghe.core.errors import require
from ronghe.core.judgements import Judgements
from ronghe.core.queries import Queries
from ronghe.core.roles import Compute
from ronghe.kernels.segments import Splits, lengths_of, order_within, place_of, segment_of, segment_sum

WEIGHTS = tuple(round(0.1 * step, 1) for step in range(11))  # that are tried on judgements
DEEP = 10  # places whose order counts when weights are compared
Scores = NDArray[np.float32]


@dataclass(frozen=True)
class SecondLook:
    """Learns SecondLookModel: how much the column counts.

    column: that a part of [columns] gives, more is better · weight: of its order, the rest is that of the order before; where there
    are judgements in which the column says something, the weight that orders them best counts instead, this one when equal · keep:
    how many of the best so far are looked at again, 0 = all; the others stay behind them · judged: file in the shop folder with
    the columns query, item and grade to learn the weight from; without it, the weight is the one that was set.
    """

    column: str = "pair:cross"
    weight: float = 0.5
    keep: int = 30
    judged: str = ""

    def __post_init__(self) -> None:
        require(0 <= self.weight <= 1, "weight", self.weight, "from 0 to 1")
        require(self.keep >= 0, "keep", self.keep, "0 or more")

    def unjudged(self) -> "SecondLookModel":
        """The model with the weight that was set."""
        return SecondLookModel(self.column, self.weight)

    def fit(self, judged: Judgements, compute: Compute) -> "SecondLookModel":
        """The model with the weight that orders the judged candidates best, by discounted gain."""
        found = judged.candidates
        said = np.isfinite(found.columns.get(self.column, np.full(len(found.item), np.nan)))
        if not said.any():
            return self.unjudged()
        tried = sorted({*WEIGHTS, self.weight}, key=lambda weight: abs(weight - self.weight))
        gained = [_gained(SecondLookModel(self.column, weight).ordered(found), judged) for weight in tried]
        return SecondLookModel(self.column, tried[int(np.argmax(np.round(gained, 9)))])


@dataclass(frozen=True)
class SecondLookModel:
    """column · weight: see SecondLook."""

    column: str
    weight: float

    @property
    def needs(self) -> tuple[str, ...]:
        """The column."""
        return (self.column,)

    def score(self, queries: Queries, candidates: Candidates) -> Scores:
        """1 at the first place of both orders, evenly down to near 0 at the last (rows,)."""
        return self.ordered(candidates)

    def ordered(self, candidates: Candidates) -> Scores:
        """score, which asks no query. What the column has no value for keeps the place that it had."""
        before = _evenly(candidates.score, candidates.item, candidates.splits)
        value = candidates.columns.get(self.column)
        if value is None:
            return before
        after = _evenly(np.asarray(value, dtype=np.float32), candidates.item, candidates.splits)
        mixed = (1 - self.weight) * before + self.weight * np.where(np.isnan(value), before, after)
        return mixed.astype(np.float32)


def _evenly(score: Scores, item: NDArray[np.int64], splits: Splits) -> Scores:
    """1 - place / number of rows in each segment, best first (rows,)."""
    order = order_within(score, item, splits)
    place = np.empty(len(order), dtype=np.int64)
    place[order] = place_of(splits)
    return (1 - place / np.maximum(lengths_of(splits), 1)[segment_of(splits)]).astype(np.float32)


def _gained(score: Scores, judged: Judgements) -> float:
    """Discounted gain of the first DEEP places, as a share of the best that each query could have, on average."""
    found = judged.candidates
    gain = np.maximum(np.nan_to_num(judged.gain), 0).astype(np.float64)
    discount = np.where(place_of(found.splits) < DEEP, 1 / np.log2(2 + place_of(found.splits)), 0.0)

    def total(by: Scores) -> NDArray[np.float64]:
        return segment_sum(gain[order_within(by, found.item, found.splits)] * discount, found.splits)

    best = total(gain.astype(np.float32))
    return float((total(score) / np.where(best > 0, best, 1)).mean())
