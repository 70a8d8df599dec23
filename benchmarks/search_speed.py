"""Milliseconds of processor a search: plain tantivy, our words alone, words and meaning as a shop fuses them; in turn, one run."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

import numpy as np
import tantivy
from numpy.typing import NDArray

from benchmarks import plain_tantivy
from benchmarks.learned_search import WEIGHTS
from ronghe.compute.local import Local
from ronghe.core.candidates import Candidates
from ronghe.core.dataset import Dataset
from ronghe.core.queries import Queries
from ronghe.core.roles import Retriever
from ronghe.funnel.funnel import Funnel
from ronghe.funnel.fusion import ReciprocalRank
from ronghe.methods.columns.item_facts import ItemFacts
from ronghe.methods.encoders.semantic import SemanticModel
from ronghe.methods.policy.best import Best
from ronghe.methods.understand.facets_in_words import FacetsInWords

PEER, WORDS, HYBRID, AGAIN = "plain tantivy", "bm25", "facets in words, bm25 and semantic", "the same words again"
TURNS, K, DEPTH = 3, 10, 200
Asks = Callable[..., Any]


def speed(data: Dataset, legs: Mapping[str, Retriever], index: tantivy.Index, texts: Sequence[str]) -> dict[str, float]:
    """p50 and p95 over texts of the quickest of TURNS, and ratios to the peer; one search at a time, one thread."""

    def peer(query: Queries, k: int, _: np.random.Generator) -> Candidates:
        return plain_tantivy.found_by(index, query.text, k, plain_tantivy.PLAIN)

    facts = {"item-facts": ItemFacts().fit(data, Local())}
    rewriters = {"facets-in-words": FacetsInWords().fit(data, Local())}
    taken: dict[str, list[NDArray[np.float64]]] = {}
    for _ in range(TURNS):
        fresh = {"bm25": legs["bm25"], "semantic": replace(cast(SemanticModel, legs["semantic"]))}  # remembers no text
        words = Funnel({}, {"bm25": legs["bm25"]}, ReciprocalRank(), facts, {}, (), Best(), depth=DEPTH)
        hybrid = Funnel(rewriters, fresh, ReciprocalRank(weights=WEIGHTS), facts, {}, (), Best(), depth=DEPTH)
        for name, ask in {PEER: peer, WORDS: words, HYBRID: hybrid, AGAIN: hybrid}.items():
            if name != AGAIN:
                timed(ask, ("wireless keyboard for a tv",))
            taken.setdefault(name, []).append(timed(ask, texts))
    best = {name: np.min(turns, axis=0) for name, turns in taken.items()}
    found = {f"ms a search, {name}, p{p}": float(np.percentile(one, p)) for name, one in best.items() for p in (50, 95)}
    ratio = {f"{name} / {PEER}, p50": float(np.median(best[name]) / np.median(best[PEER])) for name in best if name != PEER}
    return {name: round(value, 2) for name, value in (found | ratio).items()}


def timed(ask: Asks, texts: Sequence[str]) -> NDArray[np.float64]:
    """Processor milliseconds of each search (texts,): what others on the machine do does not count."""
    taken = []
    for text in texts:
        query, begun = Queries.of(1, text=(text,), surface=("search",)), time.thread_time()
        ask(query, K, np.random.default_rng(0))
        taken.append(1000 * (time.thread_time() - begun))
    return np.array(taken)
