"""What an item says as one sentence, for an encoder."""

import json

import numpy as np
from numpy.typing import NDArray

from ronghe.core.catalog import CATEGORY_JOINT, Catalog
from ronghe.core.errors import BadRecipe
from ronghe.core.text import clean

FIELDS = ("title", "brand", "category", "attributes", "description")
LONGEST = 300  # letters of one field that are read


def item_texts(catalog: Catalog, items: NDArray[np.int64], fields: tuple[str, ...]) -> list[str]:
    """One text an item: its `fields` in this order, joined by ". "; "" for an item that is deleted or says nothing."""
    rows = catalog.table[items]
    distinct = {name: {text: _said(name, text) for text in rows[name].unique(maintain_order=True)} for name in fields}
    parts = zip(*([distinct[name][text] for text in rows[name]] for name in fields), strict=True)
    joined = (". ".join(filter(None, said)) for said in parts)
    return ["" if gone else text for gone, text in zip(rows["deleted"], joined, strict=True)]


def check_says(setting: str, says: tuple[str, ...]) -> None:
    """BadRecipe, which names the setting, unless `says` are fields of an item that have words."""
    if not says or set(says) - set(FIELDS):
        raise BadRecipe(f"{setting} is {list(says)}; right would be some of {', '.join(FIELDS)}")


def _said(name: str, text: str) -> str:
    if name == "category":
        text = text.replace(CATEGORY_JOINT, ", ")
    if name == "attributes":
        held = json.loads(text) if text not in ("", "{}") else {}
        text = ", ".join(str(value) for value in held.values() if isinstance(value, str)) if isinstance(held, dict) else ""
    return clean(text)[:LONGEST]
