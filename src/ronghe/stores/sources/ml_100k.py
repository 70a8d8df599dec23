"""MovieLens 100k as RecBole's atomic files (tab-separated, "name:type" headers): ratings of 943 people for 1,682 films."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from ronghe.stores.chunks import Part, chunks_of
from ronghe.stores.sources.folder import folder_of, taken


class ML100k:
    """Films and ratings. sample: share of people."""

    def __init__(self, folder: Path | None = None, sample: float = 1.0) -> None:
        self._folder, self._sample = folder_of(folder, "ml-100k"), sample

    def parts(self, mapping: Mapping[str, Any] | None = None) -> list[Part]:
        """Items, then events."""
        return [
            Part("items", "ml-100k.item", "ml-100k:items", {}, lambda start: chunks_of(self._items(), start)),
            Part("events", "ml-100k.inter", f"ml-100k:events@{self._sample:g}", {}, lambda start: chunks_of(self._events(), start)),
        ]

    def _items(self) -> pl.DataFrame:
        table = atomic(self._folder / "ml-100k.item")
        return table.select(
            pl.col("item_id").alias("id"),
            pl.col("movie_title").alias("title"),
            pl.col("class").str.split(" ").list.first().alias("category"),
            pl.struct(pl.col("release_year").alias("year"), pl.col("class").str.split(" ").alias("genre"))
            .struct.json_encode()
            .alias("attributes"),
            pl.lit("en").alias("language"),
        )

    def _events(self) -> pl.DataFrame:
        table = atomic(self._folder / "ml-100k.inter").filter(taken(pl.col("user_id").cast(pl.Int64), self._sample))
        return table.select(
            pl.concat_str("user_id", "item_id", separator="-").alias("id"),
            pl.col("timestamp").alias("time"),
            pl.col("user_id").alias("user"),
            pl.col("item_id").alias("item"),
            pl.lit("rating").alias("kind"),
            pl.col("rating").alias("amount"),
        )


def atomic(path: Path) -> pl.DataFrame:
    """An atomic file as text columns, named without their types."""
    table = pl.read_csv(path, separator="\t", quote_char=None, infer_schema=False)
    return table.rename(lambda name: name.split(":")[0])
