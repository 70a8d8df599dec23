"""Neighbours in meaning or in words: which pairs go into a batch together, which answers are hard to tell from the right one."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from ronghe.methods.encoders.tuning.alike import Alike
from ronghe.methods.encoders.tuning.made import words_of

Rows = NDArray[np.int64]
CHUNK = 4096  # pairs among which neighbours are looked for when batches are made
BLOCK = 512
DEEP = 32  # nearest answers among which hard negatives are drawn


def bags(texts: Sequence[str], known: dict[str, int] | None = None) -> tuple[sp.csr_matrix, dict[str, int]]:
    """Words of each text as a row of unit length, rare ones heavier (texts, words), and the number of each word.

    known: numbers of words from before; other words do not count then.
    """
    number = known if known is not None else {}
    said = [list(dict.fromkeys(words_of(text))) for text in texts]
    if known is None:
        for word in (word for words in said for word in words):
            number.setdefault(word, len(number))
    kept = [[number[word] for word in words if word in number] for words in said]
    splits = np.concatenate([[0], np.cumsum([len(row) for row in kept])])
    flat = np.array([word for row in kept for word in row], dtype=np.int64)
    rare = np.log(1 + len(texts) / (1 + np.bincount(flat, minlength=len(number))))
    matrix = sp.csr_matrix((rare[flat], flat, splits), shape=(len(texts), len(number)), dtype=np.float32)
    length = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    return sp.csr_matrix(sp.diags(1 / np.maximum(length, 1e-9)) @ matrix, dtype=np.float32), number


def products(left: Any, right: Any) -> NDArray[np.float32]:
    """Every row of `left` with every row of `right`, dense or sparse (left, right)."""
    found = left @ right.T
    return np.asarray(found.todense() if sp.issparse(found) else found, dtype=np.float32)


def batches(vectors: Any, size: int, near: int, rng: np.random.Generator) -> Iterator[Rows]:
    """Every pair once, `size` together (the rest is left out): groups of `near` neighbours by vectors (pairs, n).

    vectors: dense or sparse.
    """
    order = rng.permutation(vectors.shape[0])
    if near > 1:
        order = np.concatenate([_grouped(vectors, part, near) for part in np.split(order, range(CHUNK, len(order), CHUNK))])
        groups = np.split(order, range(near, len(order), near))
        order = np.concatenate([groups[at] for at in rng.permutation(len(groups))])
    for start in range(0, len(order) - size + 1, size):
        yield order[start : start + size]


def _grouped(vectors: Any, rows: Rows, near: int) -> Rows:
    """The rows in another order: each that is left, and the nearest that are left."""
    free = np.ones(len(rows), dtype=bool)
    held = vectors[rows]
    found: list[Rows] = []
    for start in range(0, len(rows), BLOCK):
        close = products(held[start : start + BLOCK], held)
        for at in range(start, min(start + BLOCK, len(rows))):
            if free[at]:
                score = np.where(free, close[at - start], -np.inf)
                score[at] = np.inf
                best = np.argsort(-score, kind="stable")[: min(near, int(free.sum()))]
                free[best] = False
                found.append(rows[best])
    return np.concatenate(found)


def hard(asked: Any, answers: Any, alike: Alike, count: int, margin: float, rng: np.random.Generator) -> Rows:
    """For each pair the pairs whose answers are near what it asks and yet wrong (pairs, count); -1 where there are no more.

    asked, answers (pairs, n): vectors, dense or sparse · margin: an answer whose product is above this share of the right one's may
    be right too.
    """
    n = asked.shape[0]
    found = np.full((n, count), -1, dtype=np.int64)
    for start in range(0, n, BLOCK):
        score = products(asked[start : start + BLOCK], answers)
        for row, near in enumerate(score):
            at = start + row
            best = np.argpartition(-near, min(DEEP, n - 1))[:DEEP]
            may = best[(near[best] < margin * near[at]) & (near[best] > 0)] if near[at] > 0 else best
            may = may[~alike.mask([at], may.tolist())[0]]
            drawn = rng.permutation(may)[:count]
            found[at, : len(drawn)] = drawn
    return found
