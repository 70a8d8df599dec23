"""Plots of a report as SVG text: bars with intervals, recall curves, slices, accuracy against coverage."""

from collections.abc import Sequence
from math import log

from ronghe.evaluate.report import CUT, DISCOVERY, MAIN, NEW_SHELF, RECALL_CUTS, REPEAT, Report, System
from ronghe.evaluate.svg import COLOUR, INK, figure, length, line, spread, tag, ticks, words

WIDTH = 680.0
TOP = 62.0  # below title and subtitle
WEIGHT = {"final": 650, "fused": 600}
SLICE_WORDS = {
    REPEAT: "repeat purchases", DISCOVERY: "discoveries", NEW_SHELF: "discoveries, on a shelf of new things only",
    "new": "new shoppers", "cold": "cold shoppers", "warm": "warm shoppers", "regular": "regulars",
}  # fmt: skip


def all_plots(report: Report) -> dict[str, str]:
    """Every plot of a report by name: "accuracy", "recall", "slices", "coverage"."""
    return {"accuracy": accuracy(report), "recall": recall(report), "slices": slices(report), "coverage": coverage(report)}


def accuracy(report: Report, metric: str = MAIN) -> str:
    """Horizontal bars of one metric, best first, with 95 % intervals."""
    shown = sorted(report.systems, key=lambda s: -s.scores[metric].mean)
    left = max(length(s.name) for s in shown) + 14
    high = max(max(s.scores[metric].high for s in shown), 1e-9)
    scale = (WIDTH - left - 56) / high
    body = [_guide(left + t * scale, TOP, TOP + 28 * len(shown), f"{t:g}") for t in ticks(high)]
    body += [_bar(s, metric, left, TOP + 28 * row, scale) for row, s in enumerate(shown)]
    about = f"mean over {report.counts['queries']:,} shoppers; whiskers hold 95 % of bootstrap means"
    return figure("plot-accuracy", WIDTH, TOP + 28 * len(shown) + 24, metric.upper(), about, body)


def _bar(system: System, metric: str, left: float, y: float, scale: float) -> str:
    score, middle = system.scores[metric], y + 14
    hollow = {"fill_opacity": 0.0, "stroke_dasharray": "3 3"} if system.role == "baseline" else {"fill_opacity": 0.85}
    colour = COLOUR[system.role]
    ends = (left + score.low * scale, left + score.high * scale)
    whisker = [line(ends[0], middle, ends[1], middle, stroke_opacity=0.9, stroke_width=1.5)]
    whisker += [line(x, middle - 4, x, middle + 4, stroke_opacity=0.9, stroke_width=1.5) for x in ends]
    return "".join([
        words(left - 10, middle + 4.5, system.name, text_anchor="end", font_weight=WEIGHT.get(system.role, 400)),
        tag("rect", x=left, y=y + 4, width=max(score.mean * scale, 1.0), height=20, rx=3, fill=colour, stroke=colour, **hollow),
        *whisker,
        words(ends[1] + 8, middle + 4.5, f"{score.mean:.3f}", 12.5, font_weight=WEIGHT.get(system.role, 400)),
    ])  # fmt: skip


def recall(report: Report) -> str:
    """Recall of each system over the number of places looked at (a logarithmic axis)."""
    cuts, height, left = RECALL_CUTS, 300.0, 40.0
    right = WIDTH - max(length(s.name, 12.5) for s in report.systems) - 16
    high = max(s.scores[f"recall@{cuts[-1]}"].mean for s in report.systems) or 1e-9
    bottom, up = TOP + height, height / (high * 1.04)
    xs = [left + (right - left) * log(k / cuts[0]) / log(cuts[-1] / cuts[0]) for k in cuts]
    body = [line(left, bottom - t * up, right, bottom - t * up) for t in ticks(high)]
    body += [words(left - 8, bottom - t * up + 4, f"{t:g}", 12, text_anchor="end", fill_opacity=0.68) for t in ticks(high)]
    body += [words(x, bottom + 18, str(k), 12, text_anchor="middle", fill_opacity=0.68) for x, k in zip(xs, cuts, strict=True)]
    last = [bottom - s.scores[f"recall@{cuts[-1]}"].mean * up for s in report.systems]
    places = spread(last, 15.5, TOP, bottom)
    body += [
        _curve(s, xs, bottom, up, at) for s, at in sorted(zip(report.systems, places, strict=True), key=lambda p: _layer(p[0]))
    ]
    about = "share of what a shopper went on to buy that stands in the first k places; k below, logarithmic"
    return figure("plot-recall", WIDTH, bottom + 30, "Recall at k", about, body)


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


