"""A lesson: the pairs that are learnt from and those that judge, what tells them apart, what a teacher says of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ronghe.core.catalog import Catalog
from ronghe.core.errors import NotReady
from ronghe.methods.encoders.tuning.alike import Alike, things
from ronghe.methods.encoders.tuning.course import Course
from ronghe.methods.encoders.tuning.mining import bags, hard
from ronghe.methods.encoders.tuning.pairs import Pairs

Teacher = Callable[[Sequence[str], NDArray[np.int64]], NDArray[np.float32]]  # texts and items, row by row, to scores
Read = Callable[[Sequence[str]], NDArray[np.float32]]  # texts to unit vectors, as the encoder is now
POOL = 800  # answers among which those of the judging pairs must be found
ASKED = 300  # judging pairs at most
LABELS = 200  # categories, and brands, that may be foretold


@dataclass(frozen=True, eq=False)
class Lesson:
    """pairs learnt from · alike: which answers may be right for others · near (pairs, n): what makes neighbours, dense or sparse ·
    wrong (pairs, negatives): pairs whose answers are hard negatives, -1 = none · margin (pairs,): how much better the teacher
    finds the right answer than the first wrong one, NaN = not known · label (pairs, 2): category and brand, -1 = none ·
    judged: pairs that judge · pool: the answers among which they are sought, those of `judged` first · apart (judged, pool): true
    where another answer may be right too.
    """

    pairs: Pairs
    alike: Alike
    near: Any
    wrong: NDArray[np.int64]
    margin: NDArray[np.float32]
    label: NDArray[np.int64]
    judged: Pairs
    pool: tuple[str, ...]
    apart: NDArray[np.bool_]

    @property
    def labels(self) -> tuple[int, int]:
        """How many categories and brands there are to foretell."""
        return int(self.label[:, 0].max(initial=-1)) + 1, int(self.label[:, 1].max(initial=-1)) + 1


def lesson_of(
    pairs: Pairs, catalog: Catalog, course: Course, seed: int, teacher: Teacher | None = None, read: Read | None = None
) -> Lesson:
    """The lesson of a shop. NotReady where there are fewer pairs than a batch holds.

    teacher: whose margins are learnt, where the course asks for them · read: the encoder as it is, which finds hard negatives
    where the course says mine = "encoder".
    """
    rng = np.random.default_rng([seed, 1])
    learnt, judged, others = _parted(pairs, catalog, course.held, rng)
    if len(learnt) < course.batch:
        raise NotReady(f"{len(learnt)} pairs to learn from; a batch holds {course.batch}: more items or events are needed")
    alike = Alike.of(learnt, catalog)
    near, wrong = _mined(learnt, alike, course, rng, read)
    margin = np.full(len(learnt), np.nan, dtype=np.float32)
    if teacher is not None and course.teach and wrong.shape[1]:
        margin = _margins(learnt, wrong[:, 0], teacher)
    label = np.stack([_frequent(column)[learnt.item] for column in (catalog.category, catalog.brand)], axis=1)
    both = judged + others
    apart = Alike.of(both, catalog).mask(range(len(judged)), range(len(both)))
    apart[np.arange(len(judged)), np.arange(len(judged))] = False
    return Lesson(learnt, alike, near, wrong, margin, label, judged, both.answer, apart)


def _parted(pairs: Pairs, catalog: Catalog, share: float, rng: np.random.Generator) -> tuple[Pairs, Pairs, Pairs]:
    """Pairs to learn from, pairs that judge, others for the pool: no item and no text of a judging pair is learnt."""
    thing = things(catalog)[pairs.item]
    held = rng.random(int(thing.max(initial=-1)) + 1) < share
    rows = rng.permutation(np.flatnonzero(held[thing]))
    kinds = pairs.kind[rows]
    judges = rows[np.argsort(kinds, kind="stable")][:ASKED] if len(rows) else rows  # what was typed judges first
    asked = {pairs.asked[at].lower() for at in judges.tolist()}
    free = np.array([text.lower() not in asked for text in pairs.asked], dtype=bool) & ~held[thing]
    learnt = np.flatnonzero(free)
    others = rng.permutation(learnt)[: max(POOL - len(judges), 0)]
    return pairs.take(learnt), pairs.take(judges), pairs.take(others)


def _mined(
    learnt: Pairs, alike: Alike, course: Course, rng: np.random.Generator, read: Read | None
) -> tuple[Any, NDArray[np.int64]]:
    answers, number = bags(learnt.answer)
    asked: Any = bags(learnt.asked, number)[0] if course.negatives else None
    near: Any = answers
    if course.mine == "encoder" and read is not None:
        place = {text: at for at, text in enumerate(dict.fromkeys(learnt.answer))}
        near = read(list(place))[[place[text] for text in learnt.answer]]
        asked = read(learnt.asked) if course.negatives else None
    if not course.negatives:
        return near, np.zeros((len(learnt), 0), dtype=np.int64)
    return near, hard(asked, near, alike, course.negatives, course.margin, rng)


def _margins(learnt: Pairs, wrong: NDArray[np.int64], teacher: Teacher) -> NDArray[np.float32]:
    """How much better the teacher finds each right answer than the wrong one, in its own standard deviations; NaN where none."""
    known = wrong >= 0
    found = np.full(len(learnt), np.nan, dtype=np.float32)
    asked = [text for text, is_known in zip(learnt.asked, known.tolist(), strict=True) if is_known]
    gap = teacher(asked, learnt.item[known]) - teacher(asked, learnt.item[wrong[known]])
    found[known] = gap / max(float(np.nanstd(gap)), 1e-9)
    return found


def _frequent(number: NDArray[np.int64]) -> NDArray[np.int64]:
    """The LABELS most frequent of these numbers as 0, 1, …; others, and -1, are -1."""
    count = np.bincount(number[number >= 0], minlength=1)
    best = np.argsort(-count, kind="stable")[:LABELS]
    place = np.full(len(count) + 1, -1, dtype=np.int64)
    place[best[count[best] > 1]] = np.arange(int((count[best] > 1).sum()))
    return place[number]
