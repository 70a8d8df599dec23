"""What the shop's people want now: decayed counts, or the lower bound of the rate at which looking turns into wanting."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ronghe.core.candidates import Candidates
from ronghe.core.dataset import Dataset
from ronghe.core.errors import require
from ronghe.core.events import DAY, KIND, Events
from ronghe.core.queries import Queries
from ronghe.core.roles import Compute
from ronghe.core.slates import Reasons
from ronghe.kernels.top import Mask
from ronghe.methods.reasons import alone
from ronghe.methods.scoring import Float32

MEASURES = ("count", "rate")
WANTED = ("cart", "purchase", "favourite")


@dataclass(frozen=True)
class Popular:
    """Learns PopularModel: what sells now.

    half_life: days after which an event counts half · measure: "count" = liking summed, each shopper once a day and item;
    "rate" = Wilson's lower bound (1927, doi:10.2307/2276774) of the share of contacts (anything, being shown included)
    that became cart, favourite or purchase, for shops that log what they show · sure: how many standard deviations
    below the seen rate that bound lies.
    """

    half_life: float = 60.0
    measure: str = "count"
    sure: float = 1.96

    def __post_init__(self) -> None:
        require(self.half_life > 0, "half_life", self.half_life, "above 0 days")
        require(self.measure in MEASURES, "measure", repr(self.measure), f"one of {MEASURES}")
        require(self.sure >= 0, "sure", self.sure, "0 or more")

    def fit(self, data: Dataset, compute: Compute) -> "PopularModel":
        """The model of these settings, from what `data` may see."""
        score = self._count(data) if self.measure == "count" else self._rate(data)
        order = np.argsort(-score, kind="stable")[: np.count_nonzero(score > 0)]
        return PopularModel(order, score[order].astype(np.float32))

    def _count(self, data: Dataset) -> NDArray[np.float64]:
        signs = once_a_day(data.signs)
        weight = signs.liking * self._decay(signs, data.as_of)
        return np.bincount(signs.item, weight, minlength=len(data.catalog)).astype(np.float64)

    def _rate(self, data: Dataset) -> NDArray[np.float64]:
        contacts = data.events.where((data.events.item >= 0) & (data.events.user >= 0))
        contacts = once_a_day(contacts.where(contacts.kind != KIND["hide"]))
        wanted = once_a_day(contacts.of_kind(*WANTED))
        return wilson(self._decayed(wanted, data), self._decayed(contacts, data), self.sure)

    def _decayed(self, events: Events, data: Dataset) -> NDArray[np.float64]:
        """Number of events of each item, the older the less."""
        return np.bincount(events.item, self._decay(events, data.as_of), minlength=len(data.catalog)).astype(np.float64)

    def _decay(self, events: Events, now: float) -> NDArray[np.float64]:
        decay: NDArray[np.float64] = 0.5 ** (events.days_before(now) / self.half_life)
        return decay


def once_a_day(events: Events) -> Events:
    """The strongest sign of each shopper about each item on each day: who repeats it all day long speaks once."""
    day = np.floor(events.time / DAY)
    order = np.lexsort((-events.liking, day, events.item, events.user))
    same = (np.diff(events.user[order]) == 0) & (np.diff(events.item[order]) == 0) & (np.diff(day[order]) == 0)
    return events.where(order[np.concatenate([[True], ~same])[: len(order)]])


def wilson(hits: NDArray[np.float64], trials: NDArray[np.float64], sure: float) -> NDArray[np.float64]:
    """Lower bound of hits / trials, `sure` standard deviations down (Wilson 1927); 0 without trials."""
    n = np.maximum(trials, 1e-12)
    rate, z = np.minimum(hits / n, 1.0), sure**2 / n
    low = (rate + z / 2 - np.sqrt(z * (rate * (1 - rate) + z / 4))) / (1 + z)
    return np.where(hits > 0, np.maximum(low, 0), 0)


@dataclass(frozen=True, eq=False)
class PopularModel:
    """The same answer for everybody: items best first (n,), and the score of each (n,), above 0."""

    item: NDArray[np.int64]
    wanted: Float32

    part: ClassVar[str] = "retrieve:popular"

    def retrieve(self, queries: Queries, k: int) -> Candidates:
        """The k most wanted items."""
        places = [self._places(k, allowed, gone) for allowed, gone in zip(queries.allowed, _present(queries), strict=True)]
        return Candidates.of_lists([self.item[p] for p in places], [self.wanted[p] for p in places])

    def score(self, queries: Queries, candidates: Candidates) -> Float32:
        """The same score for given candidates (rows,)."""
        inside = (candidates.item >= 0) & (candidates.item < len(self._by_number))
        score = np.where(inside, self._by_number[np.where(inside, candidates.item, -1)], np.float32(np.nan))
        for query, gone in enumerate(_present(queries)):
            if gone:
                rows = slice(candidates.splits[query], candidates.splits[query + 1])
                score[rows][np.isin(candidates.item[rows], list(gone))] = np.nan
        return score.astype(np.float32)

    def because(self, queries: Queries, shown: Candidates) -> Sequence[Reasons]:
        """That many want it."""
        return alone("popular", self.score(queries, shown), shown, self.part, naming=False)

    @cached_property
    def _by_number(self) -> Float32:
        """Score by item number; NaN where there is none, and at the end."""
        score = np.full(int(self.item.max(initial=-1)) + 2, np.nan, dtype=np.float32)
        score[self.item] = self.wanted
        return score

    def _places(self, k: int, allowed: Mask | None, gone: set[int]) -> NDArray[np.int64]:
        """Places of the k best that are allowed and not gone; looks no further down than it must."""
        if allowed is None and not gone:
            return np.arange(min(k, len(self.item)))
        look, good = 4 * (k + len(gone)), np.zeros(0, dtype=np.int64)
        while k > 0:
            good = np.flatnonzero(_may(self.item[:look], allowed, gone))
            if len(good) >= k or look >= len(self.item):
                break
            look *= 4
        return good[:k]


def _may(item: NDArray[np.int64], allowed: Mask | None, gone: set[int]) -> Mask:
    may = ~np.isin(item, list(gone)) if gone else np.ones(len(item), dtype=bool)
    if allowed is not None:
        inside = item < len(allowed)
        may[~inside] = False
        may[inside] &= allowed[item[inside]]
    return may


def _present(queries: Queries) -> list[set[int]]:
    """What each query looks at or has in the basket: no need to offer it."""
    cut = queries.basket_splits
    rows = enumerate(queries.anchor.tolist())
    return [{*queries.basket_item[cut[q] : cut[q + 1]].tolist(), *([anchor] if anchor >= 0 else [])} for q, anchor in rows]
