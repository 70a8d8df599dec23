"""A whole training of the corner shop: nothing leaks, nothing is done twice, nothing bad serves."""

import dataclasses
import shutil

import numpy as np
import pytest

from ronghe.compute.local import Local
from ronghe.core.errors import BadData, NotReady
from ronghe.core.events import DAY
from ronghe.engine.recipe import Recipe
from ronghe.engine.versions import Versions
from ronghe.evaluate.report import MAIN, Report
from ronghe.learn import gate
from ronghe.learn.plan import data_key, earliest, plan
from ronghe.learn.split import time_split
from ronghe.learn.train import dag_of, evaluate, run, train
from store_of_world import put
from worlds import corner_shop

RECIPE = """
[shop]
name = "Corner"
[split]
test_days = 14
valid_days = 7
horizon_days = 7
cuts = 3
[retrieve]
bm25 = {}
again = {}
item-knn = { least = 1 }
popular = {}
[columns]
item-facts = {}
demand = {}
habit = {}
[filter]
in-stock = {}
not-bought = {}
[rank]
boosted = { trees = 5, leaves = 4, rows = 5 }
[choose]
best = {}
[surface.home]
retrieve = ["again", "item-knn", "popular"]
rank = ["boosted"]
[surface.discover]
retrieve = ["item-knn", "popular"]
filter = ["in-stock", "not-bought"]
[surface.search]
retrieve = ["bm25"]
"""


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    folder = put(corner_shop(), tmp_path_factory.mktemp("corner"), RECIPE)
    return folder, train(folder, Local(seed=1, threads=2))


@pytest.fixture
def shop(trained, tmp_path):
    """A copy of that shop, with what training remembers of seed 1, and nothing that serves."""
    folder = shutil.copytree(trained[0], tmp_path / "shop")
    shutil.rmtree(folder / "models")
    return folder


def test_a_training_evaluates_every_part_and_serves(trained):
    folder, done = trained
    assert done.gated is None, done.gated
    assert Versions(folder / "models").current() == done.version
    assert [(s.name, s.role) for s in done.report.systems] == [
        ("popular", "baseline"), ("again", "retriever"), ("item-knn", "retriever"), ("fused", "fused"), ("final", "final"),
        ("discover", "shelf"),
    ]  # fmt: skip
    kept = Report.of_json((folder / "reports" / f"{done.version}.json").read_text())
    assert kept.final.scores == done.report.final.scores
    assert {row.name for row in kept.search} == {"bm25", "fused", "final"}
    assert any("constructed" in note for note in kept.notes)


def test_a_second_training_fits_nothing_again(trained):
    folder, done = trained
    again = train(folder, Local(seed=1, threads=2))
    assert again.seconds == {}
    assert again.report.final.scores == done.report.final.scores


def test_a_changed_part_is_fitted_and_what_hangs_on_it(trained):
    folder, _ = trained
    old = (folder / "ronghe.toml").read_text()
    (folder / "ronghe.toml").write_text(old.replace("item-knn = { least = 1 }", "item-knn = { least = 2 }"))
    recipe = Recipe.load(folder)
    from ronghe.learn.train import serving, shop_data

    dag = dag_of(recipe, shop_data(recipe, folder), folder, Local(seed=1))
    assert set(dag.todo("test", *serving(recipe, dag))) == {
        "early.retrieve.item-knn", "t2.retrieve.item-knn", "full.retrieve.item-knn", "rank.boosted", "test",
    }  # fmt: skip
    (folder / "ronghe.toml").write_text(old)


def test_threads_change_nothing(shop):
    two = train(shop, Local(seed=1, threads=2), final=False).report
    for kept in (shop / "cache").rglob("manifest.json"):
        kept.unlink()  # broken copies are made anew
    one = train(shop, Local(seed=1, threads=1), final=False).report
    assert one.final.scores == two.final.scores
    assert one.final.beyond == two.final.beyond


def test_without_evaluation_or_without_a_version(shop):
    only = train(shop, Local(seed=1), final=False)
    assert (only.version, only.gated) == (None, None)
    assert not (shop / "models").exists()
    quick = train(shop, Local(seed=1), evaluate=False)
    assert (quick.report, quick.gated) == (None, None)
    assert Versions(shop / "models").current() == quick.version


def test_days_that_are_not_there_are_refused(shop):
    with pytest.raises(BadData, match="'test' or 'valid'"):
        evaluate(shop, Local(seed=1), on="tomorrow")
    assert evaluate(shop, Local(seed=1), on="valid").period.start < evaluate(shop, Local(seed=1), on="test").period.start


def test_an_empty_shop_says_what_to_do(tmp_path):
    (tmp_path / "ronghe.toml").write_text(RECIPE)
    with pytest.raises(NotReady, match="ronghe ingest"):
        train(tmp_path, Local())


