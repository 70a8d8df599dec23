"""What the catalogue says that items have in common, as rows beside the shoppers': brand, category levels, attributes."""

import json
from collections.abc import Iterator

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from ronghe.core.catalog import CATEGORY_JOINT, Catalog


def side_rows(catalog: Catalog, items: NDArray[np.int64]) -> sp.csr_matrix:
    """1 where a fact holds of an item, float32 CSR (facts, n); facts that only one item has are left out."""
    rows = catalog.table[items]
    said = zip(rows["brand"], rows["category"], rows["attributes"], strict=True)
    held = [set(_facts(*fields)) for fields in said]
    number = {fact: at for at, fact in enumerate(sorted(set().union(*held)))}
    row = np.array([number[fact] for one in held for fact in sorted(one)], dtype=np.int64)
    column = np.repeat(np.arange(len(held)), [len(one) for one in held])
    table = sp.csr_matrix((np.ones(len(row), dtype=np.float32), (row, column)), shape=(len(number), len(held)))
    return sp.csr_matrix(table[np.diff(table.indptr) > 1])


def _facts(brand: str, category: str, attributes: str) -> Iterator[str]:
    levels = category.split(CATEGORY_JOINT) if category else []
    yield from (f"category {CATEGORY_JOINT.join(levels[: depth + 1])}" for depth in range(len(levels)))
    if brand:
        yield f"brand {brand}"
    for name, value in json.loads(attributes or "{}").items():
        yield from (f"attribute {name} {one}" for one in (value if isinstance(value, list) else [value]))
