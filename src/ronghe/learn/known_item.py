"""Known-item search: queries constructed from items' own words, where only items of that very title are right."""

import time
from collections.abc import Sequence

import numpy as np

from ronghe.core.candidates import Candidates
from ronghe.core.catalog import Catalog
from ronghe.core.queries import Queries
from ronghe.core.roles import Compute
from ronghe.evaluate.ranking import measure
from ronghe.evaluate.report import KnownItem
from ronghe.evaluate.significance import intervals
from ronghe.evaluate.wanted import Wanted
from ronghe.funnel.funnel import Funnel
from ronghe.learn.answers import alone, answered, fused, shown

METRICS = ("mrr@10", "hit@1", "hit@10", "ndcg@10")
TYPO = 0.25  # share of the queries in which one letter of a long word is left out


def search_questions(catalog: Catalog, weight: np.ndarray, moment: float, limit: int, seed: int) -> tuple[Queries, Wanted]:
    """Queries of some words of the titles of items drawn by `weight` (items,), and all items that bear the title."""
    rng = np.random.default_rng(seed)
    able = np.array([len(_words(title)) >= 2 for title in catalog.title], dtype=bool) & catalog.available
    odds = np.where(able, weight, 0.0)
    size = min(limit, int((odds > 0).sum()))
    if not size:
        return Queries.of(0), Wanted.of_lists([])
    items = rng.choice(len(catalog), size, replace=False, p=odds / odds.sum())
    texts = tuple(_typed(catalog.title[item], rng) for item in items)
    bearers = _bearers([catalog.title[i] for i in items], catalog)
    return Queries.of(size, time=np.full(size, moment), text=texts, surface=("search",) * size), Wanted.of_lists(bearers)


def _words(title: str) -> list[str]:
    return list(dict.fromkeys(title.lower().split()))


def _typed(title: str, rng: np.random.Generator) -> str:
    """All words of a title but one when there are three or more, as typed in haste."""
    words = _words(title)
    if len(words) > 2:
        words.pop(int(rng.integers(len(words))))
    long = [i for i, word in enumerate(words) if len(word) >= 5 and word.isalpha()]
    if long and rng.random() < TYPO:
        at, word = long[0], words[long[0]]
        lost = int(rng.integers(1, len(word)))
        words[at] = word[:lost] + word[lost + 1 :]
    return " ".join(words)


def _bearers(titles: Sequence[str], catalog: Catalog) -> list[list[int]]:
    found: dict[str, list[int]] = {title: [] for title in titles}
    for item, (title, shown_) in enumerate(zip(catalog.title, catalog.available.tolist(), strict=True)):
        if shown_ and title in found:
            found[title].append(item)
    return [found[title] for title in titles]


def known_item(funnel: Funnel, queries: Queries, wanted: Wanted, compute: Compute) -> tuple[KnownItem, ...]:
    """Every retriever that answers to text, their fusion, and the whole funnel, on constructed queries."""
    answers = {name: alone(part, funnel, 10) for name, part in funnel.retrievers.items()}
    answers |= {"fused": fused(funnel, 10), "final": shown(funnel, 10, compute.seed)}
    rows = []
    for name, answer in answers.items():
        begun = time.perf_counter()
        ranked = answered(answer, queries, compute, f"search: {name}")
        if len(ranked.item):
            rows.append(_row(name, ranked, wanted, time.perf_counter() - begun, compute.seed))
    return tuple(rows)


def _row(name: str, ranked: Candidates, wanted: Wanted, seconds: float, seed: int) -> KnownItem:
    marks = measure(ranked, wanted, METRICS)
    found = intervals(np.stack(list(marks.values()), axis=1), seed)
    return KnownItem(name, dict(zip(marks, found, strict=True)), round(seconds, 3))
