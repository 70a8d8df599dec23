"""Training: from the store to a version that serves, through the DAG, the evaluation and the gate."""

from collections import deque
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from ronghe.core.dataset import Dataset
from ronghe.core.errors import BadData, NotReady
from ronghe.core.roles import Compute
from ronghe.core.whole_file import write_whole
from ronghe.engine.assemble import Parts
from ronghe.engine.recipe import Recipe
from ronghe.engine.shop import catalog_of, report_of, store_of, versions_of
from ronghe.engine.versions import Versions
from ronghe.evaluate.report import Report
from ronghe.learn.dag import Dag
from ronghe.learn.gate import refused
from ronghe.learn.graded import grades_of
from ronghe.learn.plan import learnt_parts, plan, plan_without_events
from ronghe.learn.ranking import main_surface, parts
from ronghe.learn.split import time_split

CACHE = "cache"  # folder of a shop that keeps the values of steps; it may be deleted at any time


@dataclass(frozen=True)
class TrainReport:
    """What a training did.

    version: its name, None when only evaluated · seconds: of each step that had to run · report: the evaluation, None when
    not asked for · gated: why the version does not serve, None when it does.
    """

    version: str | None
    seconds: Mapping[str, float]
    report: Report | None
    gated: str | None


def train(folder: Path, compute: Compute, *, evaluate: bool = True, final: bool = True) -> TrainReport:
    """Trains the shop in `folder`; evaluates on the test days; writes a version and makes it current unless the gate refuses.

    evaluate: else the version is gated by soundness only · final: else nothing is written but the report is given.
    A shop in which nothing has happened yet learns what its catalogue teaches. NotReady without items, or with a log too short
    to split.
    """
    recipe = Recipe.load(folder)
    data = shop_data(recipe, folder, least=0 if final else 1)
    evaluate = evaluate and len(data.events) > 0
    dag = dag_of(recipe, data, folder, compute)
    names = [*(["test"] if evaluate else []), *(serving(recipe, dag) if final else [])]
    made = run(dag, names)
    report = timed(made["test"], dag) if evaluate else None
    if not final:
        return TrainReport(None, dag.seconds, report, None)
    return publish(recipe, folder, data, served(recipe, made), report, dag.seconds)


def serving(recipe: Recipe, dag: Dag) -> list[str]:
    """The steps whose values serve."""
    fitted = [stage for key, _ in learnt_parts(recipe) for stage in (f"still.{key}", f"full.{key}") if stage in dag.steps]
    return fitted + [f"rank.{name}" for name in recipe.parts["rank"] if f"rank.{name}" in dag.steps]


def served(recipe: Recipe, made: Mapping[str, Any]) -> Parts:
    """The values of the serving steps as role -> name -> model."""
    fitted = {key.partition(".")[2]: model for key, model in made.items() if key.startswith(("still.", "full."))}
    ranks = {key.removeprefix("rank."): model for key, model in made.items() if key.startswith("rank.")}
    return {**parts(recipe, fitted), "rank": ranks}


def evaluate(folder: Path, compute: Compute, on: str = "test") -> Report:
    """The report on the "test" or the "valid" days; what was trained before is used again. Tune on "valid" only."""
    if on not in ("test", "valid"):
        raise BadData(f"days {on!r}; right would be 'test' or 'valid'")
    recipe = Recipe.load(folder)
    dag = dag_of(recipe, shop_data(recipe, folder), folder, compute)
    report: Report = run(dag, [on])[on]
    return report


def shop_data(recipe: Recipe, folder: Path, least: int = 1) -> Dataset:
    """Everything in the shop's store, as of the moment after its last event. NotReady without items, or `least` events."""
    with closing(store_of(recipe, folder)) as store:
        events, searches, users = store.events(), store.searches(), len(store.shoppers())
        catalog = catalog_of(store, recipe, folder)
    if len(events) < least or not len(catalog):
        raise NotReady(f"{len(catalog)} items and {len(events)} events in {folder}; `ronghe ingest` brings them in")
    return Dataset(catalog, events, float(np.nextafter(events.time.max(initial=0.0), np.inf)), users, searches)


def dag_of(recipe: Recipe, data: Dataset, folder: Path, compute: Compute) -> Dag:
    """The training DAG of a shop."""
    if not len(data.events):
        return Dag(plan_without_events(recipe, data, compute), folder / CACHE, compute)
    split = time_split(data.events, recipe.split.test_days, recipe.split.valid_days)
    return Dag(plan(recipe, data, split, compute, grades_of(recipe, folder, data.catalog)), folder / CACHE, compute)


def run(dag: Dag, names: list[str]) -> dict[str, Any]:
    """The values of these steps; progress counts the steps that have to run."""
    deque(dag.compute.track(dag.fill(*names), "train", len(dag.todo(*names))), maxlen=0)
    return {name: dag.value(name) for name in names}


def timed(report: Report | None, dag: Dag) -> Report | None:
    """The report with the time of each step that had to run."""
    return None if report is None else replace(report, seconds={**report.seconds, **dag.seconds})


def publish(
    recipe: Recipe, folder: Path, data: Dataset, held: Parts, report: Report | None, seconds: Mapping[str, float]
) -> TrainReport:
    """Writes a version and its report; makes it current unless the gate refuses."""
    versions = versions_of(folder)
    gated = refused(recipe, held, data, main_surface(recipe), report, last_report(folder, versions))
    meta = {
        "trained": datetime.now(UTC).isoformat(timespec="seconds"), "recipe": recipe.hash, "as_of": data.as_of,
        "metrics": report.headline() if report is not None else {}, "items": len(data.catalog), "events": len(data.events),
        "gated": gated,
    }  # fmt: skip
    version = versions.write(learnt_only(recipe, held), meta)
    if report is not None:
        write_report(folder, version, report)
    if gated is None:
        versions.switch(version)
    return TrainReport(version, seconds, report, gated)


def learnt_only(recipe: Recipe, held: Parts) -> Parts:
    """The parts that learnt something; the others are read from the recipe when a version is loaded."""
    kept = {
        role: {name: model for name, model in models.items() if hasattr(recipe.parts[role][name].learner, "fit")}
        for role, models in held.items()
    }
    return {role: models for role, models in kept.items() if models}


def last_report(folder: Path, versions: Versions) -> Report | None:
    """The report of the version that serves; None when there is none that can be read."""
    path = report_of(folder, versions.current() or "")
    try:
        return Report.of_json(path.read_bytes())
    except (OSError, BadData):
        return None


def write_report(folder: Path, version: str, report: Report) -> None:
    """Keeps the report of a version; whole or not there."""
    path = report_of(folder, version)
    path.parent.mkdir(exist_ok=True)
    write_whole(path, report.to_json())
