"""Ranking metrics at k of ragged lists, vectorised over queries: recall, precision, hit rate, MRR, MAP, NDCG."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ronghe.core.candidates import Candidates
from ronghe.core.errors import BadData
from ronghe.evaluate.wanted import Wanted
from ronghe.kernels.segments import Splits, place_of, segment_of, segment_sum

Float64 = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Judged:
    """Ranked lists held against what was wanted: splits (queries+1,) · gain of each place (rows,) · the wanted."""

    splits: Splits
    gain: Float64
    wanted: Wanted

    @staticmethod
    def of(ranked: Candidates, wanted: Wanted) -> "Judged":
        """`ranked`: best first, no item twice in a query. BadData when the queries are not as many, or an item stands twice."""
        if len(ranked) != len(wanted):
            raise BadData(f"{len(ranked)} lists for {len(wanted)} queries; right would be one each")
        pair = np.stack([ranked.query, ranked.item])
        if np.unique(pair, axis=1).shape[1] < pair.shape[1]:
            raise BadData("an item stands twice in one list; right would be once")
        return Judged(ranked.splits, wanted.gain_of(ranked.query, ranked.item), wanted)

    @cached_property
    def hit(self) -> NDArray[np.bool_]:
        """Whether each place holds a wanted item (rows,)."""
        return self.gain > 0

    @cached_property
    def place(self) -> NDArray[np.int64]:
        """Place of each row in its list, from 1 (rows,)."""
        return place_of(self.splits) + 1

    def hits(self, k: int) -> Float64:
        """How many of the first k places hold a wanted item (queries,)."""
        return segment_sum(self.hit & (self.place <= k), self.splits)


def precision(judged: Judged, k: int) -> Float64:
    """Hits in the first k places / k (Manning, Raghavan & Schuetze 2008, ch. 8); a short list is not forgiven (queries,)."""
    return judged.hits(k) / k


def recall(judged: Judged, k: int) -> Float64:
    """Hits in the first k places / number wanted (Manning et al. 2008, ch. 8) (queries,)."""
    return judged.hits(k) / np.maximum(judged.wanted.counts, 1)


def hit(judged: Judged, k: int) -> Float64:
    """1 when the first k places hold at least one wanted item (Deshpande & Karypis 2004) (queries,)."""
    return (judged.hits(k) > 0).astype(np.float64)


def mrr(judged: Judged, k: int) -> Float64:
    """1 / place of the first wanted item, 0 when it is not in the first k (Voorhees 1999, TREC-8) (queries,)."""
    best = np.zeros(len(judged.splits) - 1)
    hits = judged.hit & (judged.place <= k)
    np.maximum.at(best, segment_of(judged.splits)[hits], 1.0 / judged.place[hits])
    return best


def map_(judged: Judged, k: int) -> Float64:
    """Sum over hits in the first k of the precision at their place / min(k, number wanted) (Voorhees 1999) (queries,)."""
    hits = judged.hit & (judged.place <= k)
    upto = np.concatenate([[0], np.cumsum(hits)])
    so_far = upto[1:] - np.repeat(upto[judged.splits[:-1]], np.diff(judged.splits))
    return segment_sum(hits * so_far / judged.place, judged.splits) / np.clip(judged.wanted.counts, 1, k)


def ndcg(judged: Judged, k: int) -> Float64:
    """DCG@k / DCG@k of the best possible order; DCG = sum gain / log2(1 + place) (Jarvelin & Kekalainen 2002) (queries,)."""
    gained = segment_sum(_discounted(judged.gain, judged.place, k), judged.splits)
    wanted = judged.wanted
    order = np.lexsort((-wanted.gain, wanted.query))
    ideal = segment_sum(_discounted(wanted.gain[order], place_of(wanted.splits) + 1, k), wanted.splits)
    return gained / np.where(ideal > 0, ideal, 1.0)


def _discounted(gain: Float64, place: NDArray[np.int64], k: int) -> Float64:
    return np.where(place <= k, gain / np.log2(1.0 + place), 0.0)


METRICS: dict[str, Callable[[Judged, int], Float64]] = {
    "recall": recall, "precision": precision, "hit": hit, "mrr": mrr, "map": map_, "ndcg": ndcg,
}  # fmt: skip


def measure(ranked: Candidates, wanted: Wanted, names: Sequence[str]) -> Mapping[str, Float64]:
    """Metrics by names like "ndcg@10", one value a query; NaN where a query wants nothing, so that it does not count."""
    judged = Judged.of(ranked, wanted)
    blank = wanted.counts == 0
    return {name: np.where(blank, np.nan, _metric(name)(judged)) for name in names}


def _metric(name: str) -> Callable[[Judged], Float64]:
    kind, _, k = name.partition("@")
    if kind not in METRICS or not k.isdigit() or int(k) < 1:
        raise BadData(f"metric {name!r} is not known; right would be one of {', '.join(METRICS)} with a cut, like 'ndcg@10'")
    return lambda judged: METRICS[kind](judged, int(k))
