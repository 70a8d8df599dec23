"""Which items say something else than they did: what a model of words or vectors must look at again."""

import numpy as np
from numpy.typing import NDArray

from ronghe.core.catalog import Catalog

SAYING = ("title", "brand", "category", "attributes", "description", "deleted")


def text_digest(catalog: Catalog) -> NDArray[np.uint64]:
    """A number for what each item says (items,); it changes when a word does. Another version of polars may count otherwise."""
    return catalog.table.select(*SAYING).hash_rows().to_numpy()


def restated(
    digest: NDArray[np.uint64], catalog: Catalog, changed: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.uint64]]:
    """Those of the `changed` items that say something else than `digest` (items,) knows, ascending, and the digest after."""
    now = text_digest(catalog)
    after = np.zeros(len(catalog), dtype=np.uint64)
    after[: len(digest)] = digest[: len(catalog)]
    other = np.unique(changed[now[changed] != after[changed]])
    after[other] = now[other]
    return other, after
