"""Search: NDCG@10 on judged queries (icecat_search), or finding a known item on Complete Journey (constructed queries)."""

import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import icecat, known_item, plain_tantivy
from benchmarks.options import Options
from ronghe.compute.local import Local
from ronghe.core.candidates import Candidates
from ronghe.core.dataset import Dataset
from ronghe.core.events import Events
from ronghe.core.queries import Queries
from ronghe.core.restated import text_digest
from ronghe.evaluate.ranking import Judged, ndcg
from ronghe.evaluate.significance import paired
from ronghe.evaluate.wanted import Wanted
from ronghe.funnel.fusion import ReciprocalRank
from ronghe.methods.encoders.semantic import Semantic
from ronghe.methods.lexical.bm25 import BM25
from ronghe.methods.lexical.item_words import field_words
from ronghe.methods.lexical.text import terms
from ronghe.methods.understand.facets_in_words import FacetsInWords

DEFAULT = Path(__file__).parents[2] / "shared" / "data" / "icecat_search"
DEPTH, FOLDS = 200, 5
GRID: dict[str, tuple[float, ...]] = {
    "k1": (0.5, 0.8, 1.2), "b": (0.3, 0.5, 0.75), "title": (3.0, 5.0, 8.0), "category": (1.0, 2.0, 4.0),
    "attributes": (0.5, 1.0), "description": (0.5, 1.0, 2.0),
}  # fmt: skip


def run(options: Options) -> dict[str, Any]:
    """Figures of each leg; `--only bm25|tantivy|semantic|rrf|known-item` runs one; without judgements nothing is scored."""
    if options.only == "known-item":
        return known_item.run(options)
    folder = options.data or DEFAULT
    if not (folder / "products.jsonl.gz").is_file():
        return known_item.run(options) if options.data is None else _lacking(folder)
    held = icecat.load(folder)
    queries = Queries.of(len(held.queries), text=held.queries)
    found = _legs(held, queries, options)
    if options.out is not None:
        _write(options.out, held, found[options.only or "rrf"])
    if not held.grades or options.blind:
        return {"queries": len(queries), "items": len(held.catalog), "lists": str(options.out)}
    wanted = _wanted(held)
    scores = {name: ndcg(Judged.of(c.top(10), wanted), 10) for name, c in found.items()}
    figures: dict[str, Any] = {"queries": len(queries), "items": len(held.catalog), "unjudged": "gain 0"}
    figures |= {f"ndcg@10 {name}": round(float(s.mean()), 4) for name, s in scores.items()}
    others = [name for name in scores if name != "bm25"] if "bm25" in scores else []
    figures |= {f"{name} against bm25": _against(scores[name], scores["bm25"], options.seed) for name in others}
    if options.only in (None, "bm25"):
        figures |= _tuned(held, queries, wanted, options)
    return figures


def _legs(held: icecat.Judged, queries: Queries, options: Options) -> dict[str, Candidates]:
    data, compute = Dataset(held.catalog, Events.empty(), 1.0, 0), Local(options.seed, threads=2)
    found: dict[str, Candidates] = {}
    if options.only in (None, "bm25", "rrf"):
        words = BM25().fit(data, compute)
        found["bm25"] = words.retrieve(queries, DEPTH)
        if options.only != "rrf":
            found["facets-in-words + bm25"] = words.retrieve(FacetsInWords().fit(data, compute).rewrite(queries), DEPTH)
    if options.only in (None, "bm25", "tantivy"):
        index = plain_tantivy.index_of(held.catalog)
        found["tantivy"] = plain_tantivy.found_by(index, held.queries, DEPTH, plain_tantivy.PLAIN)
        found["tantivy, our boosts"] = plain_tantivy.found_by(index, held.queries, DEPTH, plain_tantivy.BOOSTS)
    if options.only in (None, "semantic", "rrf"):
        found["semantic"] = Semantic().fit(data, compute).retrieve(queries, DEPTH)
    if options.only in (None, "rrf"):
        legs = {name: found[name] for name in ("bm25", "semantic")}
        found["rrf"] = ReciprocalRank().fuse(legs)
        found["rrf, semantic .3"] = ReciprocalRank(weights={"semantic": 0.3}).fuse(legs)
    return found


def _tuned(held: icecat.Judged, queries: Queries, wanted: Wanted, options: Options) -> dict[str, Any]:
    """Settings chosen on four folds of queries, judged on the fifth; coordinate by coordinate, twice around."""
    data = held.catalog
    fields, digest = field_words(data, np.arange(len(data)), terms), text_digest(data)
    known: dict[BM25, np.ndarray] = {}
    deadline = time.monotonic() + 30 * options.budget  # the other half is for the vectors

    def scored(learner: BM25) -> np.ndarray:
        if learner not in known:
            known[learner] = ndcg(Judged.of(learner.of_words(fields, digest).retrieve(queries, 10), wanted), 10)
        return known[learner]

    fold = np.random.default_rng(options.seed).permutation(len(queries)) % FOLDS
    out, chosen = np.zeros(len(queries)), []
    for held_out in range(FOLDS):
        best = BM25()
        for name, value in [(n, v) for n, values in GRID.items() for v in values] * 2:
            other = BM25(**{**asdict(best), name: value})
            if time.monotonic() < deadline and scored(other)[fold != held_out].mean() > scored(best)[fold != held_out].mean():
                best = other
        out[fold == held_out] = scored(best)[fold == held_out]
        chosen.append({name: getattr(best, name) for name in GRID})
    return {"ndcg@10 bm25 tuned, 5-fold": round(float(out.mean()), 4), "tried": len(known), "chosen": chosen}


def _wanted(held: icecat.Judged) -> Wanted:
    good = [{item: grade for item, grade in held.grades[q].items() if grade > 0 and item >= 0} for q in held.queries]
    return Wanted.of_lists([list(g) for g in good], [list(g.values()) for g in good])


def _against(ours: np.ndarray, theirs: np.ndarray, seed: int) -> dict[str, float]:
    """Mean difference, its 95 % interval and p by paired bootstrap over queries."""
    found = paired(ours, theirs, seed)
    return {"difference": round(found.mean, 4), "low": round(found.low, 4), "high": round(found.high, 4), "p": round(found.p, 4)}


def _write(path: Path, held: icecat.Judged, found: Candidates) -> None:
    ids: Sequence[str] = held.catalog.vocabulary.ids
    rows = zip(found.query.tolist(), found.item.tolist(), (found.place + 1).tolist(), found.score.tolist(), strict=True)
    path.write_text(
        "".join(f"{held.queries[q]}\t{ids[item]}\t{rank}\t{score:.6g}\n" for q, item, rank, score in rows), encoding="utf-8"
    )


def _lacking(folder: Path) -> dict[str, Any]:
    raise FileNotFoundError(f"{folder} lacks products.jsonl.gz; right would be a folder like icecat_search")
