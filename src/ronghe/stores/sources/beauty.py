"""Amazon Beauty 2014, 5-core: sequences of 22,363 users over 12,101 items; short texts, brands and categories of the items.

Purchases of the past only: the also_bought and also_viewed graphs were collected after the events, so they are left out.
"""

import gzip
import html
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from ronghe.stores.chunks import Part, chunks_of
from ronghe.stores.sources.folder import folder_of
from ronghe.stores.sources.sequences import sequence_chunks


class Beauty:
    """Catalogue and sequences. sample: share of users."""

    def __init__(self, folder: Path | None = None, sample: float = 1.0) -> None:
        self._folder, self._sample = folder_of(folder, "beauty"), sample

    def parts(self, mapping: Mapping[str, Any] | None = None) -> list[Part]:
        """Items, then events."""
        lines = self._folder / "sequences.txt"
        return [
            Part("items", "Beauty.keywords.txt", "beauty:items", {}, lambda start: chunks_of(self._items(), start)),
            Part(
                "events",
                lines.name,
                f"beauty:events@{self._sample:g}",
                {},
                lambda start: sequence_chunks(lines, start, self._sample),
            ),
        ]

    def _items(self) -> pl.DataFrame:
        asin_of = json.loads((self._folder / "Beauty.id2asin.json").read_text(encoding="utf-8"))
        lines = (self._folder / "Beauty.keywords.txt").read_text(encoding="utf-8").splitlines()
        words = dict(line.split(" ", 1) for line in lines if " " in line)
        place = {asin: at for at, asin in enumerate(self._graph("product"))}
        brands, brand_of = self._graph("brand"), self._graph("brand_p_b")
        names, names_of = self._graph("category"), self._graph("category_p_c")
        rows = []
        for number, asin in asin_of.items():
            at = place.get(asin)
            brand = brand_of[at] if at is not None else ""
            levels = names_of[at].split() if at is not None else []
            title = words.get(asin, "")
            rows.append(
                {
                    "id": number,
                    "title": title[:1].upper() + title[1:],
                    "brand": html.unescape(brands[int(brand)]) if brand else "",
                    "category": [html.unescape(names[int(level)]).replace(">", "/") for level in levels[:3]],
                    "attributes": json.dumps({"asin": asin}),
                    "language": "en",
                }
            )
        return pl.DataFrame(rows)

    def _graph(self, name: str) -> list[str]:
        with gzip.open(self._folder / "graph" / f"{name}.txt.gz", "rt", encoding="utf-8") as lines:
            return lines.read().split("\n")
