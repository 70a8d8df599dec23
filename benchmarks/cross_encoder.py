"""Cross-encoder: what reading query and product together adds to the fused order of icecat_search, and what it costs."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from benchmarks import icecat
from benchmarks.learned_search import FOLDS, WEIGHTS, folds, near_duplicates
from benchmarks.machine import about
from benchmarks.options import Options
from benchmarks.search_speed import timed
from ronghe.compute.local import Local
from ronghe.core.candidates import Candidates
from ronghe.core.catalog import Catalog
from ronghe.core.dataset import Dataset
from ronghe.core.events import Events
from ronghe.core.judgements import Judgements
from ronghe.core.roles import Retriever
from ronghe.evaluate.ranking import Judged, ndcg
from ronghe.evaluate.significance import paired
from ronghe.evaluate.wanted import Wanted
from ronghe.funnel.funnel import Funnel, Stage
from ronghe.funnel.fusion import ReciprocalRank
from ronghe.learn.graded import Grades, judged_by
from ronghe.methods.columns.item_facts import ItemFacts
from ronghe.methods.encoders.cross.cross_encoder import COLUMN, CrossEncoder, CrossEncoderModel
from ronghe.methods.encoders.cross.lessons import lessons_of
from ronghe.methods.encoders.cross.pupil import Pupil, graded_lessons
from ronghe.methods.encoders.semantic import Semantic, SemanticModel
from ronghe.methods.lexical.bm25 import BM25
from ronghe.methods.policy.best import Best
from ronghe.methods.ranking.second_look import SecondLook, SecondLookModel

DEFAULT = Path(__file__).parents[2] / "shared" / "data" / "icecat_search"
KEEP, DEPTH = 30, 200
LEARNER = CrossEncoder(keep=KEEP)
HALF = replace(LEARNER, layers=3)
QUICK = replace(LEARNER, lessons=400)  # of the sample
FRESH = 300  # made questions that nobody learnt from
MORE = replace(LEARNER, rate=5e-5, rounds=2)  # on judgements, after the catalogue
Scores = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Shop:
    """held: catalogue and judged queries · data · legs · judged: the fused candidates · wanted · fold of each query (queries,)."""

    held: icecat.Judged
    data: Dataset
    legs: Mapping[str, Retriever]
    judged: Judgements
    wanted: Wanted
    fold: NDArray[np.int64]

    @staticmethod
    def of(folder: Path, seed: int, others: int | None = None) -> "Shop":
        """The shop, its two legs fitted, its judged queries asked. others: so many products that nobody judged, None = all."""
        held, compute = sampled(icecat.load(folder), others, seed), Local(seed)
        data = Dataset(held.catalog, Events.empty(), 1.0, 0)
        legs: dict[str, Retriever] = {"bm25": BM25().fit(data, compute), "semantic": Semantic().fit(data, compute)}
        grades = Grades({query: held.grades[query] for query in held.queries})
        facts = {"item-facts": ItemFacts().fit(data, compute)}
        judged = judged_by(funnel_of(legs, facts), grades, 1.0, "search")
        good = [{item: grade for item, grade in held.grades[q].items() if grade > 0 and item >= 0} for q in held.queries]
        wanted = Wanted.of_lists([list(g) for g in good], [list(g.values()) for g in good])
        return Shop(held, data, legs, judged, wanted, folds(near_duplicates(held.queries), seed))

    def ordered(self, column: Scores, weight: float) -> NDArray[np.float64]:
        """NDCG@10 of each query when the best KEEP, of the others behind them, are looked at again by this column."""
        return self.ndcg(looked_at(self.judged.candidates, column, np.full(len(self.fold), weight)))

    def ndcg(self, found: Candidates) -> NDArray[np.float64]:
        """NDCG@10 of each query."""
        return ndcg(Judged.of(found.top(10), self.wanted), 10)

    def outside(self, fold: int) -> dict[str, Mapping[int, float]]:
        """The judgements of all queries but those of a fold."""
        return {query: self.held.grades[query] for query, of in zip(self.held.queries, self.fold, strict=True) if of != fold}


def run(options: Options) -> dict[str, Any]:
    """NDCG@10 of the fused best 30 in the order of a cross-encoder that learnt from the catalogue alone (of one with half of the
    layers, too), and of one that also learnt from the judgements of the other four folds; milliseconds a query; `--only label-free`
    leaves the folds out, `--only sample` too; it asks among the judged products and 500 others, and learns from 400 questions.
    """
    learner = QUICK if options.only == "sample" else LEARNER
    begun = time.perf_counter()
    shop = Shop.of(options.data or DEFAULT, options.seed, 500 if options.only == "sample" else None)
    pupil: Pupil = learner.pupil(shop.data, Local(options.seed))
    taught = time.perf_counter() - begun
    free = learner.model(pupil, shop.held.catalog)
    column = column_of(free, shop)
    values = {"fused": shop.ndcg(shop.judged.candidates)}
    values |= {"label-free, cross-encoder alone": shop.ordered(column, 1.0), "label-free, half and half": shop.ordered(column, 0.5)}
    values["label-free, weight from the other folds"] = shop.ndcg(crossed(shop, column))
    right = {"cross-encoder": right_first(pupil, shop, options.seed)}
    if options.only != "sample":
        half = HALF.pupil(shop.data, Local(options.seed))
        right["half of its layers"] = right_first(half, shop, options.seed)
        values["label-free, half of its layers, alone"] = shop.ordered(column_of(HALF.model(half, shop.held.catalog), shop), 1.0)
    if options.only not in ("label-free", "sample"):
        judged = judged_column(shop, pupil, options.seed)
        values |= {"judged folds, cross-encoder alone": shop.ordered(judged, 1.0)}
        values |= {"judged folds, half and half": shop.ordered(judged, 0.5)}
    figures: dict[str, Any] = {"queries": len(shop.held.queries), "items": len(shop.held.catalog), "unjudged": "gain 0"}
    figures |= {f"ndcg@10 {name}": round(float(value.mean()), 4) for name, value in values.items()}
    figures |= {f"{name} against fused": against(value, values["fused"], options.seed) for name, value in values.items()}
    figures |= {
        f"made questions of which the right one of {1 + LEARNER.rivals} is first, {name}": one for name, one in right.items()
    }
    figures |= {"seconds to learn from the catalogue": round(taught, 1)} | speed(shop, free)
    return figures | about(options)


def sampled(held: icecat.Judged, others: int | None, seed: int) -> icecat.Judged:
    """The judged products and `others` more; all of them where that is None."""
    if others is None:
        return held
    judged = {item for of in held.grades.values() for item in of if item >= 0}
    rest = np.setdiff1d(np.arange(len(held.catalog)), np.array(sorted(judged)))
    items = np.array(sorted({*judged, *np.random.default_rng(seed).choice(rest, min(others, len(rest)), replace=False).tolist()}))
    place = {int(item): at for at, item in enumerate(items)}
    grades = {query: {place[item]: grade for item, grade in of.items() if item >= 0} for query, of in held.grades.items()}
    return replace(held, catalog=Catalog(held.catalog.table[items.tolist()]), grades=grades)


def column_of(model: CrossEncoderModel, shop: Shop) -> Scores:
    """pair:cross of every fused candidate, as it serves."""
    column: Scores = model.columns([COLUMN], shop.judged.queries, shop.judged.candidates)[COLUMN]
    return column


def right_first(pupil: Pupil, shop: Shop, seed: int) -> float:
    """Share of made questions, none of them learnt from, whose item stands before its rivals."""
    rng = np.random.default_rng([seed, FRESH])
    asked = lessons_of(shop.data.catalog, LEARNER.finder(shop.data, Local(seed)), FRESH, LEARNER.rivals, rng)
    score = [np.nan_to_num(pupil.score(text, items), nan=-np.inf) for text, items in zip(asked.question, asked.item, strict=True)]
    return round(float(np.mean([one.argmax() == 0 for one in score])), 3)


def judged_column(shop: Shop, pupil: Pupil, seed: int) -> Scores:
    """pair:cross of each query by a network that never saw a judgement of its fold."""
    found = shop.judged.candidates
    column = np.full(len(found.item), np.nan, dtype=np.float32)
    for fold in range(FOLDS):
        rng = np.random.default_rng([seed, fold])
        lessons = graded_lessons(shop.outside(fold), len(shop.held.catalog), LEARNER.rivals, rng, top=3.0)
        some = rng.permutation(len(lessons))[:LESSONS]
        model = MORE.model(pupil.after(lessons.of(some), MORE.pace, Local(seed)), shop.held.catalog)
        rows = (shop.fold == fold)[found.query]
        column[rows] = model.columns([COLUMN], shop.judged.queries, found.where(rows))[COLUMN]
    return column


LESSONS = 400  # judgements that each fold's network learns from, drawn


def looked_at(found: Candidates, column: Scores, weight: NDArray[np.float64]) -> Candidates:
    """The best KEEP of each query in the order of second-look, the others behind; weight of each query (queries,)."""
    head = found.where(found.place < KEEP).with_columns({COLUMN: column[found.place < KEEP]})
    tried, of = np.unique(weight, return_inverse=True)
    table = np.stack([SecondLookModel(COLUMN, float(one)).ordered(head) for one in tried])
    return head.scored(table[of[head.query], np.arange(len(head.item))]).top(KEEP)


def crossed(shop: Shop, column: Scores) -> Candidates:
    """Every query with the weight that orders the other folds' queries best."""
    found, weight = shop.judged.candidates, np.zeros(len(shop.fold))
    for fold in range(FOLDS):
        outside = (shop.fold != fold)[found.query] & (found.place < KEEP)
        rows = found.with_columns({COLUMN: column}).where(outside)
        model = SecondLook().fit(Judgements(shop.judged.queries, rows, shop.judged.gain[outside]), Local())
        weight[shop.fold == fold] = model.weight
    return looked_at(found, column, weight)


