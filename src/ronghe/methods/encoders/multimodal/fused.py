"""What is known of items by several senses, and as one vector each: a mean, weighed by the gate."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ronghe.core.catalog import Catalog
from ronghe.methods.encoders.item_vectors import ItemVectors
from ronghe.methods.encoders.multimodal.heads import Gate, unit

Part = ItemVectors
Float16 = NDArray[np.float16]


@dataclass(frozen=True, eq=False)
class Fused:
    """vectors (items, dim) of unit length, 0 of an item of which nothing is known · share (items, senses): how much each sense's
    vector counts in it.
    """

    vectors: Float16
    share: NDArray[np.float32]

    @staticmethod
    def of(parts: Sequence[Part], gate: Gate, events: NDArray[np.int64], alive: NDArray[np.bool_]) -> "Fused":
        """Each item's senses, weighed by the gate; nothing of items that are gone."""
        items = np.arange(len(alive))
        known = np.stack([part.row >= 0 for part in parts], axis=1) & alive[:, None]
        share = gate(known, events)
        total = np.zeros((len(items), parts[0].vectors.shape[1]), dtype=np.float32)
        for at, part in enumerate(parts):
            total += share[:, at : at + 1] * part[items]
        length = np.linalg.norm(total, axis=1, keepdims=True)
        return Fused(unit(total).astype(np.float16), (share / np.maximum(length, 1e-9)).astype(np.float32))

    @property
    def there(self) -> NDArray[np.bool_]:
        """Items of which something is known (items,)."""
        return np.asarray(self.share.any(axis=1))


@dataclass(frozen=True, eq=False)
class Known:
    """parts: one a sense, in the order of SENSES · events (items,): what the gate heard of · fused: vectors of items as they were
    last looked at · row (items,): the vector of each item, -1 none.
    """

    parts: tuple[Part, ...]
    events: NDArray[np.int64]
    fused: Fused
    row: NDArray[np.int64]

    @staticmethod
    def of(parts: tuple[Part, ...], gate: Gate, events: NDArray[np.int64], catalog: Catalog) -> "Known":
        """What is known of all items, looked at for the first time."""
        fused = Fused.of(parts, gate, events, alive(catalog))
        return Known(parts, events, fused, np.where(fused.there, np.arange(len(catalog)), -1))


def alive(catalog: Catalog) -> NDArray[np.bool_]:
    """Items that are not deleted (items,)."""
    return ~catalog.table["deleted"].to_numpy()
