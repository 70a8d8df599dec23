"""Items: one table, one schema; row number = item number."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ronghe.core.errors import BadData
from ronghe.core.media import MediaFiles
from ronghe.core.vocabulary import Vocabulary

SCHEMA: dict[str, pl.DataType] = {
    "id": pl.String(),
    "title": pl.String(),  # never null; may be ""
    "description": pl.String(),  # never null; may be ""
    "brand": pl.String(),  # "" = none
    "category": pl.String(),  # path, levels joined by " > "; "" = none
    "attributes": pl.String(),  # JSON object of str -> str | number | list[str]; "{}" = none
    "price": pl.Float64(),  # in the shop's currency; null = unknown
    "stock": pl.Int64(),  # pieces; null = not tracked (counts as in stock)
    "group": pl.String(),  # variants of one thing share it; "" = stands alone
    "image": pl.String(),  # URL, or name of a file of `media`; "" = none
    "language": pl.String(),  # ISO 639-1; "" = unknown
    "created": pl.Float64(),  # epoch seconds; null = unknown
    "deleted": pl.Boolean(),  # never null; a deleted item keeps its number
}
CATEGORY_JOINT = " > "


@dataclass(frozen=True, eq=False)
class Catalog:
    """The shop's items. `table` has exactly SCHEMA's columns; row n is item number n. media: where the pictures and sounds lie
    that they name, None = nowhere that can be read.
    """

    table: pl.DataFrame
    media: MediaFiles | None = None

    def __post_init__(self) -> None:
        if dict(self.table.schema) != SCHEMA:
            raise BadData(f"catalogue columns are {dict(self.table.schema)}; right would be {SCHEMA}")

    def __len__(self) -> int:
        return self.table.height

    @staticmethod
    def empty() -> "Catalog":
        """A catalogue without items."""
        return Catalog(pl.DataFrame(schema=SCHEMA))

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """Item ids <-> item numbers."""
        return Vocabulary(tuple(self.table["id"].to_list()))

    @cached_property
    def title(self) -> list[str]:
        """Title of each item."""
        return self.table["title"].to_list()

    @cached_property
    def price(self) -> NDArray[np.float64]:
        """Price of each item (items,); NaN = unknown."""
        return self.table["price"].fill_null(float("nan")).to_numpy()

    @cached_property
    def created(self) -> NDArray[np.float64]:
        """When each item was first offered, epoch seconds (items,); NaN = unknown."""
        return self.table["created"].fill_null(float("nan")).to_numpy()

    @cached_property
    def available(self) -> NDArray[np.bool_]:
        """True where the item may be shown: not deleted, and in stock or not tracked (items,)."""
        in_stock = (self.table["stock"].is_null()) | (self.table["stock"] > 0).fill_null(True)
        return (in_stock & ~self.table["deleted"]).to_numpy()

    @cached_property
    def brands(self) -> Vocabulary:
        """Brand names, first seen first; "" is not among them."""
        return _distinct(self.table["brand"])

    @cached_property
    def brand(self) -> NDArray[np.int64]:
        """Brand number of each item (items,); -1 = none."""
        return self.brands.numbers(self.table["brand"].to_list())

    @cached_property
    def categories(self) -> Vocabulary:
        """Full category paths, first seen first; "" is not among them."""
        return _distinct(self.table["category"])

    @cached_property
    def category(self) -> NDArray[np.int64]:
        """Number of each item's full category path (items,); -1 = none."""
        return self.categories.numbers(self.table["category"].to_list())

    @cached_property
    def departments(self) -> Vocabulary:
        """First levels of the category paths."""
        return _distinct(self._first_level)

    @cached_property
    def department(self) -> NDArray[np.int64]:
        """Number of each item's first category level (items,); -1 = none."""
        return self.departments.numbers(self._first_level.to_list())

    @cached_property
    def group(self) -> NDArray[np.int64]:
        """Number of the group of variants that each item belongs to (items,); -1 = stands alone."""
        named = (self.table["group"].fill_null("") != "").to_numpy()
        if not named.any():
            return np.full(len(self), -1)
        rank = self.table["group"].rank("dense").fill_null(0).to_numpy().astype(np.int64)  # unsigned, -1 would be a group
        return np.where(named, rank, -1)

    @property
    def _first_level(self) -> pl.Series:
        return self.table["category"].str.split(CATEGORY_JOINT).list.first()

    def numbers(self, ids: Sequence[str]) -> NDArray[np.int64]:
        """Item numbers of shop ids; -1 where unknown."""
        return self.vocabulary.numbers(ids)

    def row(self, item: int) -> dict[str, object]:
        """One item as a dictionary of SCHEMA's columns."""
        return self.table.row(item, named=True)

    def upserted(self, rows: pl.DataFrame) -> "Catalog":
        """This catalogue with `rows` (SCHEMA) replacing items of the same id and appending the new ones in order."""
        rows = rows.unique("id", keep="last", maintain_order=True)
        at = self.vocabulary.numbers(rows["id"].to_list())
        fresh = rows.filter(pl.Series(at < 0))
        old = rows.filter(pl.Series(at >= 0))
        kept = self.table.update(old, on="id", how="left", include_nulls=True) if old.height else self.table
        new = Catalog(pl.concat([kept.select(list(SCHEMA)), fresh]), self.media)
        if not fresh.height:
            new._inherit(self, at)
        return new

    def _inherit(self, other: "Catalog", changed: NDArray[np.int64]) -> None:
        """Takes over what `other` already worked out, where the changed rows left it as it was."""
        taken = {"vocabulary": "id", "title": "title", "brands": "brand", "brand": "brand", "price": "price", "group": "group"}
        taken |= dict.fromkeys(("categories", "category", "departments", "department"), "category")
        rows = changed.tolist()
        for name, column in taken.items():
            if name in other.__dict__ and self.table[column][rows].equals(other.table[column][rows], null_equal=True):
                self.__dict__[name] = other.__dict__[name]


def _distinct(column: pl.Series) -> Vocabulary:
    return Vocabulary(tuple(column.filter(column.fill_null("") != "").unique(maintain_order=True).to_list()))
