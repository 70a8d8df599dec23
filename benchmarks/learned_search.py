"""Learned search: the order of what the legs find, learnt from judged queries; cross-validated, with its ingredients one by one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from time import monotonic
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks import icecat
from ronghe.compute.local import Local
from ronghe.core.candidates import Candidates
from ronghe.core.dataset import Dataset
from ronghe.core.judgements import Judgements
from ronghe.core.roles import Retriever
from ronghe.evaluate.ranking import Judged, ndcg
from ronghe.evaluate.wanted import Wanted
from ronghe.funnel.funnel import Funnel
from ronghe.funnel.fusion import ReciprocalRank
from ronghe.kernels.segments import splits_of
from ronghe.learn.graded import Grades, judged_by
from ronghe.methods.columns.item_facts import ItemFacts
from ronghe.methods.lexical.field_words import FieldWords
from ronghe.methods.lexical.text import terms
from ronghe.methods.policy.best import Best
from ronghe.methods.ranking.boosted import Boosted

FOLDS = 5
WEIGHTS = {"semantic": 0.3, "by-title": 0.1, "tuned": 0.3}
START = Boosted(trees=200, leaves=7, rate=0.05, rows=30, l2=5.0, share=0.7, keep=0, learns="grade")
OTHERS: tuple[dict[str, Any], ...] = (
    {"learns": "order"}, {"learns": "seen-grade"}, {"learns": "seen-grade", "trees": 100},
    {"learns": "seen-grade", "leaves": 15}, {"learns": "seen-grade", "share": 1.0},
)  # fmt: skip
INGREDIENTS: dict[str, tuple[str, ...]] = {  # beginnings of features
    "bm25, semantic and their fusion": ("retrieve:bm25", "retrieve:semantic", "fuse:bm25", "fuse:semantic", "fuse:total"),
    "+ semantic by title alone": ("retrieve:by-title", "fuse:by-title"),
    "+ semantic tuned on the catalogue's words, where it was": ("retrieve:tuned", "fuse:tuned"),
    "+ score of each field": ("pair:title_score", "pair:description_score", "pair:facts_score", "pair:brand_score"),
    "+ best field, its place in the catalogue, the least word": ("pair:best", "pair:least"),
    "+ share of the words that each field says": (
        "pair:title_share", "pair:description_share", "pair:facts_share", "pair:said_share",
    ),
    "+ where in the title": ("pair:title_first", "pair:title_head", "pair:title_after", "pair:title_gaps"),
    "+ lengths and the query": ("item:title_words", "item:description_words", "query:"),
    "+ price and age": ("item:price", "item:age_days"),
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Exam:
    """judged: what the legs find for every query · wanted · group of each query (queries,): near-duplicates share one · seed."""

    judged: Judgements
    wanted: Wanted
    group: NDArray[np.int64]
    seed: int

    @staticmethod
    def of(held: icecat.Judged, data: Dataset, legs: Mapping[str, Retriever], wanted: Wanted, depth: int, seed: int) -> "Exam":
        """The exam on judged queries."""
        grades = Grades({query: held.grades[query] for query in held.queries})
        judged = judged_by(funnel_over(legs, data, depth, Local(seed)), grades, now(data), "search")
        return Exam(judged, wanted, near_duplicates(held.queries), seed)

    def only(self, beginnings: tuple[str, ...]) -> "Exam":
        """The same exam where models see only features whose names begin so."""
        found = self.judged.candidates
        evidence = {name: values for name, values in found.evidence.items() if name.startswith(beginnings)}
        columns = {name: values for name, values in found.columns.items() if name.startswith(beginnings)}
        return replace(self, judged=replace(self.judged, candidates=replace(found, evidence=evidence, columns=columns)))

    @property
    def fold(self) -> NDArray[np.int64]:
        """The fold of each query (queries,)."""
        return folds(self.group, self.seed)

    def part(self, mask: NDArray[np.bool_]) -> Judgements:
        """Judgements of the queries that `mask` (queries,) picks."""
        found = self.judged.candidates
        rows = np.flatnonzero(mask[found.query])
        kept = found.in_order(rows, splits_of(found.counts[mask]))
        seen = self.judged.seen[rows] if self.judged.seen is not None else None
        return Judgements(self.judged.queries.take(np.flatnonzero(mask)), kept, self.judged.gain[rows], seen)

    def ranked(self, learner: Boosted, train: NDArray[np.bool_], test: NDArray[np.bool_]) -> NDArray[np.float32]:
        """Scores of the rows of `test` queries by a model that saw the `train` queries only."""
        asked = self.part(test)
        return learner.fit(self.part(train), Local(self.seed)).score(asked.queries, asked.candidates)

    def crossed(self, learners: Sequence[Boosted], among: NDArray[np.bool_] | None = None) -> Candidates:
        """Every query (of `among`) ordered by a model of the folds without it, learnt by the learner of its fold."""
        held = np.ones(len(self.group), dtype=bool) if among is None else among
        score = np.full(len(self.judged.gain), np.nan, dtype=np.float32)
        for out in range(FOLDS):
            test = held & (self.fold == out)
            if test.any():
                score[test[self.judged.candidates.query]] = self.ranked(learners[out], held & ~test, test)
        return self.judged.candidates.scored(score).top(100)

    def ndcg(self, found: Candidates) -> NDArray[np.float64]:
        """NDCG@10 of each query."""
        return ndcg(Judged.of(found.top(10), self.wanted), 10)

    def chosen(self, out: int, deadline: float) -> Boosted:
        """The learner that orders the queries of all folds but `out` best, cross-validated among themselves alone."""
        inside = self.fold != out
        best, top = START, self.ndcg(self.crossed([START] * FOLDS, inside))[inside].mean()
        for change in OTHERS:
            other = replace(START, **change)
            if monotonic() < deadline:
                mean = self.ndcg(self.crossed([other] * FOLDS, inside))[inside].mean()
                best, top = (other, mean) if mean > top else (best, top)
        return best


def funnel_over(legs: Mapping[str, Retriever], data: Dataset, depth: int, compute: Local) -> Funnel:
    """What finds the candidates of a query, with all columns that the order may be learnt from."""
    columns = {"field-words": FieldWords().fit(data, compute), "item-facts": ItemFacts().fit(data, compute)}
    return Funnel({}, legs, ReciprocalRank(weights=WEIGHTS), columns, {}, (), Best(), depth=depth)


def now(data: Dataset) -> float:
    """The moment of asking: that of the newest item."""
    return float(np.nanmax(data.catalog.created, initial=0.0))


def near_duplicates(queries: Sequence[str]) -> NDArray[np.int64]:
    """A number for each query, the same where the letters of the stemmed words are: "head set" and "headsets"."""
    number: dict[str, int] = {}
    return np.array([number.setdefault("".join(terms(query)), len(number)) for query in queries], dtype=np.int64)


def folds(group: NDArray[np.int64], seed: int) -> NDArray[np.int64]:
    """A fold for each query, near-duplicates in one (queries,)."""
    return (np.random.default_rng(seed).permutation(group.max() + 1) % FOLDS)[group]


def ablation(exam: Exam) -> dict[str, NDArray[np.float64]]:
    """NDCG@10 of each query, cross-validated: ingredients one after the other, each left out, and each goal with all of them."""
    learner, found, kept = replace(START, learns="seen-grade"), dict[str, NDArray[np.float64]](), tuple[str, ...]()
    for title, beginnings in INGREDIENTS.items():
        kept += beginnings
        found[title] = exam.ndcg(exam.only(kept).crossed([learner] * FOLDS))
    for title, beginnings in list(INGREDIENTS.items())[1:]:
        others = tuple(name for name in kept if name not in beginnings)
        found[f"all but {title.removeprefix('+ ')}"] = exam.ndcg(exam.only(others).crossed([learner] * FOLDS))
    goals = {"order": "order (LambdaMART)", "grade": "grade, unjudged is 0", "seen-grade": "chance to be judged times grade"}
    for goal, title in goals.items():
        found[f"all, learns {title}"] = exam.ndcg(exam.crossed([replace(START, learns=goal)] * FOLDS))
    return found
