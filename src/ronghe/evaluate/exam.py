"""An exam: the same questions and the same truth for every system, so that their answers can be compared pairwise."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from ronghe.core.candidates import Candidates
from ronghe.evaluate import beyond
from ronghe.evaluate.ranking import measure
from ronghe.evaluate.report import CUT, DISCOVERY, MAIN, METRICS, NEW_SHELF, REPEAT, SLICED, Comparison, System
from ronghe.evaluate.significance import Interval, intervals, paired
from ronghe.evaluate.slices import by_history, discoveries, repeats, unknown_only
from ronghe.evaluate.wanted import Wanted

Float64 = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Exam:
    """What answers are judged by.

    wanted: what each query's shopper did want · known: the distinct items they had before · past: liking of each
    (query, item) before, CSR · category of each item, -1 none · owners: how many users had each item before (items,) ·
    users: how many there were · vectors: unit rows (items, dim) or None · seed of the resampling.
    """

    wanted: Wanted
    known: Wanted
    past: sp.csr_matrix
    category: NDArray[np.int64]
    owners: Float64
    users: int
    vectors: NDArray[np.float32] | None = None
    seed: int = 0

    @cached_property
    def slices(self) -> Mapping[str, NDArray[np.bool_]]:
        """Queries by how much is known of their shopper."""
        return by_history(self.known)

    def marks(self, ranked: Candidates) -> "Marks":
        """What each query's answer is worth: every metric, over all and by slice."""
        new = discoveries(self.wanted, self.known)
        overall = measure(ranked, self.wanted, METRICS)
        apart = {
            REPEAT: measure(ranked, repeats(self.wanted, self.known), SLICED),
            DISCOVERY: measure(ranked, new, SLICED),
            NEW_SHELF: measure(unknown_only(ranked, self.known), new, SLICED),
        }
        cut = {name: {m: np.where(mask, overall[m], np.nan) for m in SLICED} for name, mask in self.slices.items()}
        return Marks({"": overall, **apart, **cut})

    def system(self, name: str, role: str, ranked: Candidates, marks: "Marks", seconds: float) -> System:
        """One table row out of the marks, with intervals and what lies beyond accuracy."""
        means = marks.intervals(self.seed)
        slices = {name: dict(found) for name, found in means.items() if name}
        return System(name, role, means[""], self.beyond(ranked), slices, round(seconds, 3))

    def beyond(self, ranked: Candidates) -> dict[str, float]:
        """Metrics beyond accuracy of the first CUT places; a mean over the queries where one is per query."""
        shown, items = beyond.head(ranked, CUT), len(self.category)
        each = {
            "novelty": beyond.novelty(shown, self.owners, self.users),
            "category distance": beyond.category_distance(shown, self.category),
            "miscalibration": beyond.miscalibration(shown, self.past, self.category),
            "popularity": beyond.popularity(shown, self.owners, self.users),
            "popularity lift": beyond.popularity_lift(shown, self.past, self.owners),
        }
        if self.vectors is not None:
            each["vector distance"] = beyond.vector_distance(shown, self.vectors)
        sold = beyond.exposure(shown, items)[self.owners > 0]
        whole = {"coverage": beyond.coverage(shown, items), "gini": beyond.gini(sold)}
        return {**whole, **{name: _mean(values) for name, values in each.items()}}


@dataclass(frozen=True, eq=False)
class Marks:
    """slice ("" = all) -> metric -> one value a query, NaN where it does not count."""

    values: Mapping[str, Mapping[str, Float64]]

    def intervals(self, seed: int) -> dict[str, dict[str, Interval]]:
        """The mean of each with its bootstrap interval; every system sees the same draws."""
        keys = [(part, metric) for part, metrics in self.values.items() for metric in metrics]
        table = np.stack([self.values[part][metric] for part, metric in keys], axis=1)
        found: dict[str, dict[str, Interval]] = {part: {} for part in self.values}
        for (part, metric), interval in zip(keys, intervals(table, seed), strict=True):
            found[part][metric] = interval
        return found


def compare(marks: Mapping[str, Marks], better: str, than: str, seed: int = 0, parts: Sequence[str] = ("",)) -> list[Comparison]:
    """Paired tests of two systems on MAIN, over all queries and the named slices."""
    pairs = [(part, marks[better].values[part][MAIN], marks[than].values[part][MAIN]) for part in parts]
    return [Comparison(better, than, MAIN, paired(a, b, seed), part) for part, a, b in pairs]


def with_alone(systems: Sequence[System], lists: Mapping[str, Candidates], wanted: Wanted) -> list[System]:
    """Retrievers with the share of all wanted rows that they alone found, at the depth of their lists."""
    found = {s.name: wanted.found_in(lists[s.name]) for s in systems if s.role == "retriever"}
    times = np.sum(list(found.values()), axis=0) if found else np.zeros(0)
    total = max(len(wanted.item), 1)
    return [replace(s, alone=float((found[s.name] & (times == 1)).sum() / total)) if s.name in found else s for s in systems]


def _mean(values: Float64) -> float:
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else float("nan")
