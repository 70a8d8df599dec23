"""What a trial is judged by: the metric of the main surface on the validation days, and nothing else of a report."""

import os
import shutil
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from ronghe.core.dataset import Dataset
from ronghe.core.errors import NotReady
from ronghe.core.roles import Compute
from ronghe.engine.assemble import funnel_of
from ronghe.engine.recipe import Recipe, hash_of
from ronghe.evaluate.ranking import measure
from ronghe.evaluate.report import CUT, MAIN
from ronghe.learn.answers import answered, shown
from ronghe.learn.dag import Dag, Step
from ronghe.learn.plan import module_of, plan
from ronghe.learn.questions import ask_at
from ronghe.learn.ranking import Fitted, main_surface, parts
from ronghe.learn.split import time_split
from ronghe.learn.train import CACHE, run


def scored(
    data: Dataset, still: Fitted, t1: Fitted, rank: Fitted, *, recipe: Recipe, start: float, shoppers: int | None, compute: Compute
) -> dict[str, Any]:
    """{"value": mean of MAIN, "shoppers": how many} over shoppers who wanted something in the validation days from `start`.

    shoppers: ask at most so many, drawn by the seed; None = all. Parts are as of `start` (epoch seconds).
    """
    surface, days = main_surface(recipe), recipe.split.valid_days
    queries, wanted = ask_at(data, start, days, surface, recipe.shop.memory, shoppers, compute.seed)
    if not len(queries):
        raise NotReady(f"nobody wanted anything in the {days:g} validation days; there is nothing to tune on")
    held = {**parts(recipe, {**still, **t1}), "rank": dict(rank)}
    ranked = answered(shown(funnel_of(recipe, held, surface), CUT, compute.seed), queries, compute, "judge")
    return {"value": float(np.nanmean(measure(ranked, wanted, [MAIN])[MAIN])), "shoppers": len(queries)}


@dataclass(frozen=True)
class KeptSteps:
    """Values of steps for the best recipe so far, and for the one being tried.

    place: the folder of trials · trained: the shop's own cache, which the first trial starts from.
    """

    place: Path
    trained: Path

    def trying(self) -> Path:
        """A copy of what is known of the best recipe: what a trial does not change, it need not do again."""
        draft, best = self.place / "trying", self.place / CACHE
        shutil.rmtree(draft, ignore_errors=True)
        source = best if best.is_dir() else self.trained
        if source.is_dir():
            shutil.copytree(source, draft, copy_function=_linked)
        return draft

    def settle(self, better: bool) -> None:
        """What was just tried is the best, or it is not worth keeping."""
        draft, best = self.place / "trying", self.place / CACHE
        if better and draft.is_dir():
            shutil.rmtree(best, ignore_errors=True)
            draft.rename(best)
        shutil.rmtree(draft, ignore_errors=True)


def _linked(source: str, target: str) -> None:
    """The same file under a second name where the disk can do that: values are never changed in place."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


@dataclass(eq=False)
class Judge:
    """Judges recipes of one shop; a step whose value is known of the best recipe so far is not run again.

    shoppers: ask at most so many; None = all · best: the highest value so far · seconds: of each step that the last recipe
    had to run.
    """

    data: Dataset
    kept: KeptSteps
    compute: Compute
    shoppers: int | None = None
    best: float = -1.0
    seconds: dict[str, float] = field(default_factory=dict)

    def value(self, recipe: Recipe) -> dict[str, Any]:
        """The metric of this recipe's main surface, and of how many shoppers."""
        dag = self._dag(recipe, self.kept.trying())
        found: dict[str, Any] = run(dag, ["score"])["score"]
        self.seconds = dag.seconds
        self.kept.settle(found["value"] > self.best)
        self.best = max(self.best, found["value"])
        return found

    def key(self, recipe: Recipe) -> str:
        """Changes when the value would: with the recipe, the data, the seed, or the code that learns and judges."""
        return self._dag(recipe, self.kept.trained).key("score")

    def _dag(self, recipe: Recipe, cache: Path) -> Dag:
        split = time_split(self.data.events, recipe.split.test_days, recipe.split.valid_days)
        steps = plan(recipe, self.data, split, self.compute)
        judge = partial(scored, recipe=recipe, start=split.t1, shoppers=self.shoppers, compute=self.compute)
        setting = hash_of([recipe.hash, repr(recipe.split), repr(recipe.shop), self.shoppers])
        code = tuple(dict.fromkeys(module_of(part) for named in recipe.parts.values() for part in named.values()))
        return Dag({**steps, "score": Step(judge, setting, code, keep=False)}, cache, self.compute)
