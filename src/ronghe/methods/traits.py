"""What items have in common, as a table: brand, category levels, attributes and, where asked, words of the title."""

import json
import re
from collections.abc import Iterator

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from ronghe.core.catalog import CATEGORY_JOINT, Catalog
from ronghe.core.text import clean

WORD = re.compile(r"\w+")
COMMON = 0.2  # a trait of more than this share of the items tells nothing


def traits(catalog: Catalog, items: NDArray[np.int64], words: bool = True, common: float = COMMON) -> sp.csr_matrix:
    """1 where an item has a trait that at least one other item has too, and no more than a share `common` of all: float32 CSR
    (items, traits). words: those of the title are traits as well.
    """
    rows = catalog.table[items]
    said = zip(rows["brand"], rows["category"], rows["attributes"], rows["title"], strict=True)
    found = [sorted(set(_traits(*fields, words=words))) for fields in said]
    number = {trait: at for at, trait in enumerate(sorted(set().union(*found)))}
    row = np.repeat(np.arange(len(found)), [len(one) for one in found])
    column = np.array([number[trait] for one in found for trait in one], dtype=np.int64)
    table = sp.csr_matrix((np.ones(len(row), dtype=np.float32), (row, column)), shape=(len(found), len(number)))
    count = np.bincount(table.indices, minlength=table.shape[1])
    return sp.csr_matrix(table[:, (count > 1) & (count <= max(common * len(found), 2))])


def _traits(brand: str, category: str, attributes: str, title: str, words: bool) -> Iterator[str]:
    levels = category.split(CATEGORY_JOINT) if category else []
    yield from (f"category {CATEGORY_JOINT.join(levels[: depth + 1])}" for depth in range(len(levels)))
    if brand:
        yield f"brand {brand}"
    held = json.loads(attributes) if attributes not in ("", "{}") else {}
    for name, value in (held if isinstance(held, dict) else {}).items():
        yield from (f"attribute {name} {one}" for one in (value if isinstance(value, list) else [value]))
    if words:
        yield from (f"word {word}" for word in WORD.findall(clean(title).lower()))
