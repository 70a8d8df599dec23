"""Few words of SVG: elements as text, with colours that follow the page, light or dark.

Colours are CSS variables with a fallback that reads on white and on near-black; ink is the page's own (currentColor). Only
presentation attributes are used, so a strict content-security policy does not strip the drawing.
"""

from collections.abc import Mapping, Sequence
from html import escape

ACCENT = "var(--plot-accent, #e8590c)"
SECOND = "var(--plot-second, #1c7ed6)"
PLAIN = "var(--plot-plain, #7f8c9a)"
INK = "currentColor"
THIRD = "var(--plot-third, #37a04f)"
COLOUR = {"final": ACCENT, "fused": SECOND, "retriever": PLAIN, "baseline": PLAIN, "shelf": THIRD}
FONT = "system-ui, -apple-system, 'Segoe UI', 'Noto Sans', 'Noto Sans SC', sans-serif"
WIDE = 0.58  # width of an average letter / its size


def tag(name: str, content: str = "", **attributes: object) -> str:
    """One element; an underscore in an attribute's name is a dash, numbers are cut to two places."""
    return _tag(name, content, attributes)


def _tag(name: str, content: str, attributes: Mapping[str, object]) -> str:
    pairs = "".join(f' {key.rstrip("_").replace("_", "-")}="{_value(value)}"' for key, value in attributes.items())
    return f"<{name}{pairs}>{content}</{name}>" if content else f"<{name}{pairs}/>"


def _value(value: object) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else escape(str(value))


def words(x: float, y: float, said: str, size: float = 13, **attributes: object) -> str:
    """Text whose baseline starts at (x, y); quiet, bold and the like through attributes."""
    given: dict[str, object] = {"x": x, "y": y, "font_size": size, "fill": INK, **attributes}
    return _tag("text", escape(said), given)


def line(x1: float, y1: float, x2: float, y2: float, **attributes: object) -> str:
    """A line, by default a faint guide."""
    given: dict[str, object] = {"x1": x1, "y1": y1, "x2": x2, "y2": y2, "stroke": INK, "stroke_opacity": 0.15}
    return _tag("line", "", {**given, **attributes})


def figure(name: str, width: float, height: float, title: str, about: str, body: Sequence[str]) -> str:
    """A drawing that scales with its box and says to a screen reader what it shows. `name`: unique in the page."""
    head = f'<title id="{name}-title">{escape(title)}</title><desc id="{name}-about">{escape(about)}</desc>'
    shown = [words(0, 18, title, 16, font_weight=650), words(0, 38, about, 12.5, fill_opacity=0.68)]
    attributes = {
        "xmlns": "http://www.w3.org/2000/svg", "viewBox": f"0 0 {width:g} {height:g}", "width": "100%", "role": "img",
        "aria_labelledby": f"{name}-title {name}-about", "font_family": FONT, "class": "plot",
    }  # fmt: skip
    return _tag("svg", head + "".join([*shown, *body]), attributes)


def length(said: str, size: float = 13) -> float:
    """About how wide a text is."""
    return sum(1.0 if ord(letter) > 0x2E80 else WIDE for letter in said) * size


def ticks(top: float, count: int = 4) -> list[float]:
    """Round numbers from 0 that reach at most `top`."""
    if not top > 0:
        return [0.0]
    raw = top / count
    scale = 10.0 ** _floor_log10(raw)
    step = next(s * scale for s in (1, 2, 2.5, 5, 10) if s * scale >= raw * 0.999)
    return [i * step for i in range(int(top / step * 1.0001) + 1)]


def _floor_log10(value: float) -> int:
    return int(f"{value:e}".split("e")[1])


def spread(wishes: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Places near the wished ones, at least `gap` apart, within [low, high] as far as they fit; same order."""
    order = sorted(range(len(wishes)), key=lambda i: wishes[i])
    placed = [wishes[i] for i in order]
    for i in range(1, len(placed)):
        placed[i] = max(placed[i], placed[i - 1] + gap)
    if placed and placed[-1] > high:
        placed[-1] = high
        for i in range(len(placed) - 2, -1, -1):
            placed[i] = min(placed[i], placed[i + 1] - gap)
    found = [0.0] * len(wishes)
    for at, place in zip(order, placed, strict=True):
        found[at] = max(place, low)
    return found
