"""What can be turned in a recipe: the settings of the parts that its main surface uses, and the weights of its fusion."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import tomlkit
import tomlkit.items

from ronghe.core.errors import NotFound
from ronghe.engine.recipe import Recipe
from ronghe.learn.ranking import main_surface
from ronghe.methods.spaces import SPACES, WEIGHT, Span

DIGITS = 4  # a setting that is tried is rounded to so many, so that what was judged is what is written


@dataclass(frozen=True)
class Knob:
    """One setting: the path of its key in the recipe · its span · what the recipe says now (a default when it is silent)."""

    path: tuple[str, ...]
    span: Span
    now: float

    @property
    def name(self) -> str:
        """The path, as tables and trials show it: "retrieve.ease.l2"."""
        return ".".join(self.path)

    @property
    def part(self) -> str:
        """The part that it belongs to; all weights of a fusion belong to "fuse"."""
        return "fuse" if self.path[0] == "fuse" else self.path[1]

    @property
    def inside(self) -> bool:
        """Whether what the recipe says now lies within the span."""
        return self.span.low <= self.now <= self.span.high

    def rounded(self, value: float) -> float:
        """The value as it is tried and written."""
        return int(value) if self.span.whole else float(f"{value:.{DIGITS}g}")


def knobs(recipe: Recipe, parts: Sequence[str] = ()) -> tuple[Knob, ...]:
    """All knobs of the main surface, or those of these parts. NotFound names the parts that could be turned."""
    surface = recipe.surfaces[main_surface(recipe)]
    used = (
        [("retrieve", name) for name in surface.retrieve] + [("rank", name) for name in surface.rank] + [("choose", surface.choose)]
    )
    found = [knob for role, name in used for knob in _of_part(recipe, role, name)]
    found += _of_fusion(recipe, surface.fuse, surface.retrieve)
    known = list(dict.fromkeys(knob.part for knob in found))
    for part in parts:
        if part not in known:
            raise NotFound(
                f"no settings of {part!r} to search on the surface {main_surface(recipe)!r}; there are {', '.join(known)}"
            )
    return tuple(knob for knob in found if not parts or knob.part in parts)


def _of_part(recipe: Recipe, role: str, name: str) -> list[Knob]:
    part = recipe.parts[role][name]
    return [
        Knob((role, name, setting), span, getattr(part.learner, setting)) for setting, span in SPACES.get(part.method, {}).items()
    ]


def _of_fusion(recipe: Recipe, name: str, retrievers: Sequence[str]) -> list[Knob]:
    """Weights of all retrievers but the first: only their proportions matter."""
    weights = recipe.fuse[name].weights
    return [Knob(("fuse", name, "weights", one), WEIGHT, weights.get(one, 1.0)) for one in retrievers[1:]]


def turned(text: str, values: Mapping[str, float], space: Sequence[Knob]) -> str:
    """The recipe's text with these settings, by name of their knob; comments and order stay."""
    document = tomlkit.parse(text)
    for knob in space:
        if knob.name in values:
            _turn(document, knob.path, values[knob.name])
    return tomlkit.dumps(document)


def _turn(table: Any, path: tuple[str, ...], value: float) -> None:
    """Sets one key, however deep. An inline table is written anew, so that its commas and spaces are right."""
    key = path[0]
    if len(path) == 1:
        table[key] = value
    elif key not in table:
        table[key] = tomlkit.table() if len(path) > 2 and isinstance(table, tomlkit.TOMLDocument) else tomlkit.inline_table()
        _turn(table[key], path[1:], value)
    elif isinstance(table[key], tomlkit.items.InlineTable):
        fresh = tomlkit.inline_table()
        fresh.update(table[key].unwrap())
        _turn(fresh, path[1:], value)
        table[key] = fresh
    else:
        _turn(table[key], path[1:], value)
