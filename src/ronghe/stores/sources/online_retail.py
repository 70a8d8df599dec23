"""UCI Online Retail (doi:10.24432/C5BW33): 541,909 invoice lines of a British gift shop, 2010-12 to 2011-12.

Lines that sell nothing (cancellations with negative pieces, fees, manual corrections) are no purchases and are rejected or
left out: what is left out is named in NO_PRODUCT; what is negative is refused by the checks, row by row.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from ronghe.stores.chunks import Part, chunks_of
from ronghe.stores.sources.folder import folder_of

NO_PRODUCT = ("POST", "DOT", "M", "m", "D", "S", "B", "C2", "CRUK", "BANK CHARGES", "AMAZONFEE", "PADS")


class OnlineRetail:
    """Things sold and invoice lines; who bought without an account is a visit. sample: share of shoppers."""

    def __init__(self, folder: Path | None = None, sample: float = 1.0) -> None:
        self._path, self._sample = folder_of(folder, "online_retail") / "online_retail.parquet", sample

    def parts(self, mapping: Mapping[str, Any] | None = None) -> list[Part]:
        """Items, then events."""
        mark = f"online-retail:events@{self._sample:g}"
        return [
            Part("items", self._path.name, "online-retail:items", {}, lambda start: chunks_of(self._items(), start)),
            Part("events", self._path.name, mark, {}, lambda start: chunks_of(self._events(), start)),
        ]

    def _lines(self) -> pl.DataFrame:
        return pl.read_parquet(self._path).with_row_index("row").filter(~pl.col("StockCode").is_in(NO_PRODUCT))

    def _items(self) -> pl.DataFrame:
        sold = self._lines().filter((pl.col("Quantity") > 0) & (pl.col("UnitPrice") > 0) & pl.col("Description").is_not_null())
        return sold.group_by("StockCode", maintain_order=True).agg(
            pl.col("Description").str.strip_chars().mode(maintain_order=True).first().str.to_titlecase().alias("title"),
            pl.col("UnitPrice").quantile(0.5, interpolation="lower").alias("price"),
            pl.lit("en").alias("language"),
        ).rename({"StockCode": "id"})  # fmt: skip

    def _events(self) -> pl.DataFrame:
        lines = self._lines()
        if self._sample < 1.0:
            who = pl.coalesce(pl.col("CustomerID").cast(pl.String), "InvoiceNo").unique().sort()
            chosen = lines.select(who).to_series().sample(fraction=self._sample, seed=0)
            lines = lines.filter(pl.coalesce(pl.col("CustomerID").cast(pl.String), "InvoiceNo").is_in(chosen.implode()))
        return lines.select(
            pl.concat_str("InvoiceNo", "row", separator="-").alias("id"),
            pl.col("InvoiceDate").alias("time"),
            pl.col("CustomerID").cast(pl.String).alias("user"),
            pl.col("InvoiceNo").alias("session"),
            pl.col("StockCode").alias("item"),
            pl.lit("purchase").alias("kind"),
            pl.col("Quantity").alias("amount"),
            pl.col("UnitPrice").alias("price"),
        )
