"""An evaluation report as something to look at: headline, plots, tables, tests."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from ronghe.evaluate.plot_words import metric_name, note_in
from ronghe.evaluate.plots import all_plots
from ronghe.evaluate.report import MAIN, Report, System

SHOWN = (MAIN, "recall@10", "recall@50", "mrr@10", "map@10", "hit@10")


@dataclass(frozen=True)
class ReportView:
    """plots: SVG, made of numbers and escaped names · metrics: columns of the table · beyond: further columns, their names in
    words in `called` · notes: what a reader must know.
    """

    report: Report
    plots: tuple[Markup, ...]
    metrics: tuple[str, ...]
    beyond: tuple[str, ...]
    systems: tuple[System, ...]
    called: Mapping[str, str]
    notes: tuple[str, ...]


def report_of(held: dict[str, Any], language: str = "en") -> ReportView:
    """What there is to see of a report, its plots in "en" or "zh". BadData when it is not one."""
    report = Report.of_dict(held)
    systems = tuple(sorted(report.systems, key=lambda s: -s.scores[MAIN].mean))
    metrics = tuple(m for m in SHOWN if all(m in s.scores for s in systems))
    beyond = tuple(dict.fromkeys(name for s in systems for name in s.beyond))
    plots = tuple(Markup(svg) for svg in all_plots(report, language).values())  # noqa: S704  escaped where they are drawn
    called = {name: metric_name(name, language) for name in beyond}
    return ReportView(report, plots, metrics, beyond, systems, called, tuple(note_in(note, language) for note in report.notes))
