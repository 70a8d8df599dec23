"""A course of learning as SVG text: what it lost and how well it found right answers, step by step, each on a scale of its own."""

from collections.abc import Mapping, Sequence

from ronghe.evaluate.svg import ACCENT, SECOND, figure, line, tag, words

WIDTH, HEIGHT, TOP, LEFT = 680.0, 200.0, 62.0, 56.0
LABELS = ("Fine-tuning", "By step: NDCG@10 of right answers that were not learnt (left), loss (right)")
Curve = Sequence[Mapping[str, float | None]]


def course_plot(curve: Curve, labels: tuple[str, str] = LABELS) -> str:
    """curve: points with "step", "ndcg@10" and "loss", either of which may be missing · labels: title, what is shown."""
    right, last = WIDTH - LEFT, max([float(point["step"] or 0) for point in curve], default=0.0)
    body: list[str] = []
    for name, colour, at, anchor in (("ndcg@10", ACCENT, LEFT - 8, "end"), ("loss", SECOND, right + 8, "start")):
        points = [(float(p["step"] or 0), float(p[name] or 0)) for p in curve if p.get(name) is not None]
        if not points:
            continue
        low, high = min(value for _, value in points), max(value for _, value in points)
        room = max(high - low, 1e-6)
        places = [
            (LEFT + (right - LEFT) * step / max(last, 1), TOP + HEIGHT * (high + 0.08 * room - v) / (1.16 * room))
            for step, v in points
        ]
        drawn = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        body.append(tag("polyline", points=drawn, fill="none", stroke=colour, stroke_width=2.5, stroke_linejoin="round"))
        body += [tag("circle", cx=x, cy=y, r=3.5, fill=colour) for x, y in places]
        for value in (low, high):
            y = TOP + HEIGHT * (high + 0.08 * room - value) / (1.16 * room)
            body.append(line(LEFT, y, right, y))
            body.append(words(at, y + 4, f"{value:.3f}", 12, text_anchor=anchor, fill=colour))
    body.append(words(right, TOP + HEIGHT + 20, f"{last:.0f}", 12, text_anchor="end", fill_opacity=0.68))
    return figure("plot-course", WIDTH, TOP + HEIGHT + 30, labels[0], labels[1], body)
