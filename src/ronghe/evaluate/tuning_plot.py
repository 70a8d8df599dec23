"""A search of settings as SVG text: each trial a dot, the best so far a line, the recipe as it was a dashed line."""

from collections.abc import Sequence

from ronghe.evaluate.svg import ACCENT, PLAIN, SECOND, figure, length, line, tag, words

WIDTH, HEIGHT, TOP, LEFT = 680.0, 220.0, 62.0, 52.0
STEPS = 4


LABELS = ("Search of settings", "NDCG@10 on the validation days by trial; dashed: the recipe as it was", "now", "best")


def tuning_plot(baseline: float, values: Sequence[float | None], labels: tuple[str, str, str, str] = LABELS) -> str:
    """values: the metric of each trial in order, None where it failed: a gap · labels: title, what is shown, the two lines."""
    title, about, now, top = labels
    good = [value for value in values if value is not None]
    low, high = min([baseline, *good]), max([baseline, *good])
    room = max(high - low, 1e-6)
    low, high = low - 0.08 * room, high + 0.08 * room
    right = WIDTH - max(length(now, 12.5), length(top, 12.5)) - 16

    def x(place: int) -> float:
        return LEFT + 8 + (right - LEFT - 16) * (place / max(len(values) - 1, 1))

    def y(value: float) -> float:
        return TOP + HEIGHT * (high - value) / (high - low)

    body = [_guide(low + (high - low) * step / STEPS, y(low + (high - low) * step / STEPS), right) for step in range(STEPS + 1)]
    body += [
        line(LEFT, y(baseline), right, y(baseline), stroke=PLAIN, stroke_opacity=0.9, stroke_dasharray="5 4", stroke_width=1.5)
    ]
    body += [words(right + 8, y(baseline) + 4, now, 12.5)]
    best = _best_so_far(baseline, values)
    points = " ".join(f"{x(at):.1f},{y(value):.1f}" for at, value in enumerate(best))
    body += [tag("polyline", points=points, fill="none", stroke=ACCENT, stroke_width=2.5, stroke_linejoin="round")] if best else []
    body += [
        tag("circle", cx=x(at), cy=y(value), r=4, fill=SECOND, fill_opacity=0.65)
        for at, value in enumerate(values)
        if value is not None
    ]
    if best and abs(y(best[-1]) - y(baseline)) > 14:
        body.append(words(right + 8, y(best[-1]) + 4, top, 12.5, font_weight=650))
    body += [words(LEFT, TOP + HEIGHT + 20, "1", 12, fill_opacity=0.68)]
    body += [words(right, TOP + HEIGHT + 20, str(len(values)), 12, text_anchor="end", fill_opacity=0.68)] if len(values) > 1 else []
    return figure("plot-tuning", WIDTH, TOP + HEIGHT + 30, title, about, body)


def _guide(value: float, y: float, right: float) -> str:
    return line(LEFT, y, right, y) + words(LEFT - 8, y + 4, f"{value:.4f}", 12, text_anchor="end", fill_opacity=0.68)


def _best_so_far(baseline: float, values: Sequence[float | None]) -> list[float]:
    best, found = baseline, []
    for value in values:
        best = max(best, value) if value is not None else best
        found.append(best)
    return found
