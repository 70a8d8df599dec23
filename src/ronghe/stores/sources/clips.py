"""Instrument clips: 224 sounds of three seconds with instrument, family and note, without events."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from ronghe.stores.chunks import Part, chunks_of
from ronghe.stores.sources.folder import folder_of


class Clips:
    """A catalogue; `sample` says nothing."""

    def __init__(self, folder: Path | None = None, sample: float = 1.0) -> None:
        self._path = folder_of(folder, "clips") / "clips.csv"

    def parts(self, mapping: Mapping[str, Any] | None = None) -> list[Part]:
        """The items."""
        return [Part("items", self._path.name, "clips:items", {}, lambda start: chunks_of(_items(self._path), start))]


def _items(path: Path) -> pl.DataFrame:
    facts = {"soundfont": "soundfont", "midi_note": "note", "file": "sound"}
    return pl.read_csv(path, infer_schema=False).select(
        pl.col("file").str.strip_suffix(".flac").alias("id"),
        pl.col("instrument").alias("title"),
        pl.concat_str(pl.lit("Instruments"), "family", separator=" > ").alias("category"),
        pl.struct(pl.col(name).alias(said) for name, said in facts.items()).struct.json_encode().alias("attributes"),
        pl.lit("en").alias("language"),
    )
