"""Icecat: 19,406 electronics products for search, without events."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from ronghe.stores import files
from ronghe.stores.chunks import Chunk, Part
from ronghe.stores.sources.folder import folder_of


class Icecat:
    """A catalogue; `sample` says nothing."""

    def __init__(self, folder: Path | None = None, sample: float = 1.0) -> None:
        self._path = folder_of(folder, "icecat_search") / "products.jsonl.gz"

    def parts(self, mapping: Mapping[str, Any] | None = None) -> list[Part]:
        """The items."""
        return [Part("items", self._path.name, "icecat:items", {}, self._chunks)]

    def _chunks(self, start: int) -> Iterator[Chunk]:
        for chunk in files.chunks(self._path, start, 5_000):
            assert isinstance(chunk.rows, list)
            yield replace(chunk, rows=[_item(row) for row in chunk.rows])


def _item(row: Mapping[str, Any]) -> dict[str, Any]:
    attributes = {key.split("_", 2)[2].replace("_", " ").strip(): value for key, value in row.items() if key.startswith("attr_")}
    return {
        "id": row["id"],
        "title": row["title"],
        "description": row.get("short_description"),
        "brand": row["supplier"],
        "attributes": {"model": row["name"], **dict(list(attributes.items())[:90])},
        "price": row["price"] / 100,  # the file has cents
        "image": row["img_500x500"] or row["img_high"],
        "language": "en",
        "created": row["date_released"] or None,
    }
