"""Plots of a report as SVG text: bars with intervals, recall curves, slices, accuracy against coverage."""

from collections.abc import Sequence
from math import isnan, log

from ronghe.evaluate.plot_words import say, slice_name
from ronghe.evaluate.report import CUT, DISCOVERY, MAIN, NEW_SHELF, RECALL_CUTS, Report, System
from ronghe.evaluate.svg import COLOUR, figure, length, line, spread, tag, ticks, words

WIDTH = 680.0
TOP = 62.0  # below title and subtitle
WEIGHT = {"final": 650, "fused": 600, "shelf": 600}
LAYERS = ("baseline", "retriever", "shelf", "fused", "final")  # the last is drawn on top


def all_plots(report: Report, language: str = "en") -> dict[str, str]:
    """Every plot of a report by name: "accuracy", "recall", "slices", "coverage"; language "en" or "zh"."""
    return {plot.__name__: plot(report, language=language) for plot in (accuracy, recall, slices, coverage)}


def answering(report: Report) -> list[System]:
    """The systems that answer the whole question; a shelf of new things answers another one."""
    return [s for s in report.systems if s.role != "shelf"]


def accuracy(report: Report, metric: str = MAIN, language: str = "en") -> str:
    """Horizontal bars of one metric, best first, with 95 % intervals."""
    shown = sorted(answering(report), key=lambda s: -s.scores[metric].mean)
    left = max(length(s.name) for s in shown) + 14
    high = max(max(s.scores[metric].high for s in shown), 1e-9)
    scale = (WIDTH - left - 56) / high
    body = [_guide(left + t * scale, TOP, TOP + 28 * len(shown), f"{t:g}") for t in ticks(high)]
    body += [_bar(s, metric, left, TOP + 28 * row, scale) for row, s in enumerate(shown)]
    about = say("accuracy", language).format(queries=report.counts["queries"])
    return figure("plot-accuracy", WIDTH, TOP + 28 * len(shown) + 24, metric.upper(), about, body)


def _bar(system: System, metric: str, left: float, y: float, scale: float) -> str:
    score, middle = system.scores[metric], y + 14
    hollow = {"fill_opacity": 0.0, "stroke_dasharray": "3 3"} if system.role == "baseline" else {"fill_opacity": 0.85}
    colour, weight = COLOUR[system.role], WEIGHT.get(system.role, 400)
    ends = (left + score.low * scale, left + score.high * scale)
    whisker = [line(ends[0], middle, ends[1], middle, stroke_opacity=0.9, stroke_width=1.5)]
    whisker += [line(x, middle - 4, x, middle + 4, stroke_opacity=0.9, stroke_width=1.5) for x in ends]
    return "".join([
        words(left - 10, middle + 4.5, system.name, text_anchor="end", font_weight=weight),
        tag("rect", x=left, y=y + 4, width=max(score.mean * scale, 1.0), height=20, rx=3, fill=colour, stroke=colour, **hollow),
        *whisker,
        words(ends[1] + 8, middle + 4.5, f"{score.mean:.3f}", 12.5, font_weight=weight),
    ])  # fmt: skip


def recall(report: Report, language: str = "en") -> str:
    """Recall of each system over the number of places looked at (a logarithmic axis)."""
    shown, height, left = answering(report), 300.0, 40.0
    right = WIDTH - max(length(s.name, 12.5) for s in shown) - 16
    high = max(max(s.scores[f"recall@{RECALL_CUTS[-1]}"].mean for s in shown), 1e-9)
    bottom, up = TOP + height, height / (high * 1.04)
    xs = [left + (right - left) * log(k / RECALL_CUTS[0]) / log(RECALL_CUTS[-1] / RECALL_CUTS[0]) for k in RECALL_CUTS]
    body = _level_guides(high, left, right, bottom, up)
    body += [_faint(x, bottom + 18, str(k)) for x, k in zip(xs, RECALL_CUTS, strict=True)]
    last = [bottom - s.scores[f"recall@{RECALL_CUTS[-1]}"].mean * up for s in shown]
    labels = spread(last, 15.5, TOP, bottom)
    body += [_curve(s, xs, bottom, up, at) for s, at in sorted(zip(shown, labels, strict=True), key=lambda p: _layer(p[0]))]
    return figure("plot-recall", WIDTH, bottom + 30, say("recall title", language), say("recall", language), body)


def _curve(system: System, xs: Sequence[float], bottom: float, up: float, label: float) -> str:
    ys = [bottom - system.scores[f"recall@{k}"].mean * up for k in RECALL_CUTS]
    strong = system.role in WEIGHT
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in zip(xs, ys, strict=True))
    dash = {"stroke_dasharray": "4 4"} if system.role == "baseline" else {}
    return "".join([
        tag("polyline", points=points, fill="none", stroke=COLOUR[system.role], stroke_width=2.75 if strong else 1.5,
            stroke_opacity=1.0 if strong else 0.75, stroke_linejoin="round", stroke_linecap="round", **dash),
        line(xs[-1] + 2, ys[-1], xs[-1] + 9, label, stroke_opacity=0.35),
        words(xs[-1] + 12, label + 4, system.name, 12.5, font_weight=WEIGHT.get(system.role, 400)),
    ])  # fmt: skip


