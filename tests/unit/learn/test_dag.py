"""The DAG: arrows are parameter names; a second run does only what changed; a kill or a flipped bit costs one step."""

from dataclasses import replace
from functools import partial

import pytest

from ronghe.compute.local import Local
from ronghe.evaluate.significance import Interval
from ronghe.learn import dag
from ronghe.learn.dag import Dag, Given, Step


def shop(tmp_path, ran, events="e1", als="a1", ease="s1", seed=0):
    def fit(data, name=""):
        ran.append(name)
        return Interval(data, 0.0, 0.0)

    def rank(early, data):
        ran.append("rank")
        return Interval(sum(m.mean for m in early.values()) + data, 0.0, 0.0)

    def report(rank):
        ran.append("report")
        return replace(rank, low=1.0)

    steps = {
        "data": Given(7.0, events),
        "early.als": Step(partial(fit, name="als"), setting=als),
        "early.ease": Step(partial(fit, name="ease"), setting=ease),
        "rank": Step(rank),
        "report": Step(report),
    }
    return Dag(steps, tmp_path, Local(seed=seed))


def test_parameter_names_are_the_arrows(tmp_path):
    ran = []
    run = shop(tmp_path, ran)
    assert run.value("report") == Interval(21.0, 1.0, 0.0)
    assert ran == ["als", "ease", "rank", "report"]
    assert set(run.seconds) == {"early.als", "early.ease", "rank", "report"}


def test_a_second_run_does_nothing_and_says_so(tmp_path):
    first = shop(tmp_path, []).value("report")
    ran = []
    second = shop(tmp_path, ran)
    assert second.todo("report") == []
    assert second.value("report") == first
    assert ran == []


@pytest.mark.parametrize(
    ("change", "again"),
    [
        ({"als": "a2"}, ["als", "rank", "report"]),
        ({"events": "e2"}, ["als", "ease", "rank", "report"]),
        ({"seed": 1}, ["als", "ease", "rank", "report"]),
    ],
)
def test_a_change_is_followed_down_the_arrows_only(tmp_path, change, again):
    shop(tmp_path, []).value("report")
    ran = []
    run = shop(tmp_path, ran, **change)
    planned = run.todo("report")
    run.value("report")
    assert ran == again
    assert [name.removeprefix("early.") for name in planned] == again


def test_code_that_changes_is_run_again(tmp_path, monkeypatch):
    shop(tmp_path, []).value("report")
    monkeypatch.setattr(dag, "code_hash", lambda *modules: "other")
    ran = []
    shop(tmp_path, ran).value("report")
    assert ran == ["als", "ease", "rank", "report"]


def test_a_flipped_bit_costs_the_step_that_it_hit(tmp_path):
    shop(tmp_path, []).value("report")
    victim = next((tmp_path / "rank").glob("*/value/model.json"))
    victim.write_text(victim.read_text().replace("21", "22"))
    (tmp_path / "report").rename(tmp_path / "elsewhere")
    ran = []
    assert shop(tmp_path, ran).value("report").mean == 21.0
    assert ran == ["rank", "report"]


def test_a_kill_between_writing_and_renaming_leaves_no_half_value(tmp_path):
    run = shop(tmp_path, [])
    draft = tmp_path / "rank" / f".draft-{run.key('rank')}"
    draft.mkdir(parents=True)
    (draft / "model.json").write_text("{")
    assert run.value("rank").mean == 21.0
    assert [p.name for p in (tmp_path / "rank").iterdir()] == [run.key("rank")]


def test_only_the_newest_copy_of_a_step_is_kept(tmp_path):
    for setting in ("a1", "a2", "a3"):
        shop(tmp_path, [], als=setting).value("report")
    assert all(len(list(step.iterdir())) == 1 for step in tmp_path.iterdir())


@pytest.mark.parametrize("threads", [1, 3])
def test_filling_runs_each_step_once_and_after_what_it_needs(tmp_path, threads):
    ran = []
    run = shop(tmp_path, ran)
    run.compute = Local(threads=threads)
    done = list(run.fill("report"))
    assert sorted(done) == ["early.als", "early.ease", "rank", "report"]
    assert done[2:] == ["rank", "report"]
    assert sorted(ran) == ["als", "ease", "rank", "report"]
    assert list(run.fill("report")) == []


def test_a_step_that_fails_is_not_swallowed(tmp_path):
    def broken(data):
        raise ValueError("no")

    run = Dag({"data": Given(1, "a"), "bad": Step(broken)}, tmp_path, Local())
    with pytest.raises(ValueError, match="no"):
        list(run.fill("bad"))


def test_filling_keeps_in_memory_what_was_asked_for_only(tmp_path):
    run = shop(tmp_path, [])
    list(run.fill("report", "early.als"))
    assert set(run._values) - {"data"} == {"report", "early.als"}
