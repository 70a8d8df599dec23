"""Litemall: 239 Chinese household products with category paths and attributes, without events."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from ronghe.stores.chunks import Part, chunks_of
from ronghe.stores.sources.folder import folder_of


class Litemall:
    """A Chinese catalogue, without events; `sample` says nothing."""

    def __init__(self, folder: Path | None = None, sample: float = 1.0) -> None:
        self._path = folder_of(folder, "litemall_zh") / "goods.json"

    def parts(self, mapping: Mapping[str, Any] | None = None) -> list[Part]:
        """The items."""
        return [Part("items", self._path.name, "litemall:items", {}, lambda start: chunks_of(_items(self._path), start))]


def _value(name: str, said: str) -> str | list[str]:
    """A value written one way: on one line, 100% 棉 as 100%棉; of several colours, each."""
    text = re.sub(r"(?<=%) (?=\S)", "", " ".join(said.split()))
    return [one.strip() for one in text.split("/") if one.strip()] if name == "颜色" and "/" in text else text


def _items(path: Path) -> pl.DataFrame:
    return pl.DataFrame([
        {
            "id": goods["id"],
            "title": goods["name"],
            "description": goods["brief"],
            "category": goods["category_path"],
            "attributes": json.dumps({n.strip("*"): _value(n, v) for n, v in goods["attributes"].items()}, ensure_ascii=False),
            "price": goods["retail_price"],
            "image": goods["image_url"],
            "language": "zh",
        }
        for goods in json.loads(path.read_text(encoding="utf-8"))
    ])  # fmt: skip
