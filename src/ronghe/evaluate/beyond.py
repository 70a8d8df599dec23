"""Beyond accuracy: coverage, Gini of exposure, novelty, intra-list distance, calibration, popularity bias."""

from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from ronghe.core.candidates import Candidates
from ronghe.kernels.segments import segment_of, segment_sum

Float64 = NDArray[np.float64]


def head(ranked: Candidates, k: int) -> Candidates:
    """The first k places of each list, in the order they stand."""
    return ranked.where(ranked.place < k)


def exposure(shown: Candidates, items: int) -> Float64:
    """How often each item of the catalogue was shown (items,)."""
    return np.bincount(shown.item, minlength=items).astype(np.float64)


def coverage(shown: Candidates, items: int) -> float:
    """Share of the catalogue that was shown to anybody (Ge, Delgado-Battenfeld & Jannach 2010)."""
    return len(np.unique(shown.item)) / max(items, 1)


def gini(exposed: Float64) -> float:
    """Inequality of exposure over the items given: 0 = all alike, towards 1 = one item has it all (Gini 1912; NaN = no exposure).

    G = sum_i (2 i - n - 1) x_i / (n sum x), x in ascending order, i from 1.
    """
    total, n = float(exposed.sum()), len(exposed)
    if total <= 0:
        return float("nan")
    rank = 2.0 * np.arange(1, n + 1) - n - 1
    return float(rank @ np.sort(exposed)) / (n * total)


def novelty(shown: Candidates, owners: NDArray[Any], users: int) -> Float64:
    """Mean self-information of each list in bits: log2(users / users who had the item), (Zhou et al. 2010) (queries,).

    owners: how many users had each item before (items,); one more is added to both counts, so a never-bought item stays finite.
    """
    bits = np.log2((users + 1.0) / (owners[shown.item] + 1.0))
    return _mean(bits, shown)


def category_distance(shown: Candidates, category: NDArray[np.int64]) -> Float64:
    """Share of pairs in a list whose items lie in different categories (Ziegler et al. 2005) (queries,); NaN below two items.

    category: number of each item's category (items,); items without one (-1) count as one category.
    """
    counts = _profile(shown.query, category[shown.item], len(shown), _width(category))
    same = np.asarray(counts.multiply(counts).sum(axis=1)).ravel()
    return _over_pairs(same - shown.counts, shown)


def vector_distance(shown: Candidates, vectors: NDArray[np.float32]) -> Float64:
    """Mean of 1 - cosine over the pairs of a list (Ziegler et al. 2005) (queries,); NaN below two items.

    vectors: unit rows (items, dim). The sum of all pairs' cosines is |sum of the vectors|^2 - number of vectors.
    """
    picked = sp.csr_matrix((np.ones(len(shown.item), dtype=np.float32), shown.item, shown.splits), shape=(len(shown), len(vectors)))
    total = np.asarray(picked @ vectors, dtype=np.float64)
    return _over_pairs((total**2).sum(axis=1) - shown.counts, shown)


def miscalibration(shown: Candidates, past: sp.csr_matrix, category: NDArray[np.int64], alpha: float = 0.01) -> Float64:
    """How far the categories of a list stand from those of the shopper's past: KL(p || q), in nats, 0 = calibrated (queries,).

    q is smoothed with alpha of p (Steck 2018, doi:10.1145/3240323.3240372); NaN without a past or a list.
    past: liking of each (query, item), CSR (queries, items) · category of each item (items,), -1 counts as one category.
    """
    width = _width(category)
    coo = past.tocoo()
    was = _shares(
        sp.csr_matrix((coo.data.astype(np.float64), (coo.row, _column(category[coo.col], width))), shape=(len(shown), width))
    )
    now = _shares(_profile(shown.query, category[shown.item], len(shown), width))
    mixed = np.asarray(((1 - alpha) * now + alpha * was)[was.nonzero()]).ravel()
    p = np.asarray(was[was.nonzero()]).ravel()
    divergence = np.bincount(was.nonzero()[0], p * np.log(p / mixed), minlength=len(shown))
    empty = (np.diff(past.indptr) == 0) | (shown.counts == 0)
    return np.where(empty, np.nan, np.maximum(divergence, 0.0))


def popularity(shown: Candidates, owners: NDArray[Any], users: int) -> Float64:
    """Average recommendation popularity: mean share of users who had the items of a list (Yin et al. 2012) (queries,)."""
    return _mean(owners[shown.item] / max(users, 1), shown)


def popularity_lift(shown: Candidates, past: sp.csr_matrix, owners: NDArray[Any]) -> Float64:
    """Popularity of the list / popularity of what the shopper had before - 1 (Abdollahpouri et al. 2020) (queries,); 0 = alike."""
    mine = past.copy()
    mine.data = np.ones_like(mine.data)
    had = np.asarray(mine @ owners.astype(np.float64)).ravel()
    count = np.diff(mine.indptr)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(_mean(owners[shown.item].astype(np.float64), shown) / (had / count) - 1.0)


def _mean(values: NDArray[Any], shown: Candidates) -> Float64:
    with np.errstate(invalid="ignore"):
        return np.asarray(segment_sum(values, shown.splits) / shown.counts)


def _over_pairs(alike: NDArray[Any], shown: Candidates) -> Float64:
    pairs = shown.counts * (shown.counts - 1.0)
    return np.where(pairs > 0, 1.0 - alike / np.where(pairs > 0, pairs, 1.0), np.nan)


def _width(category: NDArray[np.int64]) -> int:
    return int(category.max(initial=-1)) + 2  # one more column for -1


def _column(category: NDArray[np.int64], width: int) -> NDArray[np.int64]:
    return np.where(category < 0, width - 1, category)


def _profile(query: NDArray[np.int64], category: NDArray[np.int64], queries: int, width: int) -> sp.csr_matrix:
    return sp.csr_matrix((np.ones(len(query)), (query, _column(category, width))), shape=(queries, width))


def _shares(counts: sp.csr_matrix) -> sp.csr_matrix:
    counts.sum_duplicates()
    total = np.asarray(counts.sum(axis=1)).ravel()
    return sp.csr_matrix((counts.data / total[segment_of(counts.indptr)], counts.indices, counts.indptr), shape=counts.shape)
