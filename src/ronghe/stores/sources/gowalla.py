"""Gowalla check-ins in LightGCN's split: "user item item …" a line, without order or titles; train.txt, then test.txt."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl

from ronghe.core.events import DAY
from ronghe.stores.chunks import Chunk, Part, chunks_of
from ronghe.stores.sources.folder import folder_of
from ronghe.stores.sources.sequences import EPOCH, sequence_chunks

TRAIN_DAY, TEST_DAY = 0, 365  # made-up moments: all of train.txt lies before all of test.txt


class Gowalla:
    """Places as items and check-ins as purchases. sample: share of users."""

    def __init__(self, folder: Path | None = None, sample: float = 1.0) -> None:
        self._folder, self._sample = folder_of(folder, "gowalla"), sample

    def parts(self, mapping: Mapping[str, Any] | None = None) -> list[Part]:
        """Items, then the two halves of the split as events."""
        found = [Part("items", "train.txt, test.txt", "gowalla:items", {}, lambda start: chunks_of(self._items(), start))]
        for name, day in (("train", TRAIN_DAY), ("test", TEST_DAY)):
            path = self._folder / f"{name}.txt"
            mark = f"gowalla:{name}@{self._sample:g}"
            found.append(Part("events", path.name, mark, {}, partial(self._events, path, day)))
        return found

    def _items(self) -> pl.DataFrame:
        ids: set[int] = set()
        for name in ("train.txt", "test.txt"):
            for line in (self._folder / name).read_text(encoding="utf-8").splitlines():
                ids.update(map(int, line.split()[1:]))
        return pl.DataFrame({"id": [str(i) for i in sorted(ids)]}).with_columns(("Place " + pl.col("id")).alias("title"))

    def _events(self, path: Path, day: int, start: int) -> Iterator[Chunk]:
        for chunk in sequence_chunks(path, start, self._sample):
            assert isinstance(chunk.rows, pl.DataFrame)
            rows = chunk.rows.with_columns(
                (pl.lit(f"{path.stem}-") + pl.col("id")).alias("id"),
                pl.lit(EPOCH + day * DAY).alias("time"),
                pl.lit("purchase").alias("kind"),
            )
            yield replace(chunk, rows=rows)
