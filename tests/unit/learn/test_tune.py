"""A search of settings: it finds what is better, goes on where it stopped, learns what changed, and never sees the test days."""

import json
import shutil
import xml.etree.ElementTree as ET
from contextlib import closing
from dataclasses import MISSING, fields
from pathlib import Path
from types import SimpleNamespace

import optuna
import pytest

from recipes import recipe
from ronghe.compute.local import Local
from ronghe.core.errors import BadData, BadRecipe, NotFound, NotReady, StoreError
from ronghe.core.events import KIND
from ronghe.engine.recipe import Recipe
from ronghe.engine.shop import TUNING, last_tuning
from ronghe.evaluate.tuning_plot import tuning_plot
from ronghe.learn import tune as tuning
from ronghe.learn.split import time_split
from ronghe.learn.train import shop_data, train
from ronghe.learn.tune import Limits, tune
from ronghe.learn.tune_keep import PLOT, keep, may_write, winner, write
from ronghe.learn.tune_score import Judge, KeptSteps
from ronghe.learn.tune_space import knobs, turned
from ronghe.methods import METHODS, method
from ronghe.methods.spaces import SPACES
from ronghe.stores import connect
from store_of_world import put
from worlds import END, corner_shop, shop

HERE = Local(seed=2)
RECIPE = recipe("""# The recipe of the corner shop.
[split]
test_days = 14
valid_days = 14
[retrieve]
again = {}
item-knn = { least = 1, shrink = 150.0 }  # shrunk too far
popular = {}
[surface.home]
retrieve = ["item-knn", "popular"]
""")


@pytest.fixture
def corner(tmp_path: Path) -> Path:
    return put(corner_shop(), tmp_path, RECIPE)


def test_what_is_found_is_better_on_the_validation_days_and_written_with_its_comments(corner: Path, tmp_path: Path):
    found = tune(corner, HERE, Limits(trials=9))
    assert len(found.trials) == 9
    assert found.best is not None
    assert found.best.value == max(t.value for t in found.trials) > found.baseline
    assert found.gain == pytest.approx(found.best.value - found.baseline)
    out = tmp_path / "better.toml"
    write(out, winner(Recipe.load(corner), found), force=False)
    text = out.read_text(encoding="utf-8")
    assert text.startswith("# The recipe of the corner shop.\n")
    assert "# shrunk too far" in text
    recipe = Recipe.parse(text)
    for name, value in found.best.settings.items():
        if name.startswith("retrieve."):
            assert getattr(recipe.parts["retrieve"][name.split(".")[1]].learner, name.split(".")[2]) == value
    again = Judge(shop_data(recipe, corner), KeptSteps(tmp_path / "elsewhere", tmp_path / "none"), HERE).value(recipe)
    assert again["value"] == found.best.value  # what was judged is what is written


def test_a_file_that_is_there_is_not_written_over(corner: Path, tmp_path: Path):
    out = tmp_path / "mine.toml"
    out.write_text("mine")
    with pytest.raises(BadData, match="--force"):
        may_write(out, force=False)
    with pytest.raises(BadData, match="--force"):
        write(out, "other", force=False)
    assert out.read_text() == "mine"
    write(out, "other", force=True)
    assert out.read_text() == "other"
    with pytest.raises(BadData, match="no folder"):
        may_write(tmp_path / "nowhere" / "a.toml", force=True)


def test_a_search_goes_on_where_it_stopped(corner: Path):
    first = tune(corner, HERE, Limits(trials=3))
    then = tune(corner, HERE, Limits(trials=5))
    assert then.trials[:3] == first.trials
    assert len(then.trials) == 5
    assert then.baseline == first.baseline
    assert tune(corner, HERE, Limits(trials=5)).trials == then.trials


def test_a_trial_that_was_killed_counts_as_failed(corner: Path):
    found = tune(corner, HERE, Limits(trials=2))
    storage = f"sqlite:///{corner / TUNING / 'trials.db'}"
    optuna.load_study(study_name=found.study, storage=storage).ask()  # begun and never told
    after = tune(corner, HERE, Limits(trials=4))
    assert [t.value is None for t in after.trials] == [False, False, True, False]