def test_a_shop_in_which_nothing_has_happened_learns_what_its_catalogue_teaches(tmp_path):
    data = corner_shop()
    put(dataclasses.replace(data, events=data.events.where(np.zeros(len(data.events), dtype=bool))), tmp_path, RECIPE)
    report = train(tmp_path, Local())
    assert (report.report, report.gated) == (None, None)
    assert Versions(tmp_path / "models").current() == report.version
    assert "full.retrieve.bm25" in report.seconds
    with pytest.raises(NotReady, match="0 events"):
        evaluate(tmp_path, Local())


class Spy:
    """A dataset's learner that keeps what it was shown."""

    def __init__(self, inner, seen):
        self.inner, self.seen = inner, seen

    def fit(self, data, compute):
        self.seen.append(float(data.events.time.max()))
        return self.inner.fit(data, compute)


def test_nobody_learns_from_what_they_are_asked_about(tmp_path):
    """Every fit behind the ranker, and behind the test report, saw only what came before its moment."""
    recipe, data = Recipe.parse(RECIPE), corner_shop()
    split = time_split(data.events, 14, 7)
    seen: dict[str, list[float]] = {}
    spied = {
        role: {
            name: dataclasses.replace(part, learner=Spy(part.learner, seen.setdefault(f"{role}.{name}", [])))
            if role in ("retrieve", "columns") and name != "bm25" else part
            for name, part in parts.items()
        }
        for role, parts in recipe.parts.items()
    }  # fmt: skip
    watched = dataclasses.replace(recipe, parts=spied)
    steps = plan(watched, data, split, Local())
    from ronghe.learn.dag import Dag

    dag = Dag(steps, tmp_path, Local())
    run(dag, ["rank.boosted"])
    first = earliest(recipe, split)
    for name in ("again", "item-knn", "popular"):
        assert max(seen[f"retrieve.{name}"]) < first
    for name in ("demand", "habit"):
        assert len(seen[f"columns.{name}"]) == 3
        assert max(seen[f"columns.{name}"]) < split.t1 - 7 * DAY
    for moments in seen.values():
        moments.clear()
    run(dag, ["test"])
    assert all(max(moments) < split.t2 for moments in seen.values())


def test_the_future_does_not_change_the_ranker_or_the_test_funnel(tmp_path):
    """The same log cut at the end of the test and a week later gives the same judgements up to t1: time flows one way."""
    data = corner_shop()
    cut = dataclasses.replace(data, events=data.events.before(data.as_of - 3 * DAY), as_of=data.as_of - 3 * DAY)
    assert data_key(data) != data_key(cut)
    recipe, split = Recipe.parse(RECIPE), time_split(data.events, 14, 7)
    trees = []
    for at, world in enumerate((data, cut)):
        dag = dag_with(recipe, world, split, tmp_path / str(at))
        trees.append(run(dag, ["rank.boosted"])["rank.boosted"].trees)
    assert trees[0] == trees[1]


def dag_with(recipe, data, split, folder):
    from ronghe.learn.dag import Dag

    return Dag(plan(recipe, data, split, Local()), folder, Local())


def test_the_gate_refuses_what_is_worse_than_popularity_or_than_before(trained):
    _, done = trained
    report = done.report
    final, popular = report.final.scores[MAIN].mean, report.system("popular").scores[MAIN].mean

    def scoring(value):
        better = {MAIN: dataclasses.replace(report.final.scores[MAIN], mean=value)}
        systems = tuple(dataclasses.replace(s, scores={**s.scores, **better}) if s.role == "final" else s for s in report.systems)
        return dataclasses.replace(report, systems=systems)

    assert "popular" in gate.worse(scoring(popular - 0.01), None)
    assert gate.worse(scoring(popular + 0.01), None) is None
    assert "below" in gate.worse(report, scoring(final * 1.5 + 0.5))
    assert gate.worse(report, scoring(final * 1.1)) is None
    assert gate.worse(scoring(float("nan")), None) is not None


def test_the_gate_refuses_numbers_that_are_not_finite_and_keeps_the_old_version(shop, monkeypatch):
    good = train(shop, Local(seed=1))
    from ronghe.methods.collaborative.popular import Popular

    whole = Popular.fit

    def broken(self, data, compute):
        model = whole(self, data, compute)
        arrays = {f.name: getattr(model, f.name) for f in dataclasses.fields(model)}
        name = next(n for n, a in arrays.items() if isinstance(a, np.ndarray) and a.dtype.kind == "f")
        return dataclasses.replace(model, **{name: np.full_like(arrays[name], np.nan)})

    monkeypatch.setattr(Popular, "fit", broken)
    bad = train(shop, Local(seed=2), evaluate=False)
    assert bad.gated is not None
    assert Versions(shop / "models").current() == good.version
