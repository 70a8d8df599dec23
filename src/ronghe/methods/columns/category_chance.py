"""How likely the typed text is about an item's category, as a column for rankers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from ronghe.core.candidates import Candidates
from ronghe.core.catalog import Catalog
from ronghe.core.dataset import Dataset
from ronghe.core.queries import Queries
from ronghe.core.roles import Compute
from ronghe.methods.looking import of_items

COLUMN = "pair:category_chance"


@dataclass(frozen=True)
class CategoryChance:
    """Learns CategoryChanceModel: where items lie. Needs likely-category under [understand]; without, the column is unknown."""

    timeless: ClassVar[bool] = True  # learns from the catalogue alone: training fits it once

    def fit(self, data: Dataset, compute: Compute) -> "CategoryChanceModel":
        """The categories of the dataset's items."""
        return CategoryChanceModel(self, data.catalog.category.astype(np.int64))


@dataclass(frozen=True, eq=False)
class CategoryChanceModel:
    """category (items,): number in the catalogue, -1 none."""

    learner: CategoryChance
    category: NDArray[np.int64]

    @property
    def provides(self) -> tuple[str, ...]:
        """Columns by name."""
        return (COLUMN,)

    def columns(self, names: Sequence[str], queries: Queries, candidates: Candidates) -> Mapping[str, NDArray[Any]]:
        """The probability of each row's category, 0 where it is not among the likely ones; NaN = nothing is known of the text."""
        found = np.full(len(candidates.item), np.nan, dtype=np.float32)
        for query, kinds in enumerate(queries.kinds):
            if kinds:
                rows = slice(candidates.splits[query], candidates.splits[query + 1])
                own = of_items(self.category, candidates.item[rows], -1)
                found[rows] = sum(np.where(own == number, chance, 0.0) for number, chance in kinds)
        return dict.fromkeys(names, found)

    def with_catalog(self, catalog: Catalog, changed: NDArray[np.int64]) -> "CategoryChanceModel":
        """This model in a shop whose items lie elsewhere."""
        return replace(self, category=catalog.category.astype(np.int64))
