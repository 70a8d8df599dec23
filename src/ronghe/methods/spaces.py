"""Where `ronghe tune` looks: for each method the settings worth searching, and how far. A method without a line is not tuned."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Span:
    """From low to high, both tried · log: evenly over magnitudes · a span between whole numbers gives whole numbers."""

    low: float
    high: float
    log: bool = False

    @property
    def whole(self) -> bool:
        """Whether the setting is a whole number."""
        return isinstance(self.low, int)


Spans = dict[str, Span]
DAMP = Span(0.0, 1.0)
LIKING = {"half_life": Span(14.0, 730.0, log=True), "power": Span(0.0, 1.0)}  # how events add up to liking
COURSE = {"dropout": Span(0.1, 0.7), "rate": Span(3e-4, 0.02, log=True), "traits": Span(0.0, 2.0)}  # of networks over lines
WEIGHT = Span(0.25, 8.0, log=True)  # of a retriever in a fusion
SPACES: dict[str, Spans] = {
    "ease": {"l2": Span(1.0, 5000.0, log=True), **LIKING},
    "als": {
        "factors": Span(16, 192, log=True), "unobserved": Span(0.05, 2.0, log=True), "l2": Span(1e-4, 0.1, log=True),
        **LIKING,
    },
    "item-knn": {"neighbours": Span(20, 400, log=True), "shrink": Span(1.0, 200.0, log=True), **LIKING},
    "user-knn": {"neighbours": Span(10, 300, log=True), "shrink": Span(1.0, 100.0, log=True), **LIKING},
    "sparse-ease": {"l2": Span(0.5, 500.0, log=True), "shopper_damp": DAMP, "item_damp": DAMP, **LIKING},
    "rp3beta": {"alpha": Span(0.3, 1.5), "beta": Span(0.0, 1.0), **LIKING},
    "turbo-cf": {"alpha": Span(0.1, 0.9), "power_graph": Span(0.3, 1.5), **LIKING},
    "gf-cf": {"low": Span(0.0, 1.0), **LIKING},
    "bspm": {"low": Span(0.0, 1.0), "time": Span(0.0, 3.0), **LIKING},
    "graph-blend": {
        "near": Span(0.0, 1.0), "low": Span(0.0, 1.0), "l2": Span(0.5, 500.0, log=True), **LIKING,
    },
    "popular": {"half_life": Span(3.0, 365.0, log=True)},
    "again": {"horizon": Span(7.0, 42.0), "prior": Span(1.0, 100.0, log=True)},
    "bought-together": {"damp": DAMP, "shrink": Span(1.0, 100.0, log=True)},
    "recent": {"days": Span(7.0, 90.0), "half_life": Span(2.0, 60.0, log=True)},
    "bpr": {"factors": Span(16, 192, log=True), "rate": Span(0.01, 0.5, log=True), "l2": Span(0.001, 0.2, log=True)},
    "lightgcn": {"factors": Span(16, 192, log=True), "hops": Span(1, 3), "rate": Span(0.01, 0.5, log=True)},
    "slim": {"l1": Span(0.01, 5.0, log=True), "l2": Span(0.5, 500.0, log=True), **LIKING},
    "next-item": {
        "past": Span(0.5, 20.0, log=True), "future": Span(0.5, 20.0, log=True), "asked": Span(0.5, 20.0, log=True),
        "l2": Span(1.0, 1000.0, log=True),
    },
    "stan": {"decay": Span(0.3, 20.0, log=True), "around": Span(0.3, 20.0, log=True), "neighbours": Span(50, 1000, log=True)},
    "sasrec": COURSE, "bsarec": {"share": Span(0.0, 1.0), **COURSE}, "hstu": COURSE, "fused-sequence": {"members": Span(1, 4)},
    "gru4rec": {"width": Span(32, 256, log=True), **COURSE},
    "neural-cf": {"width": Span(16, 128, log=True), "epochs": Span(5, 40, log=True), "pace": Span(5e-4, 0.02, log=True), **LIKING},
    "context-tensor": {
        "factors": Span(8, 64, log=True), "unobserved": Span(0.01, 1.0, log=True), "l2": Span(0.01, 10.0, log=True),
        "half_life": Span(14.0, 730.0, log=True),
    },
    "svd": {"factors": Span(2, 60, log=True), "l2": Span(0.05, 2.0, log=True)},
    "biased-mf": {"factors": Span(5, 80, log=True), "l2": Span(0.3, 10.0, log=True), "nu": Span(0.0, 1.0)},
    "svd++": {
        "factors": Span(5, 80, log=True), "l2": Span(0.3, 10.0, log=True), "l2_implicit": Span(1.0, 40.0, log=True),
        "nu": Span(0.0, 1.0),
    },
    "svd-mf": {"factors": Span(5, 80, log=True), "l2": Span(0.3, 10.0, log=True), "nu": Span(0.0, 1.0)},
    "boosted": {
        "trees": Span(30, 400, log=True), "leaves": Span(4, 63, log=True), "rate": Span(0.02, 0.3, log=True),
        "rows": Span(20, 500, log=True), "l2": Span(0.1, 50.0, log=True), "share": Span(0.3, 1.0),
    },
    "mmr": {"balance": Span(0.5, 1.0)},
}  # fmt: skip
