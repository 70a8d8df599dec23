"""An evaluation report in the terminal: tables by rich, loaded only when one is shown."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ronghe.evaluate.report import DISCOVERY, MAIN, NEW_SHELF, REPEAT, Comparison, Report, System

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

SHOWN = ("ndcg@10", "recall@10", "hit@10", "mrr@10", "map@10", "recall@100")
BEYOND = ("coverage", "gini", "novelty", "category distance", "miscalibration", "popularity lift")
STYLE = {"final": "bold", "fused": "", "retriever": "dim", "baseline": "dim italic"}


def show(report: Report, console: "Console | None" = None) -> None:
    """Prints the report: split and counts, systems, slices, beyond accuracy, tests, known-item search."""
    from rich.console import Console

    out = console or Console()
    out.print(_head(report), highlight=False)
    out.print(_accuracy(report), _apart(report), _beyond(report))
    for test in report.comparisons:
        out.print(f"  {said(test)}", highlight=False)
    if report.search:
        out.print(_search(report))
    for note in report.notes:
        out.print(f"  {note}", style="dim", highlight=False)


def said(test: Comparison) -> str:
    """A comparison as a sentence."""
    gap = test.difference
    where = f" on {test.slice}" if test.slice else ""
    interval = f"95 % interval {gap.low:+.4f} to {gap.high:+.4f}"
    return f"{test.better} - {test.than}, {test.metric}{where}: {gap.mean:+.4f} ({interval}), p = {gap.p:.4f}"


def _head(report: Report) -> str:
    counts, period = report.counts, report.period
    asked = f"{counts['queries']:,} shoppers asked at {_day(period.start)} about what they wanted until {_day(period.end)}"
    return f"[bold]{report.shop}[/bold], surface {report.surface}: {asked}; learnt from {counts['events before']:,} events before"


def _day(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d")


def _table(title: str, columns: Sequence[str]) -> "Table":
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(title=title, box=SIMPLE_HEAD, title_justify="left", title_style="bold", pad_edge=False)
    table.add_column("system")
    for name in columns:
        table.add_column(name, justify="right")
    return table


def _rows(table: "Table", cells: Sequence[tuple[System, Sequence[str]]]) -> "Table":
    for system, row in cells:
        table.add_row(system.name, *row, style=STYLE[system.role])
    return table


def _accuracy(report: Report) -> "Table":
    table = _table("Accuracy (mean over shoppers, full ranking)", [*SHOWN, f"95 % of {MAIN}", "found alone", "seconds"])
    return _rows(table, [(s, [*(f"{s.scores[m].mean:.4f}" for m in SHOWN), f"{s.scores[MAIN].low:.4f}-{s.scores[MAIN].high:.4f}",
                                     _share(s.alone), f"{s.seconds:.1f}"]) for s in report.systems])  # fmt: skip


def _apart(report: Report) -> "Table":
    names = [REPEAT, DISCOVERY, NEW_SHELF, *(n for n in ("new", "cold", "warm", "regular") if n in report.final.slices)]
    table = _table(f"{MAIN} apart: repeats, discoveries, shoppers by history", names)
    return _rows(table, [(s, [f"{s.slices[n][MAIN].mean:.4f}" for n in names]) for s in report.systems])


def _beyond(report: Report) -> "Table":
    table = _table("Beyond accuracy (first 10 places)", BEYOND)
    return _rows(table, [(s, [f"{s.beyond[m]:.3f}" for m in BEYOND]) for s in report.systems])


def _search(report: Report) -> "Table":
    title = f"Known-item search on {report.search_queries:,} constructed queries (words of an item's own title)"
    table = _table(title, list(report.search[0].scores))
    for row in report.search:
        table.add_row(row.name, *(f"{score.mean:.4f}" for score in row.scores.values()))
    return table


def _share(value: float) -> str:
    return "" if value != value else f"{100 * value:.1f} %"
