"""What a shopper likes: their share of each category, department and brand, and how dear they buy."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ronghe.core.candidates import Candidates
from ronghe.core.catalog import Catalog
from ronghe.core.dataset import Dataset
from ronghe.core.errors import BadRecipe
from ronghe.core.events import DAY
from ronghe.core.queries import Queries
from ronghe.core.roles import Compute
from ronghe.kernels.pairs import Slots
from ronghe.methods.looking import asked, of_items, share

Float32 = NDArray[np.float32]
COLUMNS = {
    "pair:category_share": "category_share",
    "pair:department_share": "department_share",
    "pair:brand_share": "brand_share",
    "pair:category_days_since": "category_days_since",
    "pair:price_ratio": "price_ratio",
}


@dataclass(frozen=True)
class Taste:
    """Learns TasteModel: the kinds of items, and how dear each is for its category.

    half_life: days after which an event of the history counts half.
    """

    half_life: float = 180.0

    def __post_init__(self) -> None:
        if not self.half_life > 0:
            raise BadRecipe(f"half_life is {self.half_life}; right would be days above 0")

    def fit(self, data: Dataset, compute: Compute) -> "TasteModel":
        """The kinds of the dataset's catalogue."""
        return tastes_of(self.half_life, data.catalog)


@dataclass(frozen=True, eq=False)
class TasteModel:
    """category, department, brand: number of each item's, -1 = none · dear: log of price over the usual price of its
    category, NaN = unknown (items,) each · half_life: see Taste.
    """

    half_life: float
    category: NDArray[np.int64]
    department: NDArray[np.int64]
    brand: NDArray[np.int64]
    dear: Float32

    @property
    def provides(self) -> tuple[str, ...]:
        """Columns by name."""
        return tuple(COLUMNS)

    def columns(self, names: Sequence[str], queries: Queries, candidates: Candidates) -> Mapping[str, NDArray[Any]]:
        """The asked columns (rows,), out of the query's own history; the properties of the view say what each means."""
        return asked(Tastes(self, queries, candidates), COLUMNS, names)

    def with_catalog(self, catalog: Catalog, changed: NDArray[np.int64]) -> "TasteModel":
        """The same taste over the catalogue as it is now."""
        return tastes_of(self.half_life, catalog)


def tastes_of(half_life: float, catalog: Catalog) -> TasteModel:
    """The kinds of a catalogue."""
    return TasteModel(half_life, catalog.category, catalog.department, catalog.brand, dearness(catalog))


def dearness(catalog: Catalog) -> Float32:
    """Log of each item's price over the geometric mean of its category (items,); NaN = no price above 0."""
    price = np.log(np.where(catalog.price > 0, catalog.price, np.nan))
    known = np.flatnonzero(~np.isnan(price))
    kind = catalog.category + 1  # items without a category are one category
    total = np.bincount(kind[known], price[known], minlength=len(catalog.categories) + 1)
    count = np.bincount(kind[known], minlength=len(catalog.categories) + 1)
    dear: Float32 = (price - (total / np.maximum(count, 1))[kind]).astype(np.float32)
    return dear


@dataclass(frozen=True, eq=False)
class Tastes:
    """The taste columns of one batch, each computed on first use."""

    model: TasteModel
    queries: Queries
    candidates: Candidates

    @cached_property
    def _liked(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
        """Query, item, age in days and weight of each liked event of the histories."""
        history = self.queries.history
        query, liking = history.query, history.liking
        age = (self.queries.time[query] - history.time) / DAY
        rows = (liking > 0) & (age >= 0) & (history.item >= 0)
        return query[rows], history.item[rows], age[rows], liking[rows] * 0.5 ** (age[rows] / self.model.half_life)

    def _slots(self, kind: NDArray[np.int64]) -> tuple[Slots, NDArray[np.int64]]:
        """A slot for each query and kind that is asked about, and that of each liked event, -1 = none."""
        query, item, _, _ = self._liked
        held = of_items(kind, item, -1)
        slots = Slots.of(self.candidates.query, of_items(kind, self.candidates.item, -1), held)
        return slots, slots.find(query, held)

    def _share(self, kind: NDArray[np.int64]) -> Float32:
        query, _, _, weight = self._liked
        slots, at = self._slots(kind)
        liked = np.bincount(at[at >= 0], weight[at >= 0], minlength=len(slots.key))
        total = np.bincount(query, weight, minlength=len(self.queries))[slots.key // slots.width]
        return slots.spread(share(liked, total))

    @cached_property
    def category_share(self) -> Float32:
        """Share of the shopper's liking in the item's category; NaN = no history."""
        return self._share(self.model.category)

    @cached_property
    def department_share(self) -> Float32:
        """Share of the shopper's liking in the item's department; NaN = no history."""
        return self._share(self.model.department)

    @cached_property
    def brand_share(self) -> Float32:
        """Share of the shopper's liking in the item's brand; NaN = no history."""
        return self._share(self.model.brand)

    @cached_property
    def category_days_since(self) -> Float32:
        """Since they last liked something of it; NaN = never."""
        age, (slots, at) = self._liked[2], self._slots(self.model.category)
        last = np.full(len(slots.key), np.nan)
        last[at[at >= 0]] = age[at >= 0]  # oldest first, so the youngest is written last
        return slots.spread(last)

    @cached_property
    def price_ratio(self) -> Float32:
        """How dear for its category / how dear they buy: 1 = as usual; NaN = unknown."""
        query, item, _, weight = self._liked
        dear = of_items(self.model.dear, item, np.nan)
        known = ~np.isnan(dear)
        total = np.bincount(query[known], (weight * dear)[known], minlength=len(self.queries))
        count = np.bincount(query[known], weight[known], minlength=len(self.queries))
        usual = share(total, count)[self.candidates.query]
        ratio: Float32 = np.exp(of_items(self.model.dear, self.candidates.item, np.nan) - usual)
        return ratio