def test_another_recipe_or_other_data_begin_another_search(corner: Path):
    first = tune(corner, HERE, Limits(trials=2))
    (corner / "ronghe.toml").write_text(RECIPE.replace("150.0", "100.0"))
    assert tune(corner, HERE, Limits(trials=1)).study != first.study
    (corner / "ronghe.toml").write_text(RECIPE)
    assert tune(corner, HERE, Limits(trials=2)).study == first.study
    assert tune(corner, HERE, Limits(trials=1), shoppers=5).shoppers == 5


def test_only_what_hangs_on_the_turned_part_is_learnt_anew(corner: Path):
    recipe = Recipe.load(corner)
    judge = Judge(shop_data(recipe, corner), KeptSteps(corner / TUNING, corner / "cache"), HERE)
    (corner / TUNING).mkdir()
    judge.value(recipe)
    assert {"t1.retrieve.item-knn", "t1.retrieve.popular", "score"} <= set(judge.seconds)
    space = knobs(recipe)
    for _ in range(2):
        judge.value(Recipe.parse(turned(recipe.text, {"retrieve.popular.half_life": 4.0}, space)))
        assert [name for name in judge.seconds if name.startswith("t1.retrieve")] == ["t1.retrieve.popular"]


def test_what_training_worked_out_is_used_and_left_alone(corner: Path):
    train(corner, HERE)
    recipe = Recipe.load(corner)
    held = {path: path.read_bytes() for path in (corner / "cache").rglob("*") if path.is_file()}
    (corner / TUNING).mkdir()
    judge = Judge(shop_data(recipe, corner), KeptSteps(corner / TUNING, corner / "cache"), HERE)
    judge.value(recipe)
    assert not [name for name in judge.seconds if name.startswith("early.")]
    tune(corner, HERE, Limits(trials=3))
    assert {path: path.read_bytes() for path in (corner / "cache").rglob("*") if path.is_file()} == held


def test_the_test_days_change_nothing(tmp_path: Path):
    data = corner_shop()
    split = time_split(data.events, 14, 14)
    after = data.events.time >= split.t2
    changed = data.events.where(~after | (data.events.time == data.events.time.max()))
    values = []
    for name, events in (("all", data.events), ("without", changed)):
        (tmp_path / name).mkdir()
        folder = put(type(data)(data.catalog, events, data.as_of, data.users), tmp_path / name, RECIPE)
        found = tune(folder, HERE, Limits(trials=4))
        values.append((found.baseline, [t.value for t in found.trials]))
    assert values[0] == values[1]


def test_a_budget_ends_a_search(corner: Path, monkeypatch: pytest.MonkeyPatch):
    """By a clock that stands still but for the trials, which take 20 seconds each."""
    passed = [0.0]

    def judged(self: Judge, recipe: Recipe) -> dict[str, float]:
        passed[0] += 20
        return {"value": 0.5, "shoppers": 9}

    monkeypatch.setattr(tuning, "time", SimpleNamespace(monotonic=lambda: passed[0]))
    monkeypatch.setattr(Judge, "value", judged)
    found = tune(corner, HERE, Limits(trials=None, minutes=1.7))
    assert (len(found.trials), found.seconds) == (4, 100)  # the recipe as it was, and four trials; a fifth would end after 102


def test_two_searches_at_once_are_refused(corner: Path):
    with tuning.alone(corner), pytest.raises(StoreError, match="another search"):
        tune(corner, HERE, Limits(trials=1))


def test_parts_can_be_chosen_and_unknown_ones_are_told_the_known():
    recipe = Recipe.parse(RECIPE)
    assert {k.part for k in knobs(recipe)} == {"item-knn", "popular", "fuse"}  # again is not on the main surface
    assert [k.name for k in knobs(recipe, ["popular"])] == ["retrieve.popular.half_life"]
    assert [k.name for k in knobs(recipe, ["fuse"])] == ["fuse.reciprocal-rank.weights.popular"]
    with pytest.raises(NotFound, match="item-knn, popular, fuse"):
        knobs(recipe, ["again"])


