"""Processor time and memory of fits as a PNG."""

from pathlib import Path
from typing import Any


def plotted(rows: list[dict[str, Any]], path: Path, by: str) -> str:
    """The rows that ended, drawn to `path`: lines over events when `by` is "share", bars otherwise. Says what is missing."""
    try:
        import matplotlib
    except ModuleNotFoundError:
        return "not drawn: matplotlib is not installed; pip install 'ronghe[bench]'"
    matplotlib.use("Agg")
    from matplotlib import pyplot

    done = [row for row in rows if "events" in row]
    if not done:
        return "not drawn: no fit ended"
    path.parent.mkdir(parents=True, exist_ok=True)
    figure, both = pyplot.subplots(1, 2, figsize=(13, 5.5), layout="constrained")
    for axes, column, title in zip(
        both, ("processor seconds", "peak GiB"), ("Fit: processor seconds", "Fit: peak memory, GiB"), strict=True
    ):
        _lines(axes, done, column) if by == "share" else _bars(axes, done, column)
        axes.set_title(title)
    if by == "share":
        figure.legend(*both[0].get_legend_handles_labels(), loc="outside lower center", ncols=7, fontsize=9)
    figure.savefig(path, dpi=110)
    pyplot.close(figure)
    return str(path.relative_to(path.parents[1]))


def _lines(axes: Any, rows: list[dict[str, Any]], column: str) -> None:
    names = list(dict.fromkeys(row["method"] for row in rows))
    for at, name in enumerate(names):
        mine = [row for row in rows if row["method"] == name]
        style = ("-", "--", ":")[at // 10 % 3]
        axes.plot([row["events"] for row in mine], [max(row[column], 1e-2) for row in mine], style, marker="o", label=name)
    axes.set_xscale("log")
    axes.set_yscale("log")
    events = sorted({row["events"] for row in rows})
    axes.set_xticks(events, [f"{each:,}" for each in events])
    axes.yaxis.set_major_formatter("{x:g}")
    axes.yaxis.set_minor_formatter("{x:g}" if column == "peak GiB" else "")
    axes.xaxis.set_minor_formatter("")
    axes.set_xlabel("events")
    axes.grid(alpha=0.3)


def _bars(axes: Any, rows: list[dict[str, Any]], column: str) -> None:
    names, values = [row["method"] for row in rows], [row[column] for row in rows]
    axes.bar_label(axes.barh(names, values), fmt="%.1f", padding=3)
    axes.margins(x=0.12)  # room for the last label
    axes.invert_yaxis()
    axes.grid(axis="x", alpha=0.3)
