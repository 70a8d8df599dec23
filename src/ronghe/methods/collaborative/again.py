"""What this shopper buys regularly and is due: odds of buying it again soon, learnt from how often the shop's people do.

After the buy-it-again models of Bhagat et al. 2018 (doi:10.1145/3219819.3219891): repeat probability of the item, and the
shopper's own count, gap and time since the last purchase; here joined by a logistic regression on the shop's own log.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ronghe.core.candidates import Candidates
from ronghe.core.catalog import Catalog
from ronghe.core.dataset import Dataset
from ronghe.core.errors import require
from ronghe.core.events import DAY, KIND, Events
from ronghe.core.memo import Memo
from ronghe.core.queries import Queries
from ronghe.core.roles import Compute
from ronghe.core.slates import Reasons
from ronghe.kernels.logistic import Float64, logistic, sigmoid
from ronghe.kernels.pairs import widest
from ronghe.kernels.segments import segment_of, splits_of
from ronghe.methods.reasons import alone
from ronghe.methods.scoring import Float32


@dataclass(frozen=True)
class Again:
    """Learns AgainModel.

    horizon: days in which buying again counts · windows: stretches of the log, each `horizon` long and ending at the
    newest, that are learnt from · prior: buyers (for the item's repeat rate) and gaps (for its interval) that the whole
    shop's mean stands for.
    """

    horizon: float = 14.0
    windows: int = 2
    prior: float = 10.0

    def __post_init__(self) -> None:
        require(self.horizon > 0, "horizon", self.horizon, "above 0 days")
        require(self.windows >= 1, "windows", self.windows, "1 or more")
        require(self.prior > 0, "prior", self.prior, "above 0")

    def fit(self, data: Dataset, compute: Compute) -> "AgainModel":
        """The model of these settings, from what `data` may see; silent where nobody buys a thing again."""
        events = data.events.of_kind("purchase")
        events = events.where((events.item >= 0) & (events.user >= 0))
        days = self._horizon(events, data.as_of)
        learnt = [self._window(events, data, data.as_of - days * back, days) for back in range(1, self.windows + 1)]
        columns, hit = np.concatenate([c for c, _ in learnt]), np.concatenate([h for _, h in learnt])
        weights = logistic(columns, hit) if hit.any() else np.zeros(0)
        rate, gap = _item_habits(_pairs(events.user, events.item, events.time), len(data.catalog) + 1, self.prior)
        return AgainModel(weights, rate, gap, len(data.catalog))

    def _horizon(self, events: Events, as_of: float) -> float:
        """Seconds that the windows last: a short log is cut in three at least."""
        span = as_of - events.time[0] if len(events) else 0.0
        return float(min(self.horizon * DAY, span / (self.windows + 2)))

    def _window(self, events: Events, data: Dataset, moment: float, length: float) -> tuple[Float64, NDArray[np.bool_]]:
        """Columns of every pair known at `moment`, and whether it came back within `length` seconds."""
        before, after = events.before(moment), events.between(moment, moment + length)
        pairs = _pairs(before.user, before.item, before.time)
        rate, gap = _item_habits(pairs, len(data.catalog), self.prior)
        size = len(data.catalog)
        hit = np.isin(pairs.owner * size + pairs.item, after.user * size + after.item)
        return _columns(pairs, np.full(len(hit), moment), rate, gap), hit


@dataclass(frozen=True, eq=False)
class _Pairs:
    """Purchases of one item by one owner (shopper or query): owner, item, days it was bought on, first and last time."""

    owner: NDArray[np.int64]
    item: NDArray[np.int64]
    times: NDArray[np.int64]
    first: Float64
    last: Float64


def _pairs(owner: NDArray[np.int64], item: NDArray[np.int64], time: Float64) -> _Pairs:
    """Pairs by owner, then item; purchases on one day are one."""
    order = np.lexsort((time, item, owner))
    owner, item, time = owner[order], item[order], time[order]
    new = np.concatenate([[True], (np.diff(owner) != 0) | (np.diff(item) != 0)])[: len(order)]
    fresh = new | np.concatenate([[True], np.diff(np.floor(time / DAY)) != 0])[: len(order)]
    start = np.flatnonzero(new)
    end = np.append(start[1:], len(order))[: len(start)]
    days = np.concatenate([[0], np.cumsum(fresh)])
    return _Pairs(owner[start], item[start], days[end] - days[start], time[start], time[end - 1])


def _item_habits(pairs: _Pairs, items: int, prior: float) -> tuple[Float32, Float32]:
    """Share of each item's buyers who bought it again, and days between (items,), both drawn to the shop's means."""
    more = pairs.times > 1
    gaps, span = (pairs.times - 1)[more], ((pairs.last - pairs.first) / DAY)[more]
    overall = (more.sum() + 1) / (len(more) + 2)
    mean = (span.sum() + 30.0) / (gaps.sum() + 1)
    buyers, again = np.bincount(pairs.item, minlength=items), np.bincount(pairs.item, more, minlength=items)
    spans, counts = np.bincount(pairs.item[more], span, minlength=items), np.bincount(pairs.item[more], gaps, minlength=items)
    rate = (again + prior * overall) / (buyers + prior)
    return rate.astype(np.float32), ((spans + prior * mean) / (counts + prior)).astype(np.float32)


def _columns(pairs: _Pairs, now: Float64, rate: Float32, gap: Float32) -> Float64:
    """What the odds are a linear function of, one row a pair (pairs, 7)."""
    item, count = np.minimum(pairs.item, len(rate) - 1), np.log(pairs.times)
    since = np.maximum((now - pairs.last) / DAY, 0.5)
    own = ((pairs.last - pairs.first) / DAY + gap[item]) / pairs.times  # the item's gap stands for one of theirs
    due, late = np.log(since / np.maximum(own, 0.5)), np.log(since)
    share = rate[item].astype(np.float64)
    odds = np.log(share / (1 - share))
    return np.stack([count, count**2, late, late**2, due**2, odds, np.ones(len(count))], axis=1)


@dataclass(frozen=True, eq=False)
class AgainModel:
    """score = odds that the shopper buys the item again soon. weights (7,), empty = nobody does; rate, gap (n+1,) by item, the
    last for items that came after the fit · items: how many there are now.
    """

    weights: Float64
    rate: Float32
    gap: Float32
    items: int

    part: ClassVar[str] = "retrieve:again"

    def with_catalog(self, catalog: Catalog, changed: NDArray[np.int64]) -> "AgainModel":
        """This model in a shop with other items: new ones are bought again as things commonly are."""
        return replace(self, items=len(catalog))

    def retrieve(self, queries: Queries, k: int) -> Candidates:
        """The k items of the shopper's own that are likeliest to be bought again."""
        pairs, score = self._all(queries)
        splits = splits_of(np.bincount(pairs.owner, minlength=len(queries)))
        return Candidates.of(splits, pairs.item, score).where(_may(pairs, queries)).top(k)

    def score(self, queries: Queries, candidates: Candidates) -> Float32:
        """The same score for given candidates (rows,)."""
        pairs, score = self._all(queries)
        size = widest(pairs.item, candidates.item)
        wanted = np.where(candidates.item >= 0, candidates.query * size + candidates.item, -1)
        keys = np.append(pairs.owner * size + pairs.item, np.iinfo(np.int64).max)
        at = np.searchsorted(keys, wanted)
        return np.where(keys[at] == wanted, np.append(score, np.nan)[at], np.nan).astype(np.float32)

    def because(self, queries: Queries, shown: Candidates) -> Sequence[Reasons]:
        """That it is due again."""
        return alone("again", self.score(queries, shown), shown, self.part, naming=True)

    @cached_property
    def _memo(self) -> Memo[tuple[_Pairs, Float32]]:
        return Memo()

    def _all(self, queries: Queries) -> tuple[_Pairs, Float32]:
        return self._memo.of(queries, self._scores)

    def _scores(self, queries: Queries) -> tuple[_Pairs, Float32]:
        history = queries.history
        known = (history.kind == KIND["purchase"]) & (history.item >= 0) & (history.item < self.items)
        known &= len(self.weights) > 0
        owner, item = segment_of(history.splits)[known], history.item[known]
        size = widest(item)
        present = ~np.isin(owner * size + item, _present(queries, size))
        pairs = _pairs(owner[present], item[present], history.time[known][present])
        if not len(pairs.item):
            return pairs, np.zeros(0, dtype=np.float32)
        now = np.maximum(queries.time[pairs.owner], pairs.last)
        return pairs, sigmoid(_columns(pairs, now, self.rate, self.gap) @ self.weights).astype(np.float32)


def _present(queries: Queries, size: int) -> NDArray[np.int64]:
    """Keys of what is being looked at or lies in the basket: no need to offer it."""
    query = np.concatenate([np.arange(len(queries)), segment_of(queries.basket_splits)])
    item = np.concatenate([queries.anchor, queries.basket_item])
    known = (item >= 0) & (item < size)
    key: NDArray[np.int64] = query[known] * size + item[known]
    return key


def _may(pairs: _Pairs, queries: Queries) -> NDArray[np.bool_]:
    may = np.ones(len(pairs.item), dtype=bool)
    for query, allowed in enumerate(queries.allowed):
        if allowed is not None:
            rows = pairs.owner == query
            item = pairs.item[rows]
            may[rows] = (item < len(allowed)) & allowed[np.minimum(item, len(allowed) - 1)] if len(allowed) else False
    return may