def slices(report: Report, metric: str = MAIN) -> str:
    """One row a slice: baseline, best single retriever and final funnel as dots with intervals."""
    best = report.best_single
    shown = [s for s in (*report.of_role("baseline"), *((best,) if best else ()), report.final) if s]
    rows = [name for name in report.final.slices if _drawable(shown, name, metric)]
    left = max((length(SLICE_WORDS.get(r, r)) for r in rows), default=0) + 16
    high = max((s.slices[r][metric].high for s in shown for r in rows), default=1.0)
    scale, bottom = (WIDTH - left - 24) / high, TOP + 26 + 30 * len(rows)
    body = [_guide(left + t * scale, TOP + 26, bottom, f"{t:g}") for t in ticks(high)]
    body += _key(shown, left)
    for row, name in enumerate(rows):
        middle = TOP + 41 + 30 * row
        body.append(words(left - 12, middle + 4.5, SLICE_WORDS.get(name, name), text_anchor="end"))
        ends = [left + s.slices[name][metric].mean * scale for s in shown]
        body.append(line(min(ends), middle, max(ends), middle, stroke_opacity=0.3, stroke_width=1.5))
        body += [_dot(s, left + s.slices[name][metric].mean * scale, middle) for s in shown]
    about = f"{metric.upper()} where it was a repeat or something new, and by how much is known of the shopper"
    return figure("plot-slices", WIDTH, bottom + 24, "Who gains", about, body)


def _drawable(shown: Sequence[System], name: str, metric: str) -> bool:
    return all(name in s.slices and s.slices[name][metric].mean == s.slices[name][metric].mean for s in shown)


def _key(shown: Sequence[System], left: float) -> list[str]:
    body, x = [], left
    for system in shown:
        body += [_dot(system, x + 6, TOP + 6), words(x + 17, TOP + 10.5, system.name, 12.5)]
        x += length(system.name, 12.5) + 42
    return body


def coverage(report: Report, metric: str = MAIN) -> str:
    """Accuracy over the share of the catalogue that is shown to anybody: up and right is better."""
    left, height, systems = 48.0, 300.0, report.systems
    high = max(max(s.scores[metric].mean for s in systems), 1e-9)
    wide = max(max(s.beyond["coverage"] for s in systems), 1e-9)
    bottom, up = TOP + height, height / (high * 1.08)
    across = (WIDTH - left - max(length(s.name, 12.5) for s in systems) - 20) / wide
    body = [line(left, bottom - t * up, WIDTH, bottom - t * up) for t in ticks(high)]
    body += [words(left - 8, bottom - t * up + 4, f"{t:g}", 12, text_anchor="end", fill_opacity=0.68) for t in ticks(high)]
    body += [
        words(left + t / 100 * across, bottom + 18, f"{t:g} %", 12, text_anchor="middle", fill_opacity=0.68)
        for t in ticks(wide * 100, 5)
    ]
    places = [(left + s.beyond["coverage"] * across, bottom - s.scores[metric].mean * up) for s in systems]
    labels = spread([y for _, y in places], 15.0, TOP, bottom - 4)
    for system, (x, y), label in zip(systems, places, labels, strict=True):
        body.append(line(x + 6, y, x + 13, label, stroke_opacity=0.35))
        body += [_dot(system, x, y), words(x + 15, label + 4.5, system.name, 12.5, font_weight=WEIGHT.get(system.role, 400))]
    about = f"{metric.upper()} (up) over the share of the catalogue in anybody's first {CUT} places (right)"
    return figure("plot-coverage", WIDTH, bottom + 30, "Accuracy and coverage", about, body)


def _dot(system: System, x: float, y: float) -> str:
    colour = COLOUR[system.role]
    fill = "none" if system.role == "baseline" else colour
    return tag("circle", cx=x, cy=y, r=6 if system.role in WEIGHT else 5, fill=fill, stroke=colour, stroke_width=1.75)


def _guide(x: float, top: float, bottom: float, said: str) -> str:
    return line(x, top, x, bottom) + words(x, bottom + 17, said, 12, text_anchor="middle", fill_opacity=0.68, fill=INK)


def _layer(system: System) -> int:
    return ("baseline", "retriever", "fused", "final").index(system.role)
