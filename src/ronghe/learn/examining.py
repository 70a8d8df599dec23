"""The steps that make a report of fitted parts, on the validation or the test days."""

from typing import Any

from ronghe.core.dataset import Dataset
from ronghe.core.roles import Compute
from ronghe.engine.assemble import funnel_of
from ronghe.engine.recipe import Recipe
from ronghe.evaluate.report import Report
from ronghe.learn.evaluation import evaluate_funnel
from ronghe.learn.ranking import Fitted, main_surface, parts

SEARCH = "search"


def valid(data: Dataset, still: Fitted, t1: Fitted, rank: Fitted, **asked: Any) -> Report:
    """The report on the validation days."""
    return examined(data, {**still, **t1}, rank, **asked)


def test(data: Dataset, still: Fitted, t2: Fitted, rank: Fitted, **asked: Any) -> Report:
    """The report on the test days."""
    return examined(data, {**still, **t2}, rank, **asked)


def examined(data: Dataset, fitted: Fitted, rank: Fitted, *, recipe: Recipe, start: float, days: float, compute: Compute) -> Report:
    """The report of the main surface from `start` on, with known-item search where the recipe has a surface for it."""
    held = {**parts(recipe, fitted), "rank": dict(rank)}
    surface = main_surface(recipe)
    return evaluate_funnel(
        funnel_of(recipe, held, surface), fitted["baseline"], data, start, days, compute, surface, recipe.shop.name,
        recipe.shop.memory, funnel_of(recipe, held, SEARCH) if SEARCH in recipe.surfaces else None,
        {name: funnel_of(recipe, held, name) for name in shelves(recipe) if name != surface},
    )  # fmt: skip


def shelves(recipe: Recipe) -> list[str]:
    """The surfaces that show a shopper only what they have not bought."""
    unbought = {name for name, part in recipe.parts["filter"].items() if part.method == "not-bought"}
    return [name for name, surface in recipe.surfaces.items() if unbought & set(surface.filter)]
