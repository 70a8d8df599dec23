"""The evaluation report: every part of the funnel alone, fused and final, with intervals; JSON in and out."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import TypeAdapter, ValidationError

from ronghe.core.errors import BadData
from ronghe.evaluate.significance import Difference, Interval

SCHEMA = 1
MAIN = "ndcg@10"  # the metric systems are compared and gated by
CUT = 10  # how many places the beyond-accuracy metrics look at
RECALL_CUTS = (1, 2, 5, 10, 20, 50, 100)
METRICS = ("ndcg@5", "ndcg@10", "ndcg@20", "precision@10", "hit@10", "mrr@10", "map@10", *(f"recall@{k}" for k in RECALL_CUTS))
SLICED = ("ndcg@10", "recall@10", "hit@10")  # metrics that are also given by slice
REPEAT, DISCOVERY, NEW_SHELF = "repeat", "discovery", "discovery shelf"


@dataclass(frozen=True)
class System:
    """One ranked answer to every query, judged.

    role: "baseline", "retriever", "fused", "final", or "shelf" (another surface, of new things only) ·
    scores: metric -> mean over queries with its 95 % interval ·
    beyond: metric -> value at CUT places · slices: slice -> metric -> interval · seconds: to answer all queries ·
    alone: share of everything wanted that only this retriever found at its depth, NaN where that says nothing.
    """

    name: str
    role: str
    scores: Mapping[str, Interval]
    beyond: Mapping[str, float]
    slices: Mapping[str, Mapping[str, Interval]]
    seconds: float
    alone: float = float("nan")


@dataclass(frozen=True)
class Comparison:
    """A paired bootstrap test over shoppers: `better` - `than` on one metric, over all or one slice."""

    better: str
    than: str
    metric: str
    difference: Difference
    slice: str = ""


@dataclass(frozen=True)
class KnownItem:
    """Known-item search: queries constructed from an item's own words, so only that item counts as right."""

    name: str
    scores: Mapping[str, Interval]
    seconds: float


@dataclass(frozen=True)
class Period:
    """What was learnt from and what was asked about, epoch seconds: learnt < start <= asked < end."""

    first: float
    start: float
    end: float


@dataclass(frozen=True)
class Report:
    """What an evaluation found. `counts`: items, shoppers, events before and after the split, queries, wanted, repeats …

    systems: in the order baseline, retrievers, fused, final, shelves · search: empty when nothing searches by text ·
    search_queries: how many constructed queries · seconds: step -> time · notes: what a reader must know.
    """

    shop: str
    surface: str
    made: str  # ISO 8601, UTC
    period: Period
    counts: Mapping[str, int]
    systems: tuple[System, ...]
    comparisons: tuple[Comparison, ...]
    search: tuple[KnownItem, ...] = ()
    search_queries: int = 0
    seconds: Mapping[str, float] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    schema: int = SCHEMA

    def system(self, name: str) -> System:
        """The system of that name. KeyError when there is none."""
        return {s.name: s for s in self.systems}[name]

    def of_role(self, role: str) -> tuple[System, ...]:
        """The systems of a role, best on MAIN first."""
        return tuple(sorted((s for s in self.systems if s.role == role), key=lambda s: -s.scores[MAIN].mean))

    @property
    def final(self) -> System:
        """The whole funnel."""
        return self.of_role("final")[0]

    @property
    def best_single(self) -> System | None:
        """The best retriever alone; None when the surface has none."""
        return next(iter(self.of_role("retriever")), None)

    def headline(self) -> dict[str, float]:
        """Few numbers for a list of models."""
        scores, beyond = self.final.scores, self.final.beyond
        picked = {name: scores[name].mean for name in (MAIN, "recall@10", "hit@10")}
        return {name: value for name, value in {**picked, "coverage": beyond["coverage"]}.items() if value == value}

    def to_json(self) -> str:
        """JSON text; NaN is null."""
        return TypeAdapter(Report).dump_json(self, indent=1).decode()

    def to_dict(self) -> dict[str, Any]:
        """JSON-like values; NaN is None."""
        plain: dict[str, Any] = json.loads(self.to_json())
        return plain

    @staticmethod
    def of_dict(plain: Mapping[str, Any]) -> "Report":
        """The report that to_dict gave. BadData when it is of another schema or not one at all."""
        if plain.get("schema") != SCHEMA:
            raise BadData(f"report of schema {plain.get('schema')!r}; this version reads schema {SCHEMA}; evaluate again")
        try:
            return TypeAdapter(Report).validate_python(_nan_for_null(plain))
        except ValidationError as error:
            raise BadData(f"not an evaluation report: {error.errors(include_url=False)[0]}") from error

    @staticmethod
    def of_json(text: str | bytes) -> "Report":
        """The report that to_json wrote. BadData as of_dict."""
        return Report.of_dict(plain_of(text))


def plain_of(text: str | bytes) -> dict[str, Any]:
    """The JSON-like values of a report that to_json wrote, unchecked. BadData when the text is no JSON object."""
    try:
        plain = json.loads(text)
    except ValueError as error:  # of bytes: no UTF-8, too
        raise BadData(f"not an evaluation report: {error}") from error
    if not isinstance(plain, dict):
        raise BadData("not an evaluation report: right would be a JSON object")
    return plain


def _nan_for_null(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _nan_for_null(v) for name, v in value.items()}
    if isinstance(value, list):
        return [_nan_for_null(v) for v in value]
    return float("nan") if value is None else value
