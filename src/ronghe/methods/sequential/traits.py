"""What items have in common, as a table: brand, category levels, attributes, words of the title."""

import json
import re

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from ronghe.core.catalog import CATEGORY_JOINT, Catalog
from ronghe.core.text import clean

WORD = re.compile(r"\w+")
COMMON = 0.2  # a trait of more than this share of the items tells nothing


def traits(catalog: Catalog, items: NDArray[np.int64]) -> sp.csr_matrix:
    """1 where an item has a trait that at least one other item has too, and not everybody: float32 CSR (items, traits)."""
    rows = catalog.table[items]
    said = zip(rows["brand"], rows["category"], rows["attributes"], rows["title"], strict=True)
    found = [_traits(*fields) for fields in said]
    number = {trait: at for at, trait in enumerate(sorted({trait for one in found for trait in one}))}
    row = np.repeat(np.arange(len(found)), [len(one) for one in found])
    column = np.array([number[trait] for one in found for trait in sorted(one)], dtype=np.int64)
    table = sp.csr_matrix((np.ones(len(row), dtype=np.float32), (row, column)), shape=(len(found), len(number)))
    count = np.bincount(table.indices, minlength=table.shape[1])
    return sp.csr_matrix(table[:, (count > 1) & (count <= max(COMMON * len(found), 2))])


def _traits(brand: str, category: str, attributes: str, title: str) -> set[str]:
    levels = category.split(CATEGORY_JOINT) if category else []
    found = {f"category {CATEGORY_JOINT.join(levels[: at + 1])}" for at in range(len(levels))}
    found |= {f"brand {brand}"} if brand else set()
    found |= {f"word {word}" for word in WORD.findall(clean(title).lower())}
    held = json.loads(attributes) if attributes not in ("", "{}") else {}
    for name, value in (held if isinstance(held, dict) else {}).items():
        found |= {f"attribute {name} {one}" for one in (value if isinstance(value, list) else [value])}
    return found
