"""Factors of shoppers, items and moments of the week: a CP tensor by alternating least squares on implicit feedback

(Hidasi & Tikk 2012, doi:10.1007/978-3-642-33486-3_5): what is liked on Saturday mornings is not what is liked on Monday nights.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ronghe.core.dataset import Dataset
from ronghe.core.errors import require
from ronghe.core.queries import Queries
from ronghe.core.roles import Compute
from ronghe.kernels.segments import segment_of
from ronghe.methods.collaborative.taste import Taste, learnt
from ronghe.methods.collaborative.tensor_cells import Cells, Week, side_solved
from ronghe.methods.collaborative.whole import LikingModel
from ronghe.methods.scoring import Float32, silenced


@dataclass(frozen=True)
class ContextTensor:
    """Learns ContextTensorModel.

    factors: width of the vectors · sweeps: times that all three sides are solved · unobserved: weight of a shopper, item and
    moment that never met, against 1 for those that did · l2: penalty on the vectors' length · hours: length of a part of the
    day, 24 = the whole day · weekdays: tell the seven days apart · offset: hours of the shop's clock before UTC's ·
    items, least: model the `items` items with most shoppers, none with fewer than `least` · half_life: days after which an
    event counts half.
    """

    factors: int = 24
    sweeps: int = 8
    unobserved: float = 0.2
    l2: float = 0.1
    hours: int = 6
    weekdays: bool = True
    offset: float = 0.0
    items: int = 20_000
    least: int = 2
    half_life: float = 180.0

    def __post_init__(self) -> None:
        require(self.factors >= 1, "factors", self.factors, "1 or more")
        require(self.sweeps >= 1, "sweeps", self.sweeps, "1 or more")
        require(self.unobserved > 0, "unobserved", self.unobserved, "above 0")
        require(self.l2 > 0, "l2", self.l2, "above 0")
        require(1 <= self.hours <= 24, "hours", self.hours, "from 1 to 24")
        require(-24 <= self.offset <= 24, "offset", self.offset, "from -24 to 24")
        require(self.items >= 1, "items", self.items, "1 or more")
        require(self.least >= 1, "least", self.least, "1 or more")
        require(self.half_life > 0, "half_life", self.half_life, "above 0 days")

    def fit(self, data: Dataset, compute: Compute) -> "ContextTensorModel":
        """The model of these settings, from what `data` may see."""
        taste, _ = learnt(data, self.items, self.least, self.half_life, 1.0)
        week = Week(self.hours, self.weekdays, self.offset)
        signs = data.signs
        weight = signs.liking * 0.5 ** (signs.days_before(data.as_of) / self.half_life)
        cells = Cells.of(signs.user, taste.columns(signs.item), week.moment(signs.time), weight.astype(np.float32))
        rng = np.random.default_rng(compute.seed)  # shoppers start at random, so that no item's number matters
        user = rng.normal(0, self.factors**-0.5, (data.users, self.factors)).astype(np.float32)
        user[np.bincount(cells.user, minlength=data.users) == 0] = 0
        item = np.zeros((len(taste.items), self.factors), dtype=np.float32)
        moment = np.abs(rng.normal(1, 0.5, (week.moments, self.factors))).astype(np.float32)  # all alike would stay so
        penalty = self.unobserved, self.l2, compute.threads
        for _ in compute.track(range(self.sweeps), "context-tensor", self.sweeps):
            item = side_solved(len(item), cells.item, (cells.user, user), (cells.moment, moment), cells.weight, *penalty)
            moment = side_solved(len(moment), cells.moment, (cells.user, user), (cells.item, item), cells.weight, *penalty)
            user = side_solved(len(user), cells.user, (cells.item, item), (cells.moment, moment), cells.weight, *penalty)
        met = np.bincount(cells.moment, minlength=len(moment)) > 0
        moment[~met] = moment[met].mean(axis=0) if met.any() else 0  # when nobody was there yet, it is a moment like any
        return ContextTensorModel(taste, week, item, moment, self.unobserved, self.l2)


@dataclass(frozen=True, eq=False)
class ContextTensorModel(LikingModel):
    """score = sum over factors of shopper * moment of the query * item; the shopper is folded in from what they liked, and when.

    item (n, f) · moment (moments, f) · the settings that folding in needs.
    """

    taste: Taste
    week: Week
    item: Float32
    moment: Float32
    unobserved: float
    l2: float

    part: ClassVar[str] = "retrieve:context-tensor"

    def folded(self, queries: Queries) -> Float32:
        """Each query's vector (queries, f); 0 without a known liked item."""
        cells = self._cells(queries)
        sides = (cells.item, self.item), (cells.moment, self.moment)
        return side_solved(len(queries), cells.user, *sides, cells.weight, self.unobserved, self.l2, 1)

    def _cells(self, queries: Queries) -> Cells:
        """What each query says of taste: an item looked at alone, else the history and, liked fully and now, the basket."""
        h, now = queries.history, self.week.moment(queries.time)
        age = np.maximum(queries.time[h.query] - h.time, 0.0) / 86_400.0
        weight = (h.liking * 0.5 ** (age / self.taste.half_life)).astype(np.float32)
        owner, looks = segment_of(queries.basket_splits), np.flatnonzero(queries.anchor >= 0)
        basket = np.unique(np.stack([owner, queries.basket_item]), axis=1)  # twice in the basket is once
        asks = queries.anchor < 0
        said, put = asks[h.query], asks[basket[0]]
        return Cells.of(
            np.concatenate([h.query[said], basket[0][put], looks]),
            self.taste.columns(np.concatenate([h.item[said], basket[1][put], queries.anchor[looks]])),
            np.concatenate([self.week.moment(h.time)[said], now[basket[0]][put], now[looks]]),
            np.concatenate([weight[said], np.ones(int(put.sum()) + len(looks), dtype=np.float32)]),
        )

    def _scores(self, queries: Queries) -> Float32:
        taste_now = self.folded(queries) * self.moment[self.week.moment(queries.time)]  # (queries, f)
        return silenced(np.asarray(taste_now @ self.item.T, dtype=np.float32), self.taste, queries)
