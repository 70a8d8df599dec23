"""Search in a folder without a test part: the queries of queries.txt, ordered as graded queries taught where there are any.

Judgements that lie beside them are of other queries: the goal of the order is chosen by cross-validation among them, then it is
learnt from all. Without any, the order is that of a shop by default: facets in words, `bm25`, `semantic` with a weight of .3.
"""

import time
from typing import Any

import numpy as np

from benchmarks import icecat
from benchmarks.learned_search import FOLDS, WEIGHTS, Exam, funnel_over, near_duplicates, now
from benchmarks.options import Options
from ronghe.compute.local import Local
from ronghe.core.candidates import Candidates
from ronghe.core.dataset import Dataset
from ronghe.core.errors import NotFound
from ronghe.core.events import Events
from ronghe.core.queries import Queries
from ronghe.core.roles import Retriever
from ronghe.evaluate.wanted import Wanted
from ronghe.funnel.fusion import ReciprocalRank
from ronghe.methods.encoders.semantic import Semantic
from ronghe.methods.lexical.bm25 import BM25
from ronghe.methods.understand.facets_in_words import FacetsInWords

LEARNT, FUSED = "learned", "rrf"
LEGS = ("bm25", "semantic")
LEAST = 4 * FOLDS  # graded queries of different words, below which an order is not learnt
SHOWN = 100


def ranked(held: icecat.Judged, options: Options, depth: int) -> tuple[tuple[str, ...], Candidates, dict[str, Any]]:
    """What is asked, the lists, and how they were made. `--only` names a leg, `rrf` or `learned`; NotFound for others."""
    begun, asked = time.monotonic(), held.asked or held.queries
    learnable = bool(held.asked) and len(set(near_duplicates(held.queries).tolist())) >= LEAST and bool(held.grades)
    how = options.only or (LEARNT if learnable else FUSED)
    if how not in (*LEGS, FUSED, LEARNT) or (how == LEARNT and not learnable):
        right = f"one of {', '.join((*LEGS, FUSED))}, or {LEARNT} where graded queries lie beside queries.txt"
        raise NotFound(f"no order {how!r} in a blind run here; right would be {right}")
    data = Dataset(held.catalog, Events.empty(), 1.0, 0)
    queries = Queries.of(len(asked), text=asked, surface=("search",) * len(asked), time=np.full(len(asked), now(data)))
    if how == LEARNT:
        found, said = _learnt(held, data, queries, options, depth, begun + 50 * options.budget)
    else:
        found, said = _fused(data, queries, options, how, depth), {}
    return asked, found.top(SHOWN), {"order": how, "graded queries": len(held.queries) if how == LEARNT else 0, **said}


def _fused(data: Dataset, queries: Queries, options: Options, how: str, depth: int) -> Candidates:
    """One leg, or both as a shop fuses them."""
    legs = _legs(data, options, LEGS if how == FUSED else (how,))
    meant = FacetsInWords().fit(data, Local(options.seed)).rewrite(queries) if how == FUSED else queries
    found = {name: leg.retrieve(meant, depth) for name, leg in legs.items()}
    return ReciprocalRank(weights=WEIGHTS).fuse(found) if how == FUSED else found[how]


def _learnt(
    held: icecat.Judged, data: Dataset, queries: Queries, options: Options, depth: int, deadline: float
) -> tuple[Candidates, dict[str, Any]]:
    """The order that all graded queries teach, with the goal that suits them best; and what was chosen."""
    legs = _legs(data, options, (*LEGS, "by-title"))
    good = [{item: grade for item, grade in held.grades[q].items() if grade > 0 and item >= 0} for q in held.queries]
    wanted = Wanted.of_lists([list(g) for g in good], [list(g.values()) for g in good])
    exam = Exam.of(held, data, legs, wanted, depth, options.seed)
    learner = exam.chosen(-1, deadline)
    found, trace = funnel_over(legs, data, depth, Local(options.seed)).retrieve(queries)
    model = learner.fit(exam.judged, Local(options.seed))
    return found.scored(model.score(trace.queries, found)), {"chosen": repr(learner)}


def _legs(data: Dataset, options: Options, names: tuple[str, ...]) -> dict[str, Retriever]:
    learners = {"bm25": BM25(), "semantic": Semantic(), "by-title": Semantic(says=("title",))}
    return {name: learners[name].fit(data, Local(options.seed, threads=2)) for name in names}
