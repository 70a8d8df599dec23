"""What is new in the shop: newly offered, or first sold lately, and finding its buyers."""

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
from ronghe.core.events import DAY
from ronghe.core.queries import Queries
from ronghe.core.roles import Compute
from ronghe.core.slates import Reasons
from ronghe.methods.collaborative.popular import once_a_day
from ronghe.methods.collaborative.taste import Taste
from ronghe.methods.reasons import alone
from ronghe.methods.scoring import Float32, looked_up, retrieved, silenced


@dataclass(frozen=True)
class Recent:
    """Learns RecentModel: when each item began, and how it has been received since.

    An item begins when the catalogue says it was created, else with its first event; an item whose first event lies in the
    first `days` of the log may be older than the log and is not called new. score = 0.5 ** (age / half_life) *
    (1 + log2(1 + liking of shoppers since)), so that a fresh thing nobody knows yet still stands above an old one.

    days: an item is new so long · half_life: days after which newness counts half.
    """

    days: float = 30.0
    half_life: float = 10.0

    def __post_init__(self) -> None:
        require(self.days > 0, "days", self.days, "above 0")
        require(self.half_life > 0, "half_life", self.half_life, "above 0 days")

    def fit(self, data: Dataset, compute: Compute) -> "RecentModel":
        """The model of these settings, from what `data` may see."""
        signs = once_a_day(data.signs)
        liking = np.bincount(signs.item, signs.liking, minlength=len(data.catalog))
        begun = np.where(np.isnan(data.catalog.created), _first_seen(data, self.days), data.catalog.created)
        model = RecentModel(np.zeros(0, np.int64), np.zeros(0), np.zeros(0, np.float32), data.as_of, self.days, self.half_life)
        return model.with_items(np.arange(len(begun)), begun, (1 + np.log2(1 + np.maximum(liking, 0))).astype(np.float32))


def _first_seen(data: Dataset, days: float) -> NDArray[np.float64]:
    known = data.events.where(data.events.item >= 0)
    first = np.full(len(data.catalog), np.inf)
    np.minimum.at(first, known.item, known.time)
    log = known.time.min() if len(known) else np.inf
    return np.where(np.isfinite(first) & (first >= log + days * DAY), first, np.nan)


@dataclass(frozen=True, eq=False)
class RecentModel:
    """New items: number, begun (epoch seconds) and welcome (1 + log2(1 + liking)), (n,) each, ascending by number."""

    item: NDArray[np.int64]
    begun: NDArray[np.float64]
    welcome: Float32
    as_of: float
    days: float
    half_life: float

    part: ClassVar[str] = "retrieve:recent"

    def retrieve(self, queries: Queries, k: int) -> Candidates:
        """The k items that are newest and best received."""
        return retrieved(self._all(queries), self._taste, queries, k)

    def score(self, queries: Queries, candidates: Candidates) -> NDArray[np.float32]:
        """The same score for given candidates (rows,)."""
        return looked_up(self._all(queries), self._taste, candidates)

    def because(self, queries: Queries, shown: Candidates) -> Sequence[Reasons]:
        """That it is new."""
        return alone("new", self.score(queries, shown), shown, self.part, naming=False)

    def with_catalog(self, catalog: Catalog, changed: NDArray[np.int64]) -> "RecentModel":
        """This model knowing when the items `changed` were created; new ones need no retrain."""
        created = catalog.created[changed]
        dated = ~np.isnan(created)
        return self.with_items(changed[dated], created[dated], np.ones(int(dated.sum()), dtype=np.float32))

    def with_items(self, item: NDArray[np.int64], begun: NDArray[np.float64], welcome: Float32) -> "RecentModel":
        """This model with more items, or other beginnings of known ones; what is too old at as_of is left out."""
        known = np.isin(item, self.item)
        at = np.searchsorted(self.item, item[known])
        before = self.begun.copy()
        before[at] = begun[known]
        items = np.concatenate([self.item, item[~known]])
        begun, welcome = np.concatenate([before, begun[~known]]), np.concatenate([self.welcome, welcome[~known]])
        order = np.argsort(items, kind="stable")
        order = order[begun[order] > self.as_of - self.days * DAY]
        return replace(self, item=items[order], begun=begun[order], welcome=welcome[order])

    @cached_property
    def _taste(self) -> Taste:
        return Taste(self.item, self.half_life, 1.0)

    def _all(self, queries: Queries) -> Float32:
        now = np.maximum(queries.time, self.as_of)[:, None]  # what the model knows is no older than as_of
        age = (now - self.begun) / DAY  # (queries, n)
        fresh = np.where((age >= 0) & (age <= self.days), 0.5 ** (np.maximum(age, 0) / self.half_life) * self.welcome, 0)
        return silenced(fresh.astype(np.float32), self._taste, queries)
