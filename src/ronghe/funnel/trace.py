"""The funnel's trace: what each part did to the rows, how long it took, what failed; counts only when asked for."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from ronghe.core.candidates import Candidates
from ronghe.core.queries import Queries

T = TypeVar("T")
MOST_NAMED = 50  # removed items that a step names for each query


@dataclass(frozen=True, eq=False)
class Step:
    """One part at work on a batch.

    stage: understand, retrieve, fuse, filter, complete, hydrate, rank or choose · part: its name in the recipe ·
    ms: for the whole batch · error: "" = none · rows_in, rows_out: of each query (queries,), None = not asked for ·
    removed: the rows that a filter took, of each query the first MOST_NAMED items, None = not a filter or not asked for.
    """

    stage: str
    part: str
    ms: float
    error: str = ""
    rows_in: NDArray[np.int64] | None = None
    rows_out: NDArray[np.int64] | None = None
    removed: tuple[tuple[int, ...], ...] | None = None

    def of_query(self, query: int) -> dict[str, Any]:
        """This step for one query, as plain JSON values."""
        said: dict[str, Any] = {"stage": self.stage, "part": self.part, "ms": round(self.ms, 3)}
        if self.error:
            said["error"] = self.error
        if self.rows_out is not None:
            said["out"] = int(self.rows_out[query])
        if self.rows_in is not None:
            said["in"] = int(self.rows_in[query])
        if self.removed is not None:
            said["removed"] = list(self.removed[query])
        return said


@dataclass(frozen=True, eq=False)
class Trace:
    """steps in the order they ran · queries as they were understood · found: what was retrieved, in fused order ·
    alive: which of it passed the filters (rows,).
    """

    steps: tuple[Step, ...]
    queries: Queries
    found: Candidates
    alive: NDArray[np.bool_]

    @cached_property
    def matches(self) -> Candidates:
        """What passed the filters, in fused order."""
        return self.found if self.alive.all() else self.found.where(self.alive)

    @property
    def errors(self) -> dict[str, str]:
        """What failed, by "stage:part"."""
        return {f"{step.stage}:{step.part}": step.error for step in self.steps if step.error}

    @property
    def ms(self) -> dict[str, float]:
        """Milliseconds of the batch by stage."""
        spent: dict[str, float] = {}
        for step in self.steps:
            spent[step.stage] = spent.get(step.stage, 0.0) + step.ms
        return spent

    def of_query(self, query: int) -> dict[str, Any]:
        """The trace of one query, as plain JSON values: steps, how many items matched, the text and the facets as understood."""
        steps = [step.of_query(query) for step in self.steps]
        said = {"steps": steps, "total": int(self.matches.counts[query]), "text": self.queries.text[query]}
        understood = [list(one) for one in self.queries.understood[query]]
        return {**said, "understood": understood} if understood else said


class Recorder:
    """Runs parts and takes down what became of them. Lives for one batch; knows counts only when `counts`."""

    def __init__(self, counts: bool) -> None:
        self.counts = counts
        self.steps: list[Step] = []

    def attempt(self, stage: str, part: str, work: Callable[[], T], before: Candidates | None = None) -> T | None:
        """What `work` returns; None when it failed, which is taken down."""
        start, result, error = time.perf_counter(), None, ""
        try:
            result = work()
        except Exception as caught:
            error = f"{type(caught).__name__}: {caught}"
        ms = (time.perf_counter() - start) * 1000.0
        self.steps.append(Step(stage, part, ms, error, *self._rows(before, result)))
        return result

    def _rows(self, before: Candidates | None, result: object) -> tuple[NDArray[np.int64] | None, NDArray[np.int64] | None]:
        if not self.counts:
            return None, None
        after = result if isinstance(result, Candidates) else before
        return None if before is None else before.counts, None if after is None else after.counts

    def gathered(self, found: Iterable[Candidates]) -> None:
        """Takes down how many rows the last step, which made one list of many, was given."""
        if self.counts:
            self.steps[-1] = replace(self.steps[-1], rows_in=np.sum([one.counts for one in found], axis=0))

    def sifted(self, part: str, before: Candidates, alive: NDArray[np.bool_], keep: NDArray[np.bool_]) -> None:
        """Takes down which of the rows that were `alive` a filter did not `keep` (rows,)."""
        if self.counts:
            gone = alive & ~keep
            rows_in, rows_out = (np.bincount(before.query[mask], minlength=len(before)) for mask in (alive, alive & keep))
            step = self.steps[-1]
            self.steps[-1] = Step("filter", part, step.ms, step.error, rows_in, rows_out, _named(before, gone))

    def trace(self, queries: Queries, found: Candidates, alive: NDArray[np.bool_]) -> Trace:
        """All that was taken down."""
        return Trace(tuple(self.steps), queries, found, alive)


def _named(candidates: Candidates, gone: NDArray[np.bool_]) -> tuple[tuple[int, ...], ...]:
    lost = candidates.where(gone)
    return tuple(tuple(lost.of_query(q)[:MOST_NAMED].tolist()) for q in range(len(lost)))
