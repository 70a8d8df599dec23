"""The step that learns a ranker, from judgements of what the funnel itself retrieved. It imports nothing of evaluations."""

from collections.abc import Mapping
from typing import Any

from ronghe.core.dataset import Dataset
from ronghe.core.errors import BadRecipe
from ronghe.core.events import DAY
from ronghe.core.roles import Compute
from ronghe.engine.assemble import completed, funnel_of
from ronghe.engine.recipe import Recipe
from ronghe.funnel.funnel import Funnel
from ronghe.learn.graded import Grades, judged_by
from ronghe.learn.judgements import Budget, judge
from ronghe.learn.questions import cut_moments

Fitted = Mapping[str, Any]  # "role.name" -> model


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


def graded_ranker(
    data: Dataset, still: Fitted, early: Fitted, graded: Mapping[str, Grades], *, name: str, recipe: Recipe, end: float,
    compute: Compute,
) -> Any:  # fmt: skip
    """The ranker `name`, learnt from what the early funnel finds for graded queries; columns as of `end`."""
    learner, surface, past = recipe.parts["rank"][name].learner, surface_of(recipe, name), data.as_of_moment(end)
    fresh = {
        f"columns.{n}": p.learner.fit(past, compute) for n, p in recipe.parts["columns"].items() if f"columns.{n}" not in still
    }
    funnel = funnel_of(recipe, {**parts(recipe, {**still, **early, **fresh}), "rank": {}}, surface)
    return learner.fit(judged_by(funnel, graded[name], end, surface, learner.keep), compute)


def main_surface(recipe: Recipe) -> str:
    """The surface that is evaluated: home, or the first of the recipe when there is none of that name."""
    return "home" if "home" in recipe.surfaces else next(iter(recipe.surfaces))


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