def test_nothing_to_turn_is_said(tmp_path: Path):
    only = '[retrieve]\nbm25 = {}\n[choose]\nbest = {}\n[surface.home]\nretrieve = ["bm25"]\nfilter = []\n'
    with pytest.raises(NotReady, match="main surface"):
        tune(put(corner_shop(), tmp_path, only), HERE, Limits(trials=1))


def test_where_nothing_helps_no_recipe_is_written(tmp_path: Path):
    """Everybody buys the one thing there is: every recipe is perfect."""
    rows = [
        {"kind": KIND["purchase"], "user": u, "item": 0, "time": day + u / 10} for u in range(5) for day in range(1, int(END), 3)
    ]
    found = tune(put(shop([{"title": "bread"}], rows), tmp_path, RECIPE), HERE, Limits(trials=3))
    assert found.baseline == 1.0
    assert found.best is None
    assert found.gain == 0
    with pytest.raises(BadRecipe, match="none of 3 trials"):
        winner(Recipe.load(tmp_path), found)


def test_settings_are_turned_wherever_they_stand():
    parts = "# top\n[retrieve]\nease = {}  # plain\n[retrieve.als]\nfactors = 8\n[choose]\nbest = {}\n"
    text = parts + '[surface.home]\nretrieve = ["ease", "als"]\nfilter = []\n'
    recipe = Recipe.parse(text)
    values = {"retrieve.ease.l2": 12.5, "retrieve.als.factors": 31, "fuse.reciprocal-rank.weights.als": 2.0}
    new = turned(text, values, knobs(recipe))
    assert "# top" in new
    assert "ease = {l2 = 12.5} # plain" in " ".join(new.replace("  #", " #").split("\n"))
    learners = {name: part.learner for name, part in Recipe.parse(new).parts["retrieve"].items()}
    assert (learners["ease"].l2, learners["als"].factors) == (12.5, 31)
    assert Recipe.parse(new).fuse["reciprocal-rank"].weights == {"als": 2.0}
    assert turned(text, {}, knobs(recipe)) == text


@pytest.mark.parametrize("name", SPACES)
def test_every_span_is_of_a_setting_and_both_its_ends_are_accepted(name: str):
    assert name in METHODS
    known = {f.name: f for f in fields(method(name))}
    for setting, span in SPACES[name].items():
        default = known[setting].default
        assert default is not MISSING
        assert isinstance(default, int) == span.whole, f"{setting} of {name}"
        assert span.low < span.high
        assert span.low <= default <= span.high, f"the default of {setting} of {name} is outside its span"
        for end in (span.low, span.high):
            method(name)(**{setting: end})


def test_the_record_can_be_read_and_the_plot_drawn(corner: Path):
    found = tune(corner, HERE, Limits(trials=3))
    assert keep(corner, found) == corner / TUNING / PLOT
    held = json.loads(last_tuning(corner).read_text(encoding="utf-8"))
    assert [t["value"] for t in held["trials"]] == [t.value for t in found.trials]
    drawing = ET.fromstring((corner / TUNING / PLOT).read_text(encoding="utf-8"))
    assert len(drawing.findall(".//{*}circle")) == 3
    assert tuning_plot(0.1, []).startswith("<svg")
    assert tuning_plot(0.1, [None, 0.2]).count("<circle") == 1


def test_the_folder_of_trials_may_be_deleted(corner: Path):
    first = tune(corner, HERE, Limits(trials=2))
    shutil.rmtree(corner / TUNING)
    assert [t.value for t in tune(corner, HERE, Limits(trials=2)).trials] == [t.value for t in first.trials]


def test_an_empty_shop_is_told_what_to_do(tmp_path: Path):
    (tmp_path / "ronghe.toml").write_text(RECIPE)
    with closing(connect(f"sqlite:///{tmp_path}/shop.db")), pytest.raises(NotReady, match="ingest"):
        tune(tmp_path, HERE, Limits(trials=1))
