"""The training DAG of a recipe: which parts are fitted at which moment, what rankers learn from, what is evaluated.

still   parts that learn from the catalogue alone: fitted once, used everywhere
early   retrievers fitted before the first past moment at which rankers are asked
rank    rankers, judged on what the early funnel retrieved, until the validation days begin at t1
t1      parts fitted again before the validation days; only `valid` needs them
valid   report on the validation days, for tuning
t2      parts fitted again before the test days
test    report on the test days
full    parts fitted on everything: what serves, with the same rankers
"""

import hashlib
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

import numpy as np
import polars as pl

from ronghe.core.catalog import Catalog
from ronghe.core.dataset import Dataset
from ronghe.core.events import DAY
from ronghe.core.roles import Compute
from ronghe.engine.recipe import Part, Recipe, hash_of
from ronghe.learn.dag import Given, Step
from ronghe.learn.examining import test, valid
from ronghe.learn.fitting import fit_at, fit_graded, unjudged
from ronghe.learn.graded import Grades
from ronghe.learn.ranking import graded_ranker, ranker
from ronghe.learn.split import TimeSplit
from ronghe.methods import METHODS, method

FITTED = ("understand", "retrieve", "columns", "filter", "choose")


def plan(
    recipe: Recipe, data: Dataset, split: TimeSplit, compute: Compute, grades: Mapping[str, Grades] | None = None
) -> dict[str, Step | Given]:
    """Every step by name. grades: those that rankers and columns with a file of `judged` learn from, by ranker and by
    "columns.NAME"; without them such a ranker is left out, unless it can do without, and its surface keeps the fused order.
    """
    asked: dict[str, Any] = {"recipe": recipe, "compute": compute}
    first = earliest(recipe, split)
    moments = {"early": first, "t1": split.t1, "t2": split.t2, "full": float("inf")}
    steps: dict[str, Step | Given] = {"data": Given(data, data_key(data))}
    for key, part in learnt_parts(recipe):
        if getattr(part.learner, "timeless", False) and grades and key in grades:
            steps[f"graded.{key}"] = Given(grades[key], hash_of(grades[key].of))
            work = partial(fit_graded, learner=part.learner, name=key, compute=compute)
            steps[f"still.{key}"] = Step(work, part.hash, (module_of(part),))
        elif getattr(part.learner, "timeless", False):
            steps[f"still.{key}"] = fit(part, float("inf"), compute)
        else:  # columns of the early funnel are fitted at each moment it is asked at, by the ranker's step
            stages = [stage for stage in moments if stage != "early" or not key.startswith("columns.")]
            steps |= {f"{stage}.{key}": fit(part, moments[stage], compute) for stage in stages}
    popular = Part("popular", "popular", method("popular")(), "default")
    steps |= {f"{stage}.baseline": fit(popular, moments[stage], compute) for stage in ("t1", "t2")}
    shape = hash_of([recipe.hash, repr(recipe.split), repr(recipe.shop)])
    code = tuple(dict.fromkeys(module_of(part) for named in recipe.parts.values() for part in named.values()))
    for name, part in recipe.parts["rank"].items():
        if grades and name in grades:
            steps[f"graded.{name}"] = Given(grades[name], hash_of(grades[name].of))
            steps[f"rank.{name}"] = Step(partial(graded_ranker, name=name, end=split.t1, **asked), shape, code)
        elif hasattr(part.learner, "unjudged"):
            steps[f"rank.{name}"] = Step(partial(unjudged, learner=part.learner), part.hash, (module_of(part),))
        elif not getattr(part.learner, "judged", ""):
            steps[f"rank.{name}"] = Step(partial(ranker, name=name, start=first, end=split.t1, **asked), shape, code)
    steps["valid"] = Step(partial(valid, start=split.t1, days=recipe.split.valid_days, **asked), shape, code)
    steps["test"] = Step(partial(test, start=split.t2, days=recipe.split.test_days, **asked), shape, code)
    return steps


def plan_without_events(recipe: Recipe, data: Dataset, compute: Compute) -> dict[str, Step | Given]:
    """The steps of a shop in which nothing has happened yet: every part learns what the catalogue teaches; rankers wait."""
    steps: dict[str, Step | Given] = {"data": Given(data, data_key(data))}
    return steps | {f"full.{key}": fit(part, float("inf"), compute) for key, part in learnt_parts(recipe)}


def earliest(recipe: Recipe, split: TimeSplit) -> float:
    """When rankers are first asked: a horizon before the validation days for each cut, but not in the log's first third."""
    wanted = split.t1 - recipe.split.cuts * recipe.split.horizon_days * DAY
    return max(wanted, split.start + (split.t1 - split.start) / 3)


def learnt_parts(recipe: Recipe) -> Iterator[tuple[str, Part]]:
    """ "role.name" and part of everything that learns from the shop's data, rankers apart."""
    for role in FITTED:
        yield from ((f"{role}.{name}", part) for name, part in recipe.parts[role].items() if hasattr(part.learner, "fit"))


def data_key(data: Dataset) -> str:
    """Changes when an event or an item does."""
    digest = hashlib.blake2b(digest_size=16)
    for column in ("time", "user", "session", "item", "kind", "amount", "price"):
        digest.update(np.ascontiguousarray(getattr(data.events, column)).data)
    digest.update("\n".join(data.searches.text).encode())
    digest.update(np.ascontiguousarray(data.searches.item).data)
    digest.update(data.catalog.table.hash_rows().to_numpy().tobytes())
    digest.update(files_key(data.catalog).encode())
    digest.update(f"{data.as_of} {data.users} {pl.__version__}".encode())
    return digest.hexdigest()


def files_key(catalog: Catalog) -> str:
    """Changes when a file of the shop's pictures and sounds is another, by its size and date; "" without a folder of them."""
    if catalog.media is None:
        return ""
    held = ((path, path.stat()) for path in sorted(catalog.media.folder.rglob("*")) if path.is_file())
    return hash_of([(path.name, found.st_size, found.st_mtime_ns) for path, found in held])


def fit(part: Part, moment: float, compute: Compute) -> Step:
    """The step that fits a part on what was known before `moment`."""
    return Step(partial(fit_at, learner=part.learner, moment=moment, compute=compute), f"{part.hash} {moment}", (module_of(part),))


def module_of(part: Part) -> str:
    """The module of a part's method."""
    return "ronghe.methods." + METHODS[part.method][1].partition(":")[0]
