"""An evaluation report in the terminal: tables by rich, loaded only when one is shown."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ronghe.evaluate.report import DISCOVERY, MAIN, NEW_SHELF, REPEAT, Comparison, Report, System

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

ACCURACY = {"recall@10": "recall@10", "hit@10": "hit@10", "mrr@10": "mrr@10", "map@10": "map@10", "recall@100": "recall@100"}
BEYOND = {
    "coverage": "coverage", "gini": "Gini", "novelty": "novelty, bits", "category distance": "distance",
    "miscalibration": "miscalibr.", "popularity lift": "pop. lift",
}  # fmt: skip
APART = {
    REPEAT: "repeat",
    DISCOVERY: "discovery",
    NEW_SHELF: "new shelf",
    "new": "new",
    "cold": "cold",
    "warm": "warm",
    "regular": "regular",
}
STYLE = {"final": "bold", "fused": "", "retriever": "dim", "baseline": "dim italic", "shelf": "cyan"}


def show(report: Report, console: "Console | None" = None) -> None:
    """Prints the report: split and counts, systems, slices, beyond accuracy, tests, known-item search."""
    from rich.console import Console

    out = console or Console()
    for line in _head(report):
        out.print(line, highlight=False)
    out.print(_accuracy(report), _apart(report), _beyond(report), _tests(report), *_search(report))
    for note in report.notes:
        out.print(note, style="dim", highlight=False)


def said(test: Comparison) -> str:
    """A comparison as a sentence."""
    gap = test.difference
    where = f" on {test.slice}" if test.slice else ""
    interval = f"95 % interval {gap.low:+.4f} to {gap.high:+.4f}"
    return f"{test.better} - {test.than}, {test.metric}{where}: {gap.mean:+.4f} ({interval}), p = {gap.p:.4f}"


def _head(report: Report) -> list[str]:
    from rich.markup import escape

    counts, period = report.counts, report.period
    return [
        f"[bold]{escape(report.shop)}[/bold], surface {report.surface}: learnt from {counts['events before']:,} events "
        f"before {_day(period.start)}",
        f"{counts['queries']:,} shoppers asked then; until {_day(period.end)} they wanted {counts['wanted']:,} things, "
        f"{counts['wanted new'] / max(counts['wanted'], 1):.0%} of them new to them",
    ]


def _day(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d")


def _table(title: str, first: str, columns: Sequence[str]) -> "Table":
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(title=title, box=SIMPLE_HEAD, title_justify="left", title_style="bold", pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column(first, no_wrap=True)
    for name in columns:
        table.add_column(name, justify="right", no_wrap=True)
    return table


def _rows(table: "Table", report: Report, cells: Sequence[Sequence[str]]) -> "Table":
    for system, row in zip(report.systems, cells, strict=True):
        table.add_row(system.name, *row, style=STYLE[system.role])
    return table


def _accuracy(report: Report) -> "Table":
    table = _table("Accuracy: mean over shoppers, full ranking", "system", [MAIN, "95 % interval", *ACCURACY.values(), "only here"])

    def row(s: System) -> list[str]:
        main = s.scores[MAIN]
        return [
            f"{main.mean:.4f}",
            f"{main.low:.3f}-{main.high:.3f}",
            *(f"{s.scores[m].mean:.3f}" for m in ACCURACY),
            _share(s.alone),
        ]

    return _rows(table, report, [row(s) for s in report.systems])


def _apart(report: Report) -> "Table":
    names = [n for n in APART if n in report.final.slices]
    table = _table(f"{MAIN} apart: what was wanted, and how much is known of who wanted it", "system", [APART[n] for n in names])
    return _rows(table, report, [[_number(s.slices[n][MAIN].mean) for n in names] for s in report.systems])


def _beyond(report: Report) -> "Table":
    table = _table("Beyond accuracy, first 10 places", "system", list(BEYOND.values()))
    return _rows(table, report, [[_number(s.beyond[m]) for m in BEYOND] for s in report.systems])


def _tests(report: Report) -> "Table":
    table = _table(f"Paired bootstrap tests over shoppers, {MAIN}", "difference", ["on", "mean", "95 % interval", "p"])
    for test in report.comparisons:
        gap = test.difference
        row = (APART.get(test.slice, "all"), f"{gap.mean:+.4f}", f"{gap.low:+.4f} to {gap.high:+.4f}", f"{gap.p:.4f}")
        table.add_row(f"{test.better} - {test.than}", *row, style="" if not test.slice else "dim")
    return table


def _search(report: Report) -> list["Table"]:
    if not report.search:
        return []
    title = f"Known-item search, {report.search_queries:,} constructed queries"
    table = _table(title, "system", list(report.search[0].scores))
    for row in report.search:
        table.add_row(row.name, *(f"{score.mean:.4f}" for score in row.scores.values()))
    return [table]


def _number(value: float) -> str:
    return "" if value != value else f"{value:.3f}"


def _share(value: float) -> str:
    return "" if value != value else f"{100 * value:.1f} %"
