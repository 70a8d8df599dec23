"""How well an encoder finds the right answers of pairs that it does not learn from: Recall@10 and NDCG@10 in a pool."""

import numpy as np
from numpy.typing import NDArray

from ronghe.methods.encoders.tuning.lesson import Lesson, Read

PLACES = 10
STRANGERS = 0.995  # share of the pairs of strangers that lie below the cutoff


def judged(lesson: Lesson, read: Read) -> dict[str, float]:
    """Recall@10 and NDCG@10 of the right answers (one a question) among the pool; others that may be right too do not count.
    "cutoff" is the cosine that all but few strangers, questions and answers that have nothing to do with each other, lie below.

    Nothing where no pair judges.
    """
    if not len(lesson.judged):
        return {}
    cosine = read(lesson.judged.asked) @ read(lesson.pool).T
    place = places(cosine, lesson.apart)
    found = place <= PLACES
    strange = ~lesson.apart & ~np.eye(*cosine.shape, dtype=np.bool_)
    return {
        "recall@10": float(found.mean()),
        "ndcg@10": float(np.where(found, 1 / np.log2(1 + place), 0.0).mean()),
        "cutoff": round(float(np.quantile(cosine[strange], STRANGERS)), 3) if strange.any() else 0.0,
    }


def places(cosine: NDArray[np.float32], apart: NDArray[np.bool_]) -> NDArray[np.int64]:
    """The place of answer n for question n, from 1 (questions,), those that `apart` (questions, answers) marks left out."""
    score = np.where(apart, -np.inf, cosine)
    own = score[np.arange(len(score)), np.arange(len(score))]
    return np.asarray((score > own[:, None]).sum(axis=1) + 1, dtype=np.int64)
