"""Judgements: what the funnel itself retrieved at past moments, with what the shoppers then went on to want."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ronghe.core.candidates import Candidates
from ronghe.core.dataset import Dataset
from ronghe.core.errors import NotReady, RongheError
from ronghe.core.judgements import Judgements
from ronghe.core.queries import Queries
from ronghe.core.roles import Compute
from ronghe.evaluate.wanted import Wanted
from ronghe.funnel.funnel import Funnel
from ronghe.kernels.segments import order_within, place_of
from ronghe.learn.batches import batches, stacked, stacked_queries
from ronghe.learn.questions import ask_at

BATCH = 64  # queries retrieved and hydrated at a time: bounds memory


@dataclass(frozen=True)
class Budget:
    """How much is judged.

    queries: at most so many in all, shared evenly among the moments · negatives: not-wanted candidates kept of each query,
    drawn evenly (what was wanted is always kept) · keep: best fused candidates looked at, 0 = all · strangers: share of the
    queries asked as if the shopper had only just come, with none or a few of their latest events.
    """

    queries: int = 6000
    negatives: int = 60
    keep: int = 0
    strangers: float = 0.1


def judge(
    funnel: Callable[[float], Funnel], data: Dataset, moments: Sequence[float], horizon: float, surface: str, memory: int,
    compute: Compute, budget: Budget, columns: Sequence[str] | None = None,
) -> Judgements:  # fmt: skip
    """Judged candidates of shoppers asked at each of `moments` (epoch seconds) about the `horizon` days after it.

    funnel: the one that is asked at a moment; its parts must have been fitted no later. NotReady when nobody wanted anything
    that was retrieved.
    """
    each = budget.queries // max(len(moments), 1)
    asked = [ask_at(data, m, horizon, surface, memory, each, compute.seed) for m in moments]
    rng, funnel_at = np.random.default_rng(compute.seed), lru_cache(maxsize=1)(funnel)
    asked = [(as_strangers(queries, budget.strangers, rng), wanted) for queries, wanted in asked]
    work = [(m, at) for m, (queries, _) in enumerate(asked) for at in batches(queries, BATCH)]
    judged = [
        judge_batch(funnel_at(moments[m]), asked[m][0].take(at), asked[m][1], at, budget, columns, rng)
        for m, at in compute.track(work, "judgements", len(work))
    ]
    judged = [j for j in judged if len(j.queries)]
    if not judged:
        raise NotReady("no shopper wanted anything that was retrieved, so there is nothing to rank; bring more events in")
    gain = np.concatenate([j.gain for j in judged])
    return Judgements(stacked_queries([j.queries for j in judged]), stacked([j.candidates for j in judged]), gain)


def as_strangers(queries: Queries, share: float, rng: np.random.Generator) -> Queries:
    """The queries, a `share` of them with only their latest 0 to 5 events: rankers must also serve who has just come."""
    history = queries.history
    length = np.diff(history.splits)
    known = np.where(rng.random(len(queries)) < share, rng.integers(0, 6, len(queries)), length)
    return queries.replace(history=history.where(place_of(history.splits) >= np.repeat(length - known, length)))


def judge_batch(
    funnel: Funnel, queries: Queries, wanted: Wanted, at: NDArray[np.int64], budget: Budget, columns: Sequence[str] | None,
    rng: np.random.Generator,
) -> Judgements:  # fmt: skip
    """What the funnel retrieves for `queries`, which stand at positions `at` of `wanted`; queries without a hit are left out."""
    found, trace = funnel.retrieve(queries, columns, budget.keep)
    if trace.errors:
        raise RongheError(f"parts failed while training queries were answered: {trace.errors}")
    gain = wanted.gain_of(at[found.query], found.item)
    useful = np.bincount(found.query, gain, minlength=len(queries)) > 0
    kept = useful[found.query] & ((gain > 0) | _drawn(found, gain, budget.negatives, rng))
    rows = found.where(kept)
    held = np.flatnonzero(useful)
    return Judgements(trace.queries.take(held), _only(rows, held), gain[kept].astype(np.float32))


def _drawn(found: Candidates, gain: NDArray[np.float64], negatives: int, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Which rows are among `negatives` drawn of their query's not-wanted ones (rows,)."""
    lot = np.where(gain > 0, np.nan, rng.random(len(gain)))  # NaN comes last
    order = order_within(lot, found.item, found.splits)
    drawn = np.zeros(len(gain), dtype=bool)
    drawn[order] = place_of(found.splits) < negatives
    return drawn


def _only(rows: Candidates, queries: NDArray[np.int64]) -> Candidates:
    """The same rows as candidates of fewer queries; the others must have none."""
    splits = np.append(rows.splits[queries], rows.splits[-1])
    return rows.in_order(np.arange(len(rows.item)), splits)
