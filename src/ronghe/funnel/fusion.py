"""Fusion: what several retrievers found becomes one row an item, with what each said and what each added to the score."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from ronghe.core.candidates import Candidates
from ronghe.core.errors import BadRecipe
from ronghe.kernels.pairs import distinct, widest
from ronghe.kernels.segments import order_within, segment_max, segment_min, segment_sum, splits_of

Floats = NDArray[np.floating[Any]]
TINY = np.finfo(np.float64).tiny
FUSED = "fuse:total"  # evidence: the fused score; the "fuse:NAME" of all parts sum to it


def leaning(fused: Candidates, name: str, share: Floats) -> Candidates:
    """The fused rows where each gains a share (rows,) of its score, as evidence "fuse:NAME", best first again."""
    if not share.any():
        return fused
    gain = (fused.score * share).astype(np.float32)
    said = np.where(share > 0, gain, np.float32(np.nan))
    total = fused.scored(fused.score + gain, by=FUSED)
    total = replace(total, evidence={**total.evidence, f"fuse:{name}": said})
    return total.in_order(order_within(total.score, total.item, total.splits), total.splits)


@runtime_checkable
class Fusion(Protocol):
    """Brings the candidates of several retrievers together."""

    def fuse(self, found: Mapping[str, Candidates]) -> Candidates:
        """One row an item, best first. Evidence: "retrieve:NAME" what the part said, "fuse:NAME" what it added to the
        fused score, NaN where it was silent; FUSED their sum.
        """


@dataclass(frozen=True)
class ReciprocalRank:
    """Adds weight / (k + place), places from 1 (Cormack, Clarke & Buettcher 2009, doi:10.1145/1571941.1572114).

    k: how little the first places stand out · weights: of retrievers by name; one that is not named weighs 1.
    """

    k: float = 60.0
    weights: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not 0 <= self.k < np.inf:
            raise BadRecipe(f"k is {self.k}; right would be a number from 0 up")
        check_weights(self.weights)

    def fuse(self, found: Mapping[str, Candidates]) -> Candidates:
        """See Fusion."""
        return merged(found, {name: self.weights.get(name, 1.0) / (self.k + c.place + 1) for name, c in found.items()})


@dataclass(frozen=True)
class Weighted:
    """Adds weight x scaled score, scaled within each query and retriever so that the last of its list adds least.

    weights: of retrievers by name; one that is not named weighs 1 · scale: "rank" from 1 at the first place evenly
    down to 1/n, "minmax" from 1 at the best score to 0 at the lowest, "zscore" standard deviations above the lowest.
    """

    weights: Mapping[str, float] = field(default_factory=dict)
    scale: Literal["rank", "minmax", "zscore"] = "rank"

    def __post_init__(self) -> None:
        if self.scale not in ("rank", "minmax", "zscore"):
            raise BadRecipe(f"scale is {self.scale!r}; right would be 'rank', 'minmax' or 'zscore'")
        check_weights(self.weights)

    def fuse(self, found: Mapping[str, Candidates]) -> Candidates:
        """See Fusion."""
        return merged(found, {name: self.weights.get(name, 1.0) * self._scaled(c) for name, c in found.items()})

    def _scaled(self, found: Candidates) -> Floats:
        if self.scale == "rank":
            rank: Floats = 1.0 - found.place / np.repeat(found.counts, found.counts)
            return rank
        score, query = found.score.astype(np.float64), found.query
        above: Floats = score - segment_min(score, found.splits)[query]
        if self.scale == "minmax":
            reach: Floats = segment_max(above, found.splits)[query]
            return np.where(reach > 0, above / np.maximum(reach, TINY), 1.0)
        count = found.counts[query]
        mean = segment_sum(score, found.splits)[query] / count
        spread = np.sqrt(segment_sum((score - mean) ** 2, found.splits)[query] / count)
        return np.where(spread > 0, above / np.maximum(spread, TINY), 0.0)


def check_weights(weights: Mapping[str, float]) -> None:
    """BadRecipe unless every weight is a finite number from 0 up."""
    for name, weight in weights.items():
        if not 0 <= weight < np.inf:
            raise BadRecipe(f"weights: {name} weighs {weight}; right would be a number from 0 up")


def merged(found: Mapping[str, Candidates], adds: Mapping[str, Floats]) -> Candidates:
    """One row an item a query, best first; `adds`: what each retriever's rows add to the fused score."""
    if not found:
        return Candidates.none(0)
    queries = len(next(iter(found.values())))
    width = widest(*(c.item for c in found.values()))
    keys, row = distinct(np.concatenate([c.query * width + c.item for c in found.values()]))
    cuts = np.cumsum([0, *(len(c.item) for c in found.values())])
    rows = {name: row[start:end] for name, start, end in zip(found, cuts[:-1], cuts[1:], strict=True)}
    total = np.zeros(len(keys))
    for name, at in rows.items():
        total[at] += adds[name]
    score = total.astype(np.float32)
    query, item = np.divmod(keys, width)
    splits = splits_of(np.bincount(query, minlength=queries))
    order = order_within(score, item, splits)
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    rows = {name: place[at] for name, at in rows.items()}
    evidence = {f"retrieve:{name}": _laid(found[name].score, at, len(keys)) for name, at in rows.items()}
    evidence |= {f"fuse:{name}": _laid(adds[name], at, len(keys)) for name, at in rows.items()}
    return Candidates(splits, item[order], score[order], {**evidence, FUSED: score[order]}, {})


def _laid(values: Floats, at: NDArray[np.int64], rows: int) -> NDArray[np.float32]:
    laid = np.full(rows, np.nan, dtype=np.float32)
    laid[at] = values
    return laid
