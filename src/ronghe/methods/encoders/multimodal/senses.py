"""What is known of items, sense by sense, before any head looks at it: texts, features of files, factors of who buys them."""

import json
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from ronghe.core.catalog import Catalog
from ronghe.core.dataset import Dataset
from ronghe.core.errors import NotReady
from ronghe.core.media import PICTURE
from ronghe.kernels.low_rank import directions
from ronghe.methods.encoders.media.copies import COPIES
from ronghe.methods.encoders.media.features import PICTURES, SOUNDS, Sense, lacking
from ronghe.methods.encoders.media.kept import Read, Track, features_of
from ronghe.methods.encoders.multimodal.captions import SOUND

SENSES = ("says", "facts", "looks", "sounds", "sells")
FILES: dict[str, Sense] = {"looks": PICTURES, "sounds": SOUNDS}  # senses that read files
TURNS = 4


def names_of(catalog: Catalog, items: NDArray[np.int64], sense: str) -> list[str]:
    """The file that each item names for a sense; "" = none."""
    rows = catalog.table[items]
    found = rows["image"].to_list() if FILES[sense].name == PICTURE else [_sound(text) for text in rows["attributes"].to_list()]
    return ["" if gone else name for name, gone in zip(found, rows["deleted"].to_list(), strict=True)]


@dataclass(frozen=True, eq=False)
class Files:
    """read: features of files, and whose they are · copies (c, files, f): features of the same files altered."""

    read: Read
    copies: NDArray[np.float16]


def files_of(catalog: Catalog, items: NDArray[np.int64], sense: str, track: Track | None = None) -> Files:
    """Features of the files of items. NotReady when there are files, and what reads them is not installed."""
    names = names_of(catalog, items, sense)
    if catalog.media is not None and any(names) and (needs := lacking(FILES[sense])):
        raise NotReady(f"multimodal reads {FILES[sense].name}s with what is not installed: {needs}")
    read = features_of(catalog.media, FILES[sense], names, track)
    whose = {row: name for row, name in zip(read.row.tolist(), names, strict=True) if row >= 0}
    kept = [whose[row] for row in range(len(read.features))]
    copies = [features_of(catalog.media, other, kept, track).features for other in COPIES[FILES[sense].name]]
    shape = (0, *read.features.shape)
    return Files(read, np.stack(copies) if copies and len(kept) else np.zeros(shape, dtype=np.float16))


def factors_of(data: Dataset, items: NDArray[np.int64], width: int, seed: int) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Factors of who likes which of the `items`, of unit length (known, f), and the row of each item (items,), -1 = nobody yet.

    The table is D_U^-1/2 R D_I^-1/2, so that neither busy shoppers nor bestsellers drown the others.
    """
    liking = data.interactions()[:, items].tocsr()
    events = np.diff(liking.tocsc().indptr)
    if width < 1 or not liking.nnz:
        return np.zeros((0, max(width, 1)), dtype=np.float32), np.full(len(items), -1, dtype=np.int64)
    table = _evened(liking)
    strength, vectors = directions(table, width, np.random.default_rng(seed), TURNS)
    known = np.flatnonzero((events > 0) & (np.abs(vectors).sum(axis=1) > 0))
    found = vectors[known] * np.sqrt(strength)
    row = np.full(len(items), -1, dtype=np.int64)
    row[known] = np.arange(len(known))
    return (found / np.linalg.norm(found, axis=1, keepdims=True)).astype(np.float32), row


def events_of(data: Dataset, items: NDArray[np.int64]) -> NDArray[np.int64]:
    """By how many shoppers each item is liked (items,)."""
    found: NDArray[np.int64] = np.diff(data.interactions()[:, items].tocsc().indptr).astype(np.int64)
    return found


def pairs_of(data: Dataset, items: NDArray[np.int64], most: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Pairs of places in `items` that the same shopper likes, at most `most`, drawn by chance (pairs, 2)."""
    liking = data.interactions()[:, items].tocsr()
    liking.sort_indices()
    length = np.diff(liking.indptr)
    able = np.flatnonzero(length > 1)
    if not len(able):
        return np.zeros((0, 2), dtype=np.int64)
    who = able[rng.integers(len(able), size=most)]
    first = rng.integers(length[who])
    second = (first + 1 + rng.integers(length[who] - 1)) % length[who]
    start = liking.indptr[who]
    return np.stack([liking.indices[start + first], liking.indices[start + second]], axis=1).astype(np.int64)


def _evened(liking: sp.csr_matrix) -> sp.csr_matrix:
    table = liking.astype(np.float32).copy()
    table.data[:] = 1.0
    rows = np.maximum(np.diff(table.indptr), 1)
    columns = np.maximum(np.bincount(table.indices, minlength=table.shape[1]), 1)
    table.data /= np.sqrt(np.repeat(rows, np.diff(table.indptr)) * columns[table.indices]).astype(np.float32)
    return table


def _sound(attributes: str) -> str:
    if SOUND not in attributes:
        return ""
    held: Any = json.loads(attributes)
    said = held.get(SOUND, "") if isinstance(held, dict) else ""
    return said if isinstance(said, str) else ""
