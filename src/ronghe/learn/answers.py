"""Answers to many queries: a retriever alone, the fused candidates, or what the whole funnel shows; all behind the same filters."""

from collections.abc import Callable

import numpy as np

from ronghe.core.candidates import Candidates
from ronghe.core.errors import RongheError
from ronghe.core.queries import Queries
from ronghe.core.roles import Compute, Retriever
from ronghe.funnel.funnel import Funnel, found_by
from ronghe.funnel.sift import sifted
from ronghe.funnel.trace import Recorder, Trace
from ronghe.learn.batches import batches, stacked

BATCH = 64
Answer = Callable[[Queries], Candidates]


def answered(answer: Answer, queries: Queries, compute: Compute, title: str) -> Candidates:
    """The answer to all queries, items and scores only, best first."""
    work = list(batches(queries, BATCH))
    return stacked([_bare(answer(queries.take(at))) for at in compute.track(work, title, len(work))])


def alone(part: Retriever, funnel: Funnel, k: int) -> Answer:
    """What one retriever finds and the filters of the funnel leave: it is not blamed for what the shop may not show."""

    def answer(queries: Queries) -> Candidates:
        record = Recorder(False)
        found = found_by(part, queries, max(funnel.depth, k))
        found, alive = sifted(funnel.filters, funnel.hydration, queries, found, record)
        _sound(record.trace(queries, found, alive))
        left = found.where(alive)
        return left.where(left.place < k)

    return answer


def fused(funnel: Funnel, k: int) -> Answer:
    """What all retrievers found and the filters left, in fused order."""

    def answer(queries: Queries) -> Candidates:
        _, trace = funnel.retrieve(queries, columns=(), keep=1)
        matches = _sound(trace).matches
        return matches.where(matches.place < k)

    return answer


def shown(funnel: Funnel, k: int, seed: int) -> Answer:
    """What the whole funnel shows."""

    def answer(queries: Queries) -> Candidates:
        slates, trace = funnel(queries, k, np.random.default_rng(seed))
        _sound(trace)
        return slates.shown

    return answer


def _sound(trace: Trace) -> Trace:
    """An evaluation of a funnel with a broken part would say nothing."""
    if trace.errors:
        raise RongheError(f"parts failed while they were evaluated: {trace.errors}")
    return trace


def _bare(found: Candidates) -> Candidates:
    return Candidates.of(found.splits, found.item, found.score)
