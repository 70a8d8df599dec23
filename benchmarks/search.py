"""Search: NDCG@10 on judged queries (icecat_search), or finding a known item on Complete Journey (constructed queries)."""

import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import tantivy
from numpy.typing import NDArray

from benchmarks import blind_search, icecat, known_item, likely_category, plain_tantivy, search_speed
from benchmarks.encoder import kept
from benchmarks.learned_search import FOLDS, Exam, ablation, folds, near_duplicates
from benchmarks.options import Options
from ronghe.compute.local import Local
from ronghe.core.candidates import Candidates
from ronghe.core.dataset import Dataset
from ronghe.core.errors import NotFound
from ronghe.core.events import Events
from ronghe.core.queries import Queries
from ronghe.core.restated import text_digest
from ronghe.core.roles import Retriever
from ronghe.evaluate.ranking import Judged, ndcg, recall
from ronghe.evaluate.significance import paired
from ronghe.evaluate.wanted import Wanted
from ronghe.funnel.fusion import ReciprocalRank
from ronghe.learn.graded import Grades, grade_of
from ronghe.methods.encoders.semantic import Semantic
from ronghe.methods.lexical.bm25 import BM25
from ronghe.methods.lexical.item_words import field_words
from ronghe.methods.lexical.text import terms
from ronghe.methods.understand.facets_in_words import FacetsInWords

DEFAULT = Path(__file__).parents[2] / "shared" / "data" / "icecat_search"
DEPTH = 200
ONLY = ("bm25", "tantivy", "semantic", "rrf", "learned", "known-item", "ablation", "category", "speed")
GRID: dict[str, tuple[float, ...]] = {
    "k1": (0.5, 0.8, 1.2), "b": (0.3, 0.5, 0.75), "title": (3.0, 5.0, 8.0), "category": (1.0, 2.0, 4.0),
    "attributes": (0.5, 1.0), "description": (0.5, 1.0, 2.0),
}  # fmt: skip


def run(options: Options) -> dict[str, Any]:
    """Figures of each leg and of their learned order; `--only bm25|tantivy|semantic|rrf|learned|known-item` runs one, `--only
    ablation` what each ingredient brings, `--only category` what words say of categories, `--only speed` the time of a search; with
    `--blind`, or without judgements, nothing is scored and lists are written.
    """
    if options.only is not None and options.only not in ONLY:
        raise NotFound(f"no leg {options.only!r} here; there are {', '.join(ONLY)}")
    folder = options.data or DEFAULT
    if options.only == "known-item" or (options.data is None and not (folder / "products.jsonl.gz").is_file()):
        return known_item.run(options)
    held = icecat.load(folder)
    figures: dict[str, Any] = {"queries": len(held.queries), "items": len(held.catalog)}
    if options.blind or not held.grades:
        asked, lists, said = blind_search.ranked(held, options, DEPTH)
        _written(options.out, held, asked, lists)
        return figures | {"queries": len(asked), **said}
    peer = plain_tantivy.index_of(held.catalog) if options.only in (None, "bm25", "tantivy", "speed") else None
    if options.only == "speed" and peer is not None:
        return figures | _speed(held, _models(held, options), peer)
    if options.only == "category":
        return likely_category.run(folder, held, _wanted(held), options)
    queries = Queries.of(len(held.queries), text=held.queries)
    legs = _models(held, options)
    found = _lists(held, queries, legs, peer, options)
    wanted = _wanted(held)
    exam = (
        Exam.of(held, Dataset(held.catalog, Events.empty(), 1.0, 0), legs, wanted, DEPTH, options.seed) if len(legs) > 2 else None
    )
    tried: dict[str, Any] = {}
    if exam is not None and options.only != "ablation":
        found["learned, 5-fold"], tried = _learned(exam, options)
    _written(options.out, held, held.queries, found.get("learned, 5-fold") or found.get(options.only or "rrf"))
    values = {name: ndcg(Judged.of(c.top(10), wanted), 10) for name, c in found.items()}
    if options.only in (None, "bm25", "learned"):
        values["bm25 tuned, 5-fold"], chosen = _tuned(held, queries, wanted, options)
        tried |= chosen
    if exam is not None and options.only == "ablation":
        values |= ablation(exam)
    figures |= {"unjudged": "gain 0", "groups of near-duplicates": len(set(near_duplicates(held.queries).tolist()))}
    figures |= {f"ndcg@10 {name}": round(float(v.mean()), 4) for name, v in values.items()}
    figures |= {f"recall@100 {name}": _recall(c, wanted) for name, c in found.items()}
    figures |= {f"ndcg@10 among judged items, {name}": _condensed(c.top(100), held, wanted) for name, c in found.items()}
    figures |= _compared(values, options.seed)
    return figures | tried | (_speed(held, legs, peer) if options.only is None and peer is not None else {})


def _speed(held: icecat.Judged, legs: dict[str, Retriever], peer: tantivy.Index) -> dict[str, float]:
    return search_speed.speed(Dataset(held.catalog, Events.empty(), 1.0, 0), legs, peer, held.queries)


def _compared(values: dict[str, Any], seed: int) -> dict[str, Any]:
    """Each list against bm25, and the learned order against everything."""
    best = "learned, 5-fold"
    pairs = [(name, "bm25") for name in values if name != "bm25" and "bm25" in values and best not in values]
    pairs += [(best, name) for name in values if name != best and best in values]
    return {f"{ours} against {theirs}": _against(values[ours], values[theirs], seed) for ours, theirs in pairs}


def _learned(exam: Exam, options: Options) -> tuple[Candidates, dict[str, Any]]:
    """Every query ordered by what was learnt, and chosen, on the folds without it."""
    deadline = time.monotonic() + 25 * options.budget
    learners = [exam.chosen(out, deadline) for out in range(FOLDS)]
    told = [{name: getattr(each, name) for name in ("learns", "trees", "leaves", "share")} for each in learners]
    return exam.crossed(learners), {"learned, chosen in each fold": told}


