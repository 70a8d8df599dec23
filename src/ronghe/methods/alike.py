"""Vectors by which items are alike, asked of another method by its name: from text, or from the graph of who likes what."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ronghe.core.dataset import Dataset
from ronghe.core.roles import Compute
from ronghe.methods import method
from ronghe.methods.scoring import Float32, Items

Numbers = NDArray[np.int64]


def placed(known: Items, table: Float32, items: Numbers) -> Float32:
    """Rows of `table` (n, dim) by item number (items, dim); 0 where the item is not known."""
    column = known.columns(items)
    found = np.zeros((len(items), table.shape[1]), dtype=np.float32)
    found[column >= 0] = table[column[column >= 0]]
    return found


# How the vectors of given items are read out of the model that a method learns.
GIVES: dict[str, Callable[[Any, Numbers], Float32]] = {
    "semantic": lambda model, items: model.item_vectors[items],
    "als": lambda model, items: placed(model.taste, model.item, items),
    "bpr": lambda model, items: placed(model.taste, model.item, items),
    "lightgcn": lambda model, items: placed(model.taste, model.onto, items),
}


def vectors_of(name: str, data: Dataset, items: Numbers, compute: Compute) -> Float32:
    """Unit vectors (items, dim) of a method of GIVES with its default settings; 0 where it knows nothing of an item."""
    found = GIVES[name](method(name)().fit(data, compute), items)
    unit: Float32 = found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), np.float32(1e-9))
    return unit
