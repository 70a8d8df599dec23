"""Fashion product pictures: 4,000 garments with names, colours, seasons and use, without events."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from ronghe.stores.chunks import Part, chunks_of
from ronghe.stores.sources.folder import folder_of


class Fashion:
    """A catalogue; `sample` says nothing."""

    def __init__(self, folder: Path | None = None, sample: float = 1.0) -> None:
        self._path = folder_of(folder, "fashion") / "products.csv"

    def parts(self, mapping: Mapping[str, Any] | None = None) -> list[Part]:
        """The items."""
        return [Part("items", self._path.name, "fashion:items", {}, lambda start: chunks_of(_items(self._path), start))]


def _items(path: Path) -> pl.DataFrame:
    facts = {"gender": "gender", "baseColour": "colour", "season": "season", "year": "year", "usage": "use"}
    return pl.read_csv(path, infer_schema=False).select(
        "id",
        pl.col("productDisplayName").alias("title"),
        pl.concat_str("masterCategory", "subCategory", "articleType", separator=" > ", ignore_nulls=True).alias("category"),
        pl.struct(pl.col(name).alias(said) for name, said in facts.items()).struct.json_encode().alias("attributes"),
        pl.concat_str("id", pl.lit(".jpg")).alias("image"),
        pl.lit("en").alias("language"),
    )