def _condensed(found: Candidates, held: icecat.Judged, wanted: Wanted) -> float:
    """NDCG@10 of the lists without what nobody judged (Sakai 2007, doi:10.1145/1277741.1277756)."""
    seen = ~np.isnan(grade_of(found, Grades({query: held.grades[query] for query in held.queries})))
    return round(float(ndcg(Judged.of(found.where(seen).top(10), wanted), 10).mean()), 4)


def _recall(found: Candidates, wanted: Wanted) -> float:
    return round(float(recall(Judged.of(found.top(100), wanted), 100).mean()), 4)


def _models(held: icecat.Judged, options: Options) -> dict[str, Retriever]:
    """The legs that this run needs, fitted."""
    data, compute = Dataset(held.catalog, Events.empty(), 1.0, 0), Local(options.seed, threads=2)
    legs: dict[str, Retriever] = {}
    if options.only != "semantic":
        legs["bm25"] = BM25().fit(data, compute)
    if options.only not in ("bm25", "tantivy"):
        legs["semantic"] = Semantic().fit(data, compute)
    if options.only in (None, "learned", "ablation"):
        legs["by-title"] = Semantic(says=("title",)).fit(data, compute)
        if (kept(data, options.seed) / "model.onnx").is_file():  # tuned on the catalogue's words, by `ronghe bench encoder`
            legs["tuned"] = Semantic(encoder=str(kept(data, options.seed))).fit(data, compute)
    return legs


def _lists(
    held: icecat.Judged, queries: Queries, legs: dict[str, Retriever], peer: tantivy.Index | None, options: Options
) -> dict[str, Candidates]:
    """What each leg finds, the peer where it is asked, and the label-free fusion of the legs."""
    found = {name: leg.retrieve(queries, DEPTH) for name, leg in legs.items() if options.only != "tantivy"}
    if options.only in (None, "bm25"):
        data = Dataset(held.catalog, Events.empty(), 1.0, 0)
        said = FacetsInWords().fit(data, Local(options.seed)).rewrite(queries)
        found["facets-in-words + bm25"] = legs["bm25"].retrieve(said, DEPTH)
    if peer is not None:
        found["tantivy"] = plain_tantivy.found_by(peer, held.queries, DEPTH, plain_tantivy.PLAIN)
        found["tantivy, our boosts"] = plain_tantivy.found_by(peer, held.queries, DEPTH, plain_tantivy.BOOSTS)
    if {"bm25", "semantic"} <= set(found):
        both = {name: found[name] for name in ("bm25", "semantic")}
        found["rrf"] = ReciprocalRank().fuse(both)
        found["rrf, semantic .3"] = ReciprocalRank(weights={"semantic": 0.3}).fuse(both)
    if {"bm25", "tuned"} <= set(found):
        found["rrf, tuned .3"] = ReciprocalRank(weights={"tuned": 0.3}).fuse({name: found[name] for name in ("bm25", "tuned")})
    return found


def _tuned(held: icecat.Judged, queries: Queries, wanted: Wanted, options: Options) -> tuple[NDArray[np.float64], dict[str, Any]]:
    """Settings chosen on four folds of queries, judged on the fifth; coordinate by coordinate, twice around."""
    data = held.catalog
    fields, digest = field_words(data, np.arange(len(data)), terms), text_digest(data)
    known: dict[BM25, np.ndarray] = {}
    deadline = time.monotonic() + 20 * options.budget  # the rest is for the vectors and the learned order

    def scored(learner: BM25) -> np.ndarray:
        if learner not in known:
            known[learner] = ndcg(Judged.of(learner.of_words(fields, digest).retrieve(queries, 10), wanted), 10)
        return known[learner]

    fold = folds(near_duplicates(held.queries), options.seed)
    out, chosen = np.zeros(len(queries)), []
    for held_out in range(FOLDS):
        best = BM25()
        for name, value in [(n, v) for n, values in GRID.items() for v in values] * 2:
            other = BM25(**{**asdict(best), name: value})
            if time.monotonic() < deadline and scored(other)[fold != held_out].mean() > scored(best)[fold != held_out].mean():
                best = other
        out[fold == held_out] = scored(best)[fold == held_out]
        chosen.append({name: getattr(best, name) for name in GRID})
    return out, {"settings of bm25 tried": len(known), "chosen": chosen}


def _wanted(held: icecat.Judged) -> Wanted:
    good = [{item: grade for item, grade in held.grades[q].items() if grade > 0 and item >= 0} for q in held.queries]
    return Wanted.of_lists([list(g) for g in good], [list(g.values()) for g in good])


def _against(ours: np.ndarray, theirs: np.ndarray, seed: int) -> dict[str, float]:
    """Mean difference, its 95 % interval and p by paired bootstrap over queries."""
    found = paired(ours, theirs, seed)
    return {"difference": round(found.mean, 4), "low": round(found.low, 4), "high": round(found.high, 4), "p": round(found.p, 4)}


def _written(path: Path | None, held: icecat.Judged, asked: Sequence[str], found: Candidates | None) -> None:
    """Writes the ranked lists of what was asked where `--out` says."""
    if path is None or found is None:
        return
    ids: Sequence[str] = held.catalog.vocabulary.ids
    rows = zip(found.query.tolist(), found.item.tolist(), (found.place + 1).tolist(), found.score.tolist(), strict=True)
    path.write_text("".join(f"{asked[q]}\t{ids[item]}\t{rank}\t{score:.6g}\n" for q, item, rank, score in rows), encoding="utf-8")
