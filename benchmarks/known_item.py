"""Known-item search on Complete Journey: CONSTRUCTED queries, made out of titles; a shopper's own words would be harder."""

import time
from typing import Any

import numpy as np

from benchmarks import complete_journey
from benchmarks.options import Options
from ronghe.compute.local import Local
from ronghe.core.catalog import Catalog
from ronghe.core.queries import Queries
from ronghe.methods.encoders.semantic import Semantic
from ronghe.methods.lexical.bm25 import BM25
from ronghe.methods.lexical.spelling import Spelling
from ronghe.methods.lexical.text import words

QUERIES, DEPTH = 1_000, 10
KINDS = ("as written", "words dropped", "shuffled", "one typing error", "abbreviated")


def run(options: Options) -> dict[str, Any]:
    """MRR@10 and hit rate of each way to ask; an item counts as found when one of its title is. `--only` adds no leg here."""
    data = complete_journey.load(options.data)
    rng = np.random.default_rng(options.seed)
    sold = np.bincount(data.events.item[data.events.item >= 0], minlength=len(data.catalog)).astype(float)
    named = np.array([len(words(title)) >= 2 for title in data.catalog.title])
    target = rng.choice(len(data.catalog), QUERIES, p=sold * named / (sold * named).sum())
    compute = Local(options.seed, threads=2)
    bm25, spelling = BM25().fit(data, compute), Spelling().fit(data, compute)
    figures: dict[str, Any] = {
        "constructed": "queries are made out of titles",
        "items": len(data.catalog),
        "queries a kind": QUERIES,
    }
    legs = {"bm25": bm25.retrieve, "spelling + bm25": lambda asked, k: bm25.retrieve(spelling.rewrite(asked), k)}
    if options.budget >= 5:
        legs["semantic"] = Semantic().fit(data, compute).retrieve
    for kind in KINDS:
        asked = Queries.of(QUERIES, text=tuple(_asked(data.catalog.title[item], kind, rng) for item in target))
        for name, retrieve in legs.items():
            start = time.perf_counter()
            found = retrieve(asked, DEPTH)
            took = time.perf_counter() - start
            place = _places(data.catalog, target, found)
            figures[f"{kind}: {name}"] = {
                "mrr@10": round(float((1 / place[place > 0]).sum() / QUERIES), 4),
                "hit@10": round(float((place > 0).mean()), 4),
                "nothing found": round(float((found.counts == 0).mean()), 4),
                "ms a query": round(1000 * took / QUERIES, 3),
            }
    return figures


def _asked(title: str, kind: str, rng: np.random.Generator) -> str:
    said = words(title)
    if kind == "words dropped":
        keep = np.sort(rng.choice(len(said), max(len(said) - 1, 1), replace=False))
        return " ".join(said[at] for at in keep)
    if kind == "shuffled":
        return " ".join(rng.permutation(said))
    long = [at for at, word in enumerate(said) if len(word) >= 5 and word.isalpha()]
    if not long:
        return " ".join(said)
    at = int(rng.choice(long))
    if kind == "one typing error":
        said[at] = _mistyped(said[at], rng)
    if kind == "abbreviated":
        said[at] = said[at][:4]
    return " ".join(said)


def _mistyped(word: str, rng: np.random.Generator) -> str:
    at = int(rng.integers(1, len(word) - 1))
    letter = chr(ord("a") + int(rng.integers(26)))
    made = (word[:at] + word[at + 1 :], word[:at] + letter + word[at:], word[:at] + word[at + 1] + word[at] + word[at + 2 :])
    return made[int(rng.integers(3))]


def _places(catalog: Catalog, target: np.ndarray, found: Any) -> np.ndarray:
    """Place of the first item with the wanted title, from 1; 0 where none is among those found (queries,)."""
    places = np.zeros(len(target), dtype=np.int64)
    for query, item in enumerate(target.tolist()):
        titles = [catalog.title[other] for other in found.of_query(query).tolist()]
        places[query] = titles.index(catalog.title[item]) + 1 if catalog.title[item] in titles else 0
    return places
