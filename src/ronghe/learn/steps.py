"""The steps that need a whole funnel: a ranker out of judgements, reports out of fitted parts."""

from collections.abc import Mapping
from typing import Any

from ronghe.core.dataset import Dataset
from ronghe.core.errors import BadRecipe
from ronghe.core.events import DAY
from ronghe.core.roles import Compute
from ronghe.engine.assemble import completed, funnel_of
from ronghe.engine.recipe import Recipe
from ronghe.evaluate.report import Report
from ronghe.funnel.funnel import Funnel
from ronghe.learn.evaluation import evaluate_funnel
from ronghe.learn.judgements import Budget, judge
from ronghe.learn.questions import cut_moments

Fitted = Mapping[str, Any]  # "role.name" -> model
SEARCH = "search"


def ranker(
    data: Dataset, still: Fitted, early: Fitted, *, name: str, recipe: Recipe, start: float, end: float, compute: Compute
) -> Any:
    """The ranker `name`, learnt from what the early funnel retrieved at moments from `start`, and was wanted before `end`.

    Retrievers are as of `start`; columns, which are quick to fit, as of each moment, so that they are as fresh as in serving.
    """
    learner, surface = recipe.parts["rank"][name].learner, surface_of(recipe, name)
    horizon = min(recipe.split.horizon_days, (end - start) / DAY)
    moments = cut_moments(start, end, horizon, recipe.split.cuts)
    past = data.as_of_moment(end)

    def funnel(moment: float) -> Funnel:
        known = past.as_of_moment(moment)
        fresh = {
            f"columns.{n}": p.learner.fit(known, compute) for n, p in recipe.parts["columns"].items() if f"columns.{n}" not in still
        }
        return funnel_of(recipe, {**parts(recipe, {**still, **early, **fresh}), "rank": {}}, surface)

    budget = Budget(keep=getattr(learner, "keep", 0))
    judged = judge(funnel, past, moments, horizon, surface, recipe.shop.memory, compute, budget)
    return learner.fit(judged, compute)


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


def main_surface(recipe: Recipe) -> str:
    """The surface that is evaluated: home, or the first of the recipe when there is none of that name."""
    return "home" if "home" in recipe.surfaces else next(iter(recipe.surfaces))


def shelves(recipe: Recipe) -> list[str]:
    """The surfaces that show a shopper only what they have not bought."""
    unbought = {name for name, part in recipe.parts["filter"].items() if part.method == "not-bought"}
    return [name for name, surface in recipe.surfaces.items() if unbought & set(surface.filter)]


def surface_of(recipe: Recipe, ranker: str) -> str:
    """The surface on which a ranker learns: the evaluated one when it ranks there, else the first that names it."""
    using = [name for name, surface in recipe.surfaces.items() if ranker in surface.rank]
    if not using:
        raise BadRecipe(f"[rank] {ranker} is on no surface; right would be rank = [{ranker!r}] in a [surface.NAME]")
    return main_surface(recipe) if main_surface(recipe) in using else using[0]


def parts(recipe: Recipe, fitted: Fitted) -> dict[str, dict[str, Any]]:
    """{"role.name": model} as role -> name -> model, completed with the parts that learn nothing."""
    found: dict[str, dict[str, Any]] = {}
    for key, model in fitted.items():
        role, dot, name = key.partition(".")
        if dot:
            found.setdefault(role, {})[name] = model
    return {role: dict(models) for role, models in completed(recipe, found).items()}