def slices(report: Report, metric: str = MAIN, language: str = "en") -> str:
    """One row a slice: baseline, best single retriever, final funnel and shelves of new things as dots."""
    best = report.best_single
    whole = [*report.of_role("baseline"), *([best] if best else []), report.final]
    rows = {name: _with_value([*whole, *_shelves(report, name)], name, metric) for name in report.final.slices}
    rows = {name: shown for name, shown in rows.items() if shown}
    said = {name: slice_name(name, report, language) for name in rows}
    left = max((length(label) for label in said.values()), default=0) + 16
    high = max((s.slices[name][metric].mean for name, shown in rows.items() for s in shown), default=0.0) or 1.0
    scale, bottom = (WIDTH - left - 24) / high, TOP + 26 + 30 * len(rows)
    body = [_guide(left + t * scale, TOP + 26, bottom, f"{t:g}") for t in ticks(high)]
    body += _key([*whole, *report.of_role("shelf")], left)
    for row, (name, shown) in enumerate(rows.items()):
        middle = TOP + 41 + 30 * row
        places = [left + s.slices[name][metric].mean * scale for s in shown]
        body.append(words(left - 12, middle + 4.5, said[name], text_anchor="end"))
        body.append(line(min(places), middle, max(places), middle, stroke_opacity=0.3, stroke_width=1.5))
        body += [_dot(s, x, middle) for s, x in zip(shown, places, strict=True)]
    title, about = say("slices title", language), say("slices", language).format(metric=metric.upper())
    return figure("plot-slices", WIDTH, bottom + 24, title, about, body)


def _shelves(report: Report, name: str) -> tuple[System, ...]:
    return report.of_role("shelf") if name in (DISCOVERY, NEW_SHELF) else ()


def _with_value(shown: Sequence[System], name: str, metric: str) -> list[System]:
    return [s for s in shown if name in s.slices and not isnan(s.slices[name][metric].mean)]


def _key(shown: Sequence[System], left: float) -> list[str]:
    body, x = [], left
    for system in shown:
        body += [_dot(system, x + 6, TOP + 6), words(x + 17, TOP + 10.5, system.name, 12.5)]
        x += length(system.name, 12.5) + 42
    return body


def coverage(report: Report, metric: str = MAIN, language: str = "en") -> str:
    """Accuracy over the share of the catalogue that is shown to anybody: up and right is better."""
    left, height, shown = 48.0, 300.0, answering(report)
    high = max(max(s.scores[metric].mean for s in shown), 1e-9)
    wide = max(max(s.beyond["coverage"] for s in shown), 1e-9)
    bottom, up = TOP + height, height / (high * 1.08)
    across = (WIDTH - left - max(length(s.name, 12.5) for s in shown) - 20) / wide
    body = _level_guides(high, left, WIDTH, bottom, up)
    body += [_faint(left + t / 100 * across, bottom + 18, f"{t:g} %") for t in ticks(wide * 100, 5)]
    places = [(left + s.beyond["coverage"] * across, bottom - s.scores[metric].mean * up) for s in shown]
    labels = spread([y for _, y in places], 15.0, TOP, bottom - 4)
    for system, (x, y), label in zip(shown, places, labels, strict=True):
        side = -1 if _covered(system.name, x, label, places) else 1
        body += [line(x + 6 * side, y, x + 13 * side, label, stroke_opacity=0.35), _dot(system, x, y)]
        given = {"font_weight": WEIGHT.get(system.role, 400), "text_anchor": "start" if side > 0 else "end"}
        body.append(words(x + 15 * side, label + 4.5, system.name, 12.5, **given))
    title, about = say("coverage title", language), say("coverage", language).format(metric=metric.upper(), cut=CUT)
    return figure("plot-coverage", WIDTH, bottom + 30, title, about, body)


def _covered(name: str, x: float, y: float, dots: Sequence[tuple[float, float]]) -> bool:
    """Whether a dot would lie on a name that is written at the right of x, and none on it at the left."""
    right, left = x + 9, x - 21 - length(name, 12.5)
    wide = length(name, 12.5) + 12
    return _hit(right, wide, y, dots) and left > 0 and not _hit(left, wide, y, dots)


def _hit(left: float, wide: float, y: float, dots: Sequence[tuple[float, float]]) -> bool:
    return any(left < a < left + wide and abs(b - y) < 12 for a, b in dots)


def _dot(system: System, x: float, y: float) -> str:
    colour = COLOUR[system.role]
    fill = "none" if system.role == "baseline" else colour
    return tag("circle", cx=x, cy=y, r=6 if system.role in WEIGHT else 5, fill=fill, stroke=colour, stroke_width=1.75)


def _level_guides(high: float, left: float, right: float, bottom: float, up: float) -> list[str]:
    found = [line(left, bottom - t * up, right, bottom - t * up) for t in ticks(high)]
    return found + [_faint(left - 8, bottom - t * up + 4, f"{t:g}", "end") for t in ticks(high)]


def _guide(x: float, top: float, bottom: float, said: str) -> str:
    return line(x, top, x, bottom) + _faint(x, bottom + 17, said)


def _faint(x: float, y: float, said: str, anchor: str = "middle") -> str:
    return words(x, y, said, 12, text_anchor=anchor, fill_opacity=0.68)


def _layer(system: System) -> int:
    return LAYERS.index(system.role)
