"""The texts nearest to each question: through the index, or by multiplying all that may answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ronghe.kernels.segments import splits_of
from ronghe.kernels.top import best_of
from ronghe.methods.encoders.vector_index import VectorIndex

Found = tuple[NDArray[np.int64], NDArray[np.float32]]  # texts and cosines, best first
Mask = NDArray[np.bool_]
SPARE = 8  # candidates beyond k that are looked at exactly
WIDER = 2  # candidates asked of an index for each text that is wanted


@dataclass(frozen=True, eq=False)
class TextVectors:
    """vectors (texts, dim) · index of the first index.size of them · row (items,): text of each item, -1 = none."""

    vectors: NDArray[np.float16]
    index: VectorIndex
    row: NDArray[np.int64]

    @cached_property
    def wide(self) -> NDArray[np.float32]:
        """The vectors in single precision; only for an exact index."""
        return self.vectors.astype(np.float32)

    def of_mask(self, may: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Texts that some allowed item says (texts,)."""
        allowed = np.zeros(len(self.vectors) + 1, dtype=bool)
        size = min(len(may), len(self.row))
        allowed[self.row[:size][may[:size]]] = True  # -1 falls on the last one
        return allowed[:-1]

    @cached_property
    def said(self) -> NDArray[np.bool_] | None:
        """Texts that some item says (texts,); None = all are. An item may have been retitled since the index was built."""
        count = np.bincount(self.row[self.row >= 0], minlength=len(self.vectors))
        return None if count.all() else count > 0

    def items_of(self, texts: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The items that say these texts, and for each the place of its text in `texts`."""
        items, splits = self._said_by
        length = splits[texts + 1] - splits[texts]
        cut = splits_of(length)
        rows = np.repeat(splits[texts] - cut[:-1], length) + np.arange(cut[-1])
        return items[rows], np.repeat(np.arange(len(texts)), length)

    @cached_property
    def _said_by(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        there = np.flatnonzero(self.row >= 0)
        order = there[np.argsort(self.row[there], kind="stable")]
        return order, splits_of(np.bincount(self.row[there], minlength=len(self.vectors)))


def nearest_texts(
    texts: TextVectors,
    questions: NDArray[np.float32],
    k: int,
    floor: NDArray[np.float64],
    allowed: Sequence[NDArray[np.bool_] | None],
) -> list[Found]:
    """At most k texts a question (questions, dim) whose cosine reaches its floor (questions,), that allowed items say."""
    if not len(questions):
        return []
    masks = [texts.said if may is None else texts.of_mask(may) for may in allowed]
    near = _by_all(texts, questions, k, masks) if texts.index.is_exact else _by_index(texts, questions, k, masks)
    return [
        _looked_at(texts, question, rows, k, least) for question, rows, least in zip(questions, near, floor.tolist(), strict=True)
    ]


def cosines(vectors: NDArray[Any], question: NDArray[np.float32]) -> NDArray[np.float32]:
    """Cosine of each vector (n, dim) with a question (dim,); of a pair always the same bits, whatever else is asked."""
    found: NDArray[np.float32] = np.einsum("rd,d->r", vectors.astype(np.float32), question)
    return found


def _by_all(texts: TextVectors, questions: NDArray[np.float32], k: int, masks: Sequence[Mask | None]) -> list[NDArray[np.int64]]:
    rough = questions @ texts.wide.T + np.float32(1.0)  # its last bits depend on how many are asked together
    return [best_of(row, k + SPARE, mask) for row, mask in zip(rough, masks, strict=True)]


def _by_index(texts: TextVectors, questions: NDArray[np.float32], k: int, masks: Sequence[Mask | None]) -> list[NDArray[np.int64]]:
    """Candidates out of the index; all allowed texts where these gave too few."""
    later = np.arange(texts.index.size, len(texts.vectors))
    near = [np.concatenate([rows[rows >= 0], later]) for rows in texts.index.nearest(questions, WIDER * k)]
    for at, mask in enumerate(masks):
        if mask is not None:
            near[at] = near[at][mask[near[at]]]
            if len(near[at]) < k:
                near[at] = np.flatnonzero(mask)
    return near


def _looked_at(texts: TextVectors, question: NDArray[np.float32], rows: NDArray[np.int64], k: int, floor: float) -> Found:
    cosine = cosines(texts.vectors[rows], question)
    order = np.lexsort((rows, -cosine))[:k]
    order = order[cosine[order] >= floor]
    return rows[order], cosine[order]
