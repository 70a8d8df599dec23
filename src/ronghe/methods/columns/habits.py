"""The habit columns of one batch, each computed on first use out of the queries' histories."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ronghe.core.candidates import Candidates
from ronghe.core.events import DAY
from ronghe.core.queries import Queries
from ronghe.kernels.pairs import Slots
from ronghe.kernels.segments import lengths_of
from ronghe.methods.looking import share

Float32 = NDArray[np.float32]
Floats = NDArray[np.float64]

COLUMNS = {
    "pair:times_bought": "times",
    "pair:days_since": "days_since",
    "pair:interval": "interval",
    "pair:interval_ratio": "interval_ratio",
    "pair:recent_buys": "recent_buys",
    "pair:visit_share": "visit_share",
    "pair:in_last_visit": "in_last_visit",
    "pair:days_since_seen": "days_since_seen",
    "user:events": "user_events",
    "user:visits": "user_visits",
    "user:visit_size": "user_visit_size",
    "user:repeat_share": "user_repeat_share",
    "user:days_since_last": "user_days_since",
}


@dataclass(frozen=True, eq=False)
class Habits:
    """queries and candidates of the batch; the rest as in HabitModel."""

    queries: Queries
    candidates: Candidates
    usual: Float32
    kinds: NDArray[np.uint8]
    gap: float
    prior: float
    half_life: float

    @cached_property
    def _bought(self) -> tuple[NDArray[np.int64], NDArray[np.int64], Floats]:
        """Query, item and age in days of each purchase, shopper by shopper, oldest first."""
        history = self.queries.history
        query = history.query
        age = (self.queries.time[query] - history.time) / DAY
        rows = np.isin(history.kind, self.kinds) & (age >= 0)
        return query[rows], history.item[rows], age[rows]

    @cached_property
    def _slots(self) -> Slots:
        return Slots.of(self.candidates.query, self.candidates.item, self.queries.history.item)

    @cached_property
    def _met(self) -> tuple[NDArray[np.int64], Floats, NDArray[np.bool_]]:
        """Slot and age of each purchase of a candidate, slot by slot, oldest first; True where a new visit starts."""
        query, item, age = self._bought
        at = self._slots.find(query, item)
        hit = np.flatnonzero(at >= 0)
        order = hit[np.argsort(at[hit], kind="stable")]
        return at[order], age[order], starts_of(at[order], age[order], self.gap)

    @cached_property
    def _visits(self) -> NDArray[np.int64]:
        slot, _, fresh = self._met
        return np.bincount(slot[fresh], minlength=len(self._slots.key))

    @cached_property
    def _last(self) -> Floats:
        return self._extreme(youngest=True)

    def _extreme(self, youngest: bool) -> Floats:
        slot, age, _ = self._met
        ends = np.full(len(self._slots.key), np.nan)
        if youngest:
            ends[slot] = age  # oldest first, so the youngest is written last
        else:
            ends[slot[::-1]] = age[::-1]
        return ends

    @cached_property
    def times(self) -> Float32:
        """Visits in which this shopper bought the item."""
        return self._slots.spread(self._visits, 0)

    @cached_property
    def days_since(self) -> Float32:
        """Since the last of them; NaN = never."""
        return self._slots.spread(self._last)

    @cached_property
    def interval(self) -> Float32:
        """Usual days from one to the next, theirs drawn towards the item's; NaN = never bought."""
        item = np.minimum(self._slots.key % self._slots.width, len(self.usual) - 1)
        span = self._extreme(youngest=False) - self._last
        own = np.maximum(self._visits - 1, 0)
        return self._slots.spread((span + self.prior * self.usual[item]) / (own + self.prior))

    @cached_property
    def interval_ratio(self) -> Float32:
        """Days_since / interval: about 1 = due now; NaN = never."""
        return self.days_since / self.interval

    @cached_property
    def recent_buys(self) -> Float32:
        """Purchases, each counting half as much every half_life days."""
        slot, age, _ = self._met
        return self._slots.spread(np.bincount(slot, 0.5 ** (age / self.half_life), minlength=len(self._slots.key)), 0)

    @cached_property
    def visit_share(self) -> Float32:
        """The share of the shopper's visits with the item; NaN = no visit yet."""
        return share(self.times, self.user_visits)

    @cached_property
    def in_last_visit(self) -> Float32:
        """1 = bought in the shopper's latest visit."""
        return (self.days_since - self.user_days_since <= self.gap).astype(np.float32)

    @cached_property
    def days_since_seen(self) -> Float32:
        """Since they met the item otherwise (view, click, cart …); NaN = never."""
        history = self.queries.history
        at = self._slots.find(history.query, history.item)
        age = (self.queries.time[history.query] - history.time) / DAY
        rows = (at >= 0) & (age >= 0) & ~np.isin(history.kind, self.kinds)
        seen = np.full(len(self._slots.key), np.inf)
        np.minimum.at(seen, at[rows], age[rows])
        return self._slots.spread(np.where(np.isfinite(seen), seen, np.nan))

    @cached_property
    def user_events(self) -> Float32:
        """How long the history is."""
        return lengths_of(self.queries.history.splits)[self.candidates.query].astype(np.float32)

    @cached_property
    def user_visits(self) -> Float32:
        """Visits with a purchase."""
        query, _, age = self._bought
        fresh = starts_of(query, age, self.gap)
        return np.bincount(query[fresh], minlength=len(self.queries))[self.candidates.query].astype(np.float32)

    @cached_property
    def user_visit_size(self) -> Float32:
        """Purchases a visit; NaN = none yet."""
        query, _, _ = self._bought
        bought = np.bincount(query, minlength=len(self.queries))[self.candidates.query]
        return share(bought, self.user_visits)

    @cached_property
    def user_repeat_share(self) -> Float32:
        """Share of purchases that were of things bought before; NaN = none yet."""
        query, item, _ = self._bought
        slots = Slots.of(query, item)
        bought = np.bincount(query, minlength=len(self.queries))
        distinct = np.bincount(slots.key // slots.width, minlength=len(self.queries))
        return share(bought - distinct, bought)[self.candidates.query]

    @cached_property
    def user_days_since(self) -> Float32:
        """Since their last visit with a purchase; NaN = none yet."""
        query, _, age = self._bought
        last = np.full(len(self.queries), np.nan)
        last[query] = age  # oldest first, so the youngest is written last
        return last[self.candidates.query].astype(np.float32)


def starts_of(segment: NDArray[np.int64], age: Floats, gap: float) -> NDArray[np.bool_]:
    """True where a new visit starts: a new segment, or more than `gap` days after the row before (rows,)."""
    fresh = np.ones(len(segment), dtype=bool)
    fresh[1:] = (segment[1:] != segment[:-1]) | (age[:-1] - age[1:] > gap)
    return fresh
