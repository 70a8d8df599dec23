"""Amazon Video Games 2018: sequences of 50,546 users over 16,859 items, 16,845 of them with a title."""

import html
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from ronghe.stores.chunks import Part, chunks_of
from ronghe.stores.sources.folder import folder_of
from ronghe.stores.sources.sequences import sequence_chunks


class Games:
    """Catalogue and sequences. sample: share of users."""

    def __init__(self, folder: Path | None = None, sample: float = 1.0) -> None:
        self._folder, self._sample = folder_of(folder, "games"), sample

    def parts(self, mapping: Mapping[str, Any] | None = None) -> list[Part]:
        """Items, then events."""
        titles, lines = self._folder / "item_titles.tsv", self._folder / "sequences.txt"
        return [
            Part("items", titles.name, "games:items", {}, lambda start: chunks_of(_items(titles), start)),
            Part(
                "events",
                lines.name,
                f"games:events@{self._sample:g}",
                {},
                lambda start: sequence_chunks(lines, start, self._sample),
            ),
        ]


def _items(path: Path) -> pl.DataFrame:
    table = pl.read_csv(path, separator="\t", quote_char=None, infer_schema=False)
    table = table.with_columns(pl.Series("title", [html.unescape(title or "") for title in table["title"].to_list()]))
    attributes = pl.struct("asin").struct.json_encode()
    return table.select(pl.col("item_id").alias("id"), "title", attributes.alias("attributes"), pl.lit("en").alias("language"))
