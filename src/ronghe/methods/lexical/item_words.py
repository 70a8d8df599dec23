"""What an item says in words, field by field."""

import json
from collections.abc import Callable

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ronghe.core.catalog import Catalog

FIELDS = ("title", "brand", "category", "attributes", "description")
Words = Callable[[str], list[str]]


def field_words(catalog: Catalog, items: NDArray[np.int64], words: Words) -> dict[str, list[list[str]]]:
    """The words of each field of `items`, as `words` cuts a text; a deleted item says nothing."""
    rows = catalog.table[items]
    gone = rows["deleted"]
    return {name: _cut(_text_of(rows, name), gone, words) for name in FIELDS}


def _cut(texts: pl.Series, gone: pl.Series, words: Words) -> list[list[str]]:
    distinct = {text: words(text) for text in texts.unique(maintain_order=True)}
    return [[] if away else distinct[text] for text, away in zip(texts, gone, strict=True)]


def _text_of(rows: pl.DataFrame, name: str) -> pl.Series:
    if name != "attributes":
        return rows[name]
    return pl.Series([attribute_text(value) for value in rows["attributes"]], dtype=pl.String)


def attribute_text(attributes: str) -> str:
    """The values of a JSON object of attributes; of those that are true, the name."""
    if attributes in ("", "{}"):
        return ""
    held = json.loads(attributes)
    return " · ".join(_said(name, value) for name, value in held.items()) if isinstance(held, dict) else ""


def _said(name: str, value: object) -> str:
    if isinstance(value, list):
        return " ".join(str(v) for v in value)
    if isinstance(value, bool):
        return name.replace("_", " ") if value else ""
    return "" if value is None else str(value)
