"""Maximal marginal relevance: good, and not more of the same (Carbonell & Goldstein 1998, doi:10.1145/290941.291025)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ronghe.core.candidates import Candidates
from ronghe.core.errors import BadRecipe
from ronghe.core.queries import Queries
from ronghe.core.slates import Slates
from ronghe.methods.policy.likeness import Likeness, VectorLikeness, match_likeness
from ronghe.methods.policy.variants import in_score_order, one_a_group


@dataclass(frozen=True)
class MMR:
    """Chooses one by one what has the largest balance x relevance - (1 - balance) x likeness to the most alike chosen.
    Relevance is the score, scaled from 0 to 1 over the pool. Likeness: .2 for one department, .5 for one category and .3 for
    one brand; or the cosine of vectors, see with_vectors. Nothing is left to chance, so every propensity is 1; the first k of a
    longer slate are the slate of k.

    balance: 1 = only relevance, 0 = only variety · pool: so many of the best are reordered, what follows stays as it is ·
    variants_once: show one item of each group of variants.
    """

    balance: float = 0.8
    pool: int = 100
    variants_once: bool = True

    def __post_init__(self) -> None:
        if not 0 <= self.balance <= 1:
            raise BadRecipe(f"balance is {self.balance}; right would be 0 to 1")
        if self.pool < 1:
            raise BadRecipe(f"pool is {self.pool}; right would be 1 or more")

    @property
    def needs(self) -> tuple[str, ...]:
        """What likeness is measured by, and the groups of variants."""
        return ("item:brand", "item:category", "item:department", *(("item:group",) if self.variants_once else ()))

    def with_vectors(self, vectors: NDArray[np.float32]) -> "VectorMMR":
        """The same policy where likeness is the cosine of item vectors (items, dim); unknown items are like nothing."""
        return VectorMMR(self, vectors)

    def choose(self, queries: Queries, candidates: Candidates, k: int, rng: np.random.Generator) -> Slates:
        """At most k a query, in the order they were chosen."""
        return diverse(self, candidates, k, None)


@dataclass(frozen=True, eq=False)
class VectorMMR:
    """An MMR whose likeness is the cosine of item vectors (items, dim), where both have one, and 0 where it is negative."""

    mmr: MMR
    vectors: NDArray[np.float32]

    @property
    def variants_once(self) -> bool:
        """As the MMR says."""
        return self.mmr.variants_once

    @property
    def needs(self) -> tuple[str, ...]:
        """The groups of variants."""
        return ("item:group",) if self.variants_once else ()

    def choose(self, queries: Queries, candidates: Candidates, k: int, rng: np.random.Generator) -> Slates:
        """At most k a query, in the order they were chosen."""
        return diverse(self.mmr, candidates, k, self.vectors)


def diverse(mmr: MMR, candidates: Candidates, k: int, vectors: NDArray[np.float32] | None) -> Slates:
    """The slates of an MMR; likeness by `vectors` where given, else by what items share."""
    ranked = in_score_order(candidates)
    ranked = one_a_group(ranked) if mmr.variants_once else ranked
    pool = ranked.where(ranked.place < mmr.pool)
    if mmr.balance < 1 and len(pool.item):
        likeness: Likeness = match_likeness(pool) if vectors is None else VectorLikeness.of(pool, vectors)
        order = chosen_order(pool, k, mmr.balance, likeness)
    else:
        order = pool.place
    rank = ranked.place.copy()
    rank[rank < mmr.pool] = order  # the same rows in the same order as `pool`
    rows = np.lexsort((rank, ranked.query))
    shown = ranked.in_order(rows, ranked.splits)
    shown = shown.where(shown.place < k)
    return Slates(shown, np.ones(len(shown.item), dtype=np.float32))


def chosen_order(pool: Candidates, k: int, balance: float, likeness: Likeness) -> NDArray[np.int64]:
    """Place of each row of the pool in the order of choice (rows,); after k choices the rest follow by score."""
    width = int(pool.counts.max())
    query, place = pool.query, pool.place
    relevance = np.full((len(pool), width), -np.inf, dtype=np.float32)  # -inf: no row, or already chosen
    relevance[query, place] = balance * scaled(pool)
    alike = np.zeros((len(pool), width), dtype=np.float32)
    taken_at = np.full((len(pool), width), k, dtype=np.int64)
    rows, gain = np.arange(len(pool)), np.empty_like(relevance)
    for step in range(min(k, width)):
        np.multiply(alike, np.float32(balance - 1), out=gain)
        gain += relevance
        best = gain.argmax(axis=1)  # equal gains: the better placed
        taken_at[rows, best] = np.where(relevance[rows, best] > -np.inf, step, taken_at[rows, best])
        relevance[rows, best] = -np.inf
        np.maximum(alike, likeness(best), out=alike)
    order = np.argsort(taken_at, axis=1, kind="stable")
    at = np.empty_like(order)
    np.put_along_axis(at, order, np.arange(width)[None, :].repeat(len(pool), axis=0), axis=1)
    return at[query, place]


def scaled(pool: Candidates) -> NDArray[np.float32]:
    """Score from 1 at the best of a query to 0 at the worst; 1 where all are equal, 0 where there is none (rows,)."""
    full = pool.counts > 0
    start = pool.splits[:-1][full]
    finite = np.where(np.isfinite(pool.score), pool.score.astype(np.float64), np.nan)
    high, low = np.full(len(pool), np.nan), np.full(len(pool), np.nan)
    high[full], low[full] = np.fmax.reduceat(finite, start), np.fmin.reduceat(finite, start)
    reach = (high - low)[pool.query]
    share = np.where(reach > 0, (finite - low[pool.query]) / np.where(reach > 0, reach, 1), 1.0)
    return np.where(np.isnan(finite), 0.0, share).astype(np.float32)
