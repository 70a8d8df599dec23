"""Questions as vectors, and the items near them: what every model answers that has a vector an item."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ronghe.core.candidates import Candidates
from ronghe.kernels.keyed import picked
from ronghe.methods.encoders.item_vectors import ItemVectors
from ronghe.methods.encoders.nearest import TextVectors, cosines, nearest_texts


@dataclass(frozen=True, eq=False)
class Questions:
    """vectors (queries, dim) · floor (queries,): the cosine that counts, infinite where there is no question · anchor (queries,):
    the item that asks, which is no answer, -1 = none.
    """

    vectors: NDArray[np.float32]
    floor: NDArray[np.float64]
    anchor: NDArray[np.int64]

    @staticmethod
    def none(anchor: NDArray[np.int64], dim: int) -> "Questions":
        """No question yet, to be filled in."""
        return Questions(np.zeros((len(anchor), dim), dtype=np.float32), np.full(len(anchor), np.inf), anchor)


def nearest_items(held: TextVectors, asked: Questions, allowed: Sequence[NDArray[np.bool_] | None], k: int) -> Candidates:
    """The k items nearest to each question, of those that are allowed; nothing where there is none."""
    items: list[NDArray[np.int64]] = [np.zeros(0, dtype=np.int64)] * len(asked.floor)
    scores: list[NDArray[np.float32]] = [np.zeros(0, dtype=np.float32)] * len(asked.floor)
    some = np.flatnonzero(asked.floor < np.inf).tolist()
    found = nearest_texts(held, asked.vectors[some], k + 1, asked.floor[some], [allowed[at] for at in some])
    for at, (texts, cosine) in zip(some, found, strict=True):
        item, which = held.items_of(texts)
        may, keep = allowed[at], item != asked.anchor[at]
        if may is not None:
            keep &= picked(may, item)
        item, near = item[keep], cosine[which[keep]]
        order = np.lexsort((item, -near))[:k]
        items[at], scores[at] = item[order], near[order]
    return Candidates.of_lists(items, scores)


def likeness(held: ItemVectors, asked: Questions, candidates: Candidates) -> NDArray[np.float32]:
    """Cosine of each candidate with its question (rows,); NaN where there is no question, the item asks itself, nothing is known of
    it, or it is a stranger.
    """
    vectors, query = held[candidates.item], candidates.query
    parts = [cosines(vectors[a:b], asked.vectors[at]) for at, (a, b) in enumerate(pairwise(candidates.splits))]
    cosine = np.concatenate([np.zeros(0, dtype=np.float32), *parts])
    own, unknown = asked.anchor[query] == candidates.item, ~np.any(vectors, axis=1)
    return np.where(own | unknown | (cosine < asked.floor[query]), np.nan, cosine).astype(np.float32)
