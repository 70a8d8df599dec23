"""A small report with known numbers, for the tests of what shows it."""

from ronghe.evaluate.report import METRICS, NEW_SHELF, REPEAT, SLICED, Comparison, KnownItem, Period, Report, System
from ronghe.evaluate.significance import Difference, Interval

BEYOND = ("coverage", "gini", "novelty", "category distance", "miscalibration", "popularity", "popularity lift")


def system(name, role, value):
    sure = Interval(value, value * 0.9, value * 1.1)
    blank = Interval(float("nan"), float("nan"), float("nan"))
    slices = {REPEAT: dict.fromkeys(SLICED, sure), NEW_SHELF: dict.fromkeys(SLICED, sure), "new": dict.fromkeys(SLICED, blank)}
    return System(name, role, dict.fromkeys(METRICS, sure), dict.fromkeys(BEYOND, value / 10), slices, 0.5)


def report():
    systems = (
        system("popular", "baseline", 0.1), system("a<b>&c", "retriever", 0.2), system("ease", "retriever", 0.25),
        system("fused", "fused", 0.3), system("final", "final", 0.4), system("discover", "shelf", 0.05),
    )  # fmt: skip
    gap = Difference(0.15, 0.1, 0.2, 0.0001)
    counts = {"queries": 1234, "events before": 99_000, "wanted": 500, "wanted new": 200, "new shoppers": 7}
    known = (KnownItem("bm25", {"mrr@10": Interval(0.5, 0.4, 0.6)}, 0.1),)
    return Report(
        "Corner <shop>", "home", "2017-12-18T00:00:00+00:00", Period(0.0, 86_400.0, 172_800.0), counts, systems,
        (Comparison("final", "ease", "ndcg@10", gap), Comparison("final", "ease", "ndcg@10", gap, REPEAT)), known, 50,
        {"test": 1.5}, ("A note.",),
    )  # fmt: skip
