"""How well an encoder finds the right answers of pairs that it does not learn from: Recall@10 and NDCG@10 in a pool."""

import numpy as np
from numpy.typing import NDArray

from ronghe.methods.encoders.tuning.lesson import Lesson, Read

PLACES = 10


def judged(lesson: Lesson, read: Read) -> dict[str, float]:
    """Recall@10 and NDCG@10 of the right answers (one a question) among the pool; others that may be right too do not count.

    Nothing where no pair judges."""
    if not len(lesson.judged):
        return {}
    place = places(read(lesson.judged.asked), read(lesson.pool), lesson.apart)
    found = place <= PLACES
    return {"recall@10": float(found.mean()), "ndcg@10": float(np.where(found, 1 / np.log2(1 + place), 0.0).mean())}


def places(asked: NDArray[np.float32], pool: NDArray[np.float32], apart: NDArray[np.bool_]) -> NDArray[np.int64]:
    """The place of answer n for question n, from 1 (questions,)."""
    score = np.where(apart, -np.inf, asked @ pool.T)
    own = score[np.arange(len(asked)), np.arange(len(asked))]
    return np.asarray((score > own[:, None]).sum(axis=1) + 1, dtype=np.int64)
