"""The funnel's trace as something to look at: stages with bars that narrow, and the evidence of every part for each item."""

from dataclasses import dataclass
from typing import Any

from ronghe.engine.request import Answer

QUIET = ("hydrate",)  # looked-up columns change nothing a reader follows


@dataclass(frozen=True)
class Bar:
    """One part at work. share: width of its bar, 0 to 100 · removed: how many it took away."""

    stage: str
    part: str
    count: int | None
    share: float
    removed: int
    ms: float
    error: str


@dataclass(frozen=True)
class FunnelView:
    """bars in the order the parts ran · parts: names of the evidence columns · cells: for each shown item, its part -> weight."""

    bars: tuple[Bar, ...]
    parts: tuple[str, ...]
    cells: tuple[dict[str, float], ...]
    text: str
    total: int
    ms: float


def funnel_of(answer: Answer) -> FunnelView:
    """What there is to see of a traced answer."""
    trace: dict[str, Any] = dict(answer.trace or {})
    steps = [step for step in trace.get("steps", ()) if step["stage"] not in QUIET or step.get("error")]
    widest = max([step.get("out") or 0 for step in steps] + [step.get("in") or 0 for step in steps] + [1])
    shown = {"stage": "show", "part": "page", "out": len(answer.items)}
    bars = tuple(_bar(step, widest) for step in [*steps, shown])
    evidence = trace.get("evidence") or [{r["part"]: r["weight"] for r in reversed(shown.reasons)} for shown in answer.items]
    parts = tuple(dict.fromkeys(part for row in evidence for part in row if not part.startswith("fuse:")))
    ms = sum(step.get("ms", 0.0) for step in trace.get("steps", ()))
    return FunnelView(bars, parts, tuple(evidence), trace.get("text", ""), trace.get("total", answer.total), ms)


def _bar(step: dict[str, Any], widest: int) -> Bar:
    count, before = step.get("out"), step.get("in")
    removed = max(before - count, 0) if count is not None and before is not None and step["stage"] == "filter" else 0
    share = 0.0 if count is None else 100.0 * count / widest
    return Bar(step["stage"], step["part"], count, share, removed, step.get("ms", 0.0), step.get("error", ""))
