"""The training DAG of a recipe: which parts are fitted at which moment, what rankers learn from, what is evaluated.

early   parts fitted before the first past moment at which rankers are asked
rank    rankers, judged on what the early funnel retrieved, until the validation days begin
valid   report of early parts and rankers on the validation days, for tuning
middle  parts fitted again before the test days
test    report of middle parts and rankers on the test days
full    parts fitted on everything: what serves, with the same rankers
still   parts that learn from the catalogue alone: fitted once, used in all three
"""

import hashlib
from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
import polars as pl

from ronghe.core.dataset import Dataset
from ronghe.core.events import DAY
from ronghe.core.roles import Compute
from ronghe.engine.recipe import Part, Recipe, hash_of
from ronghe.learn.dag import Given, Step
from ronghe.learn.fitting import fit_at
from ronghe.learn.split import TimeSplit
from ronghe.learn.steps import ranker, test, valid
from ronghe.methods import METHODS, method

FITTED = ("understand", "retrieve", "columns", "filter", "choose")


def plan(recipe: Recipe, data: Dataset, split: TimeSplit, compute: Compute) -> dict[str, Step | Given]:
    """Every step by name."""
    asked: dict[str, Any] = {"recipe": recipe, "compute": compute}
    first = earliest(recipe, split)
    moments = {"early": first, "middle": split.t2, "full": float("inf")}
    steps: dict[str, Step | Given] = {"data": Given(data, data_key(data))}
    for key, part in learnt_parts(recipe):
        if getattr(part.learner, "timeless", False):
            steps[f"still.{key}"] = _fit(part, float("inf"), compute)
        else:
            steps |= {f"{stage}.{key}": _fit(part, moment, compute) for stage, moment in moments.items()}
    popular = Part("popular", "popular", method("popular")(), "default")
    steps |= {f"{stage}.baseline": _fit(popular, moments[stage], compute) for stage in ("early", "middle")}
    shape = hash_of([recipe.hash, repr(recipe.split), repr(recipe.shop)])
    rules = tuple(_module(part) for named in recipe.parts.values() for part in named.values() if not hasattr(part.learner, "fit"))
    for name, part in recipe.parts["rank"].items():
        learn = partial(ranker, name=name, start=first, end=split.t1, **asked)
        steps[f"rank.{name}"] = Step(learn, shape, (_module(part), *rules))
    steps["valid"] = Step(partial(valid, start=split.t1, days=recipe.split.valid_days, **asked), shape, rules)
    steps["test"] = Step(partial(test, start=split.t2, days=recipe.split.test_days, **asked), shape, rules)
    return steps


def earliest(recipe: Recipe, split: TimeSplit) -> float:
    """When rankers are first asked: two horizons before the validation days, but not in the first third of what is before."""
    wanted = split.t1 - 2 * recipe.split.horizon_days * DAY
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
    digest.update(data.catalog.table.hash_rows().to_numpy().tobytes())
    digest.update(f"{data.as_of} {data.users} {pl.__version__}".encode())
    return digest.hexdigest()


def _fit(part: Part, moment: float, compute: Compute) -> Step:
    return Step(partial(fit_at, learner=part.learner, moment=moment, compute=compute), f"{part.hash} {moment}", (_module(part),))


def _module(part: Part) -> str:
    return "ronghe.methods." + METHODS[part.method][1].partition(":")[0]
