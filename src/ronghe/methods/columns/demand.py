"""How much an item is wanted: a day, by how many, rising or falling, again and again. Known up to the moment of the fit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ronghe.core.candidates import Candidates
from ronghe.core.dataset import Dataset
from ronghe.core.errors import BadRecipe
from ronghe.core.events import DAY
from ronghe.core.queries import Queries
from ronghe.core.roles import Compute
from ronghe.methods.looking import of_items, share

SLIGHT = 0.02  # wanted once in 50 days: keeps the trend of rare items near 0


@dataclass(frozen=True)
class Demand:
    """Learns DemandModel.

    half_lives: days after which a sign of liking counts half, one column item:popularity_N each, shortest first.
    """

    half_lives: tuple[float, ...] = (7.0, 30.0, 180.0)

    def __post_init__(self) -> None:
        if not self.half_lives or min(self.half_lives) <= 0 or list(self.half_lives) != sorted(set(self.half_lives)):
            raise BadRecipe(f"half_lives is {self.half_lives}; right would be days above 0, shortest first")

    def fit(self, data: Dataset, compute: Compute) -> "DemandModel":
        """Demand as of `data.as_of`."""
        signs = data.signs.where(data.signs.liking > 0)
        signs = signs.where(signs.item < len(data.catalog))
        age, items = signs.days_before(data.as_of), len(data.catalog)
        span = float(age.max()) if len(age) else 1.0
        rate = np.stack([daily(signs.item, signs.liking, age, half, span, items) for half in self.half_lives])
        pair, visits = pairs_of(signs.user, signs.item, signs.time)
        shoppers = np.bincount(pair, minlength=items)
        again = np.bincount(pair, visits > 1, minlength=items)
        names = tuple(f"item:popularity_{half:g}" for half in self.half_lives)
        return DemandModel(names, rate.astype(np.float32), shoppers.astype(np.float32), share(again, shoppers))


@dataclass(frozen=True, eq=False)
class DemandModel:
    """names of the popularity columns · rate (half-lives, items): likings a day · shoppers (items,): how many ever liked it ·
    repeat (items,): the share of them who came back to it on another day, NaN = nobody yet.
    """

    names: tuple[str, ...]
    rate: NDArray[np.float32]
    shoppers: NDArray[np.float32]
    repeat: NDArray[np.float32]

    @property
    def provides(self) -> tuple[str, ...]:
        """Columns by name."""
        return (*self.names, "item:shoppers", "item:repeat_rate", "item:trend")

    def columns(self, names: Sequence[str], queries: Queries, candidates: Candidates) -> Mapping[str, NDArray[Any]]:
        """The asked columns (rows,). item:trend: log2 of the shortest rate over the longest, so 1 = twice as much lately."""
        return {name: self._column(name, candidates.item) for name in names}

    def _column(self, name: str, item: NDArray[np.int64]) -> NDArray[np.float32]:
        if name in self.names:
            return of_items(self.rate[self.names.index(name)], item, np.nan)
        if name == "item:trend":
            short, long = (of_items(self.rate[at], item, np.nan) for at in (0, -1))
            trend: NDArray[np.float32] = np.log2((short + SLIGHT) / (long + SLIGHT))
            return trend
        return of_items(self.shoppers if name == "item:shoppers" else self.repeat, item, np.nan)


def daily(
    item: NDArray[np.int64], liking: NDArray[np.float32], age: NDArray[np.float64], half: float, span: float, items: int
) -> NDArray[np.float64]:
    """Likings a day of each item (items,), each weighing half as much every `half` days, right for a log of `span` days too."""
    weight = np.bincount(item, liking * 0.5 ** (age / half), minlength=items)
    days = half / np.log(2) * (1 - 0.5 ** (max(span, 1.0) / half))  # the integral of 0.5^(t/half) from 0 to span
    rate: NDArray[np.float64] = weight / days
    return rate


def pairs_of(
    user: NDArray[np.int64], item: NDArray[np.int64], time: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Of each distinct (user, item): the item, and on how many days they met (pairs,)."""
    day = np.floor(time / DAY).astype(np.int64)
    order = np.lexsort((day, item, user))
    user, item, day = user[order], item[order], day[order]
    pair = np.ones(len(order), dtype=bool)
    pair[1:] = (user[1:] != user[:-1]) | (item[1:] != item[:-1])
    fresh = pair.copy()
    fresh[1:] |= day[1:] != day[:-1]
    return item[pair], np.bincount(np.cumsum(pair)[fresh] - 1, minlength=int(pair.sum()))
