"""Which items say something else than they did: what a model of words or vectors must look at again."""

import numpy as np
from numpy.typing import NDArray

from ronghe.core.catalog import Catalog
from ronghe.kernels.resized import resized

SAYING = ("title", "brand", "category", "attributes", "description", "deleted")
Digest = NDArray[np.uint64]


def text_digest(catalog: Catalog, *also: str) -> Digest:
    """A number for what each item says (items,), and for the columns `also`; it changes when a word does. Another version of polars
    may count otherwise.
    """
    return catalog.table.select(*SAYING, *also).hash_rows().to_numpy()


def restated(digest: Digest, catalog: Catalog, changed: NDArray[np.int64], *also: str) -> tuple[NDArray[np.int64], Digest]:
    """Those of the `changed` items that say something else than `digest` (items,) knows, ascending, and the digest after.

    also: columns that `digest` knows beside what items say.
    """
    now, after = text_digest(catalog, *also), resized(digest, len(catalog), 0)
    other = np.unique(changed[now[changed] != after[changed]])
    after[other] = now[other]
    return other, after