def funnel_of(legs: Mapping[str, Retriever], columns: Mapping[str, Any], model: CrossEncoderModel | None = None) -> Funnel:
    """bm25 and semantic, fused; with a model, the best KEEP are looked at again."""
    facts = {**columns, "cross-encoder": model} if model is not None else columns
    cascade = (Stage("second-look", SecondLookModel(COLUMN, 0.5), KEEP),) if model is not None else ()
    return Funnel({}, legs, ReciprocalRank(weights=WEIGHTS), facts, {}, cascade, Best(), depth=DEPTH)


def speed(shop: Shop, model: CrossEncoderModel) -> dict[str, float]:
    """Milliseconds of processor a search, one query at a time, for words never typed before: without the stage and with it; then
    with it for the same words again; all in one run.
    """
    facts, forgetful = {"item-facts": ItemFacts().fit(shop.data, Local())}, replace(model, reading=replace(model.reading))
    legs = {"bm25": shop.legs["bm25"]}
    plain = funnel_of(legs | {"semantic": replace(cast(SemanticModel, shop.legs["semantic"]))}, facts)
    stage = funnel_of(legs | {"semantic": replace(cast(SemanticModel, shop.legs["semantic"]))}, facts, forgetful)
    for funnel in (plain, stage):
        timed(funnel, ("wireless keyboard for a tv",))
    times = {
        name: timed(funnel, shop.held.queries) for name, funnel in (("without", plain), ("with", stage), ("with, again", stage))
    }
    found = {f"ms a search {name}, p50": float(np.median(value)) for name, value in times.items()}
    found |= {f"ms a search {name}, p95": float(np.quantile(value, 0.95)) for name, value in times.items()}
    return {name: round(value, 1) for name, value in found.items()}


def against(ours: NDArray[np.float64], theirs: NDArray[np.float64], seed: int) -> dict[str, float]:
    """Mean difference, its 95 % interval and p by paired bootstrap over queries."""
    found = paired(ours, theirs, seed)
    return {"difference": round(found.mean, 4), "low": round(found.low, 4), "high": round(found.high, 4), "p": round(found.p, 4)}
