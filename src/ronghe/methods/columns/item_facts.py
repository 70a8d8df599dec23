"""What the catalogue says of an item at this moment: price, availability, brand, category, department, variants, age."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ronghe.core.candidates import Candidates
from ronghe.core.catalog import Catalog
from ronghe.core.dataset import Dataset
from ronghe.core.events import DAY
from ronghe.core.queries import Queries
from ronghe.core.roles import Compute
from ronghe.methods.looking import of_items


@dataclass(frozen=True)
class ItemFacts:
    """Learns ItemFactsModel: nothing but the catalogue as it is."""

    timeless: ClassVar[bool] = True  # learns from the catalogue alone: training fits it once

    def fit(self, data: Dataset, compute: Compute) -> "ItemFactsModel":
        """The facts of the dataset's catalogue."""
        return facts_of(data.catalog)


@dataclass(frozen=True, eq=False)
class ItemFactsModel:
    """One value an item (items,): price NaN = unknown · available · numbers of brand, category, department and group of
    variants, -1 = none, good for telling equal from unequal · created epoch seconds, NaN = unknown.
    """

    price: NDArray[np.float32]
    available: NDArray[np.bool_]
    brand: NDArray[np.int64]
    category: NDArray[np.int64]
    department: NDArray[np.int64]
    group: NDArray[np.int64]
    created: NDArray[np.float64]

    @property
    def provides(self) -> tuple[str, ...]:
        """Columns by name."""
        return (*(f"item:{name}" for name in MISSING), "item:age_days")

    def columns(self, names: Sequence[str], queries: Queries, candidates: Candidates) -> Mapping[str, NDArray[Any]]:
        """The asked columns (rows,). item:age_days: since the item was first offered, at the query's moment."""
        return {name: self._column(name.removeprefix("item:"), queries, candidates) for name in names}

    def _column(self, name: str, queries: Queries, candidates: Candidates) -> NDArray[Any]:
        if name != "age_days":
            return of_items(getattr(self, name), candidates.item, MISSING[name])
        age: NDArray[np.float64] = (queries.time[candidates.query] - of_items(self.created, candidates.item, np.nan)) / DAY
        return np.maximum(age, 0.0).astype(np.float32)

    def with_catalog(self, catalog: Catalog, changed: NDArray[np.int64]) -> "ItemFactsModel":
        """The facts of the catalogue as it is now."""
        return facts_of(catalog)


MISSING: dict[str, Any] = {"price": np.nan, "available": False, "brand": -1, "category": -1, "department": -1, "group": -1}


def facts_of(catalog: Catalog) -> ItemFactsModel:
    """What a catalogue says."""
    return ItemFactsModel(
        catalog.price.astype(np.float32), catalog.available, catalog.brand, catalog.category, catalog.department,
        groups_of(catalog), catalog.created,
    )  # fmt: skip


def groups_of(catalog: Catalog) -> NDArray[np.int64]:
    """Number of the group of variants of each item (items,); -1 = stands alone."""
    group = catalog.table["group"]
    named = group.fill_null("") != ""
    if not named.any():
        return np.full(len(catalog), -1, dtype=np.int64)
    number = group.rank("dense").cast(pl.Int64).fill_null(-1).to_numpy()
    return np.where(named.to_numpy(), number, -1).astype(np.int64)
