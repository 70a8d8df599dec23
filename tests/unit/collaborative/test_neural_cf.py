"""Neural collaborative filtering in shops whose right answer is known; its model serves without torch."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from ronghe.compute.local import Local
from ronghe.core.errors import BadRecipe
from ronghe.core.events import DAY, KIND, Events
from ronghe.core.queries import History, Queries
from ronghe.engine.artifacts import save_model
from ronghe.methods.collaborative.neural_cf import NeuralCF
from worlds import SIDE, asked_about, asked_by, missing, two_tastes

HERE = Local(seed=1)
LEARNER = NeuralCF(width=16, epochs=60, pace=0.01, half_life=float("inf"))


def test_a_blue_shopper_is_offered_the_blue_thing_they_lack_and_a_red_one_the_red():
    data = two_tastes()
    model = LEARNER.fit(data, HERE)
    for user in range(12):
        side = set(range(SIDE)) if user % 2 == 0 else set(range(SIDE, 2 * SIDE))
        answer = model.retrieve(asked_by(data, [user]), 12).of_query(0).tolist()
        assert next(item for item in answer if item not in side - {missing(user)}) == missing(user)


def test_a_stranger_is_understood_from_one_click():
    data = two_tastes()
    click = Events.of(time=[data.as_of - 1], user=[0], item=[SIDE], kind=[KIND["click"]])
    stranger = Queries.of(1, time=np.array([data.as_of]), history=History.of(click, np.array([0, 1])))
    answer = LEARNER.fit(data, HERE).retrieve(stranger, 4).of_query(0)
    assert set(answer.tolist()) <= set(range(SIDE, 2 * SIDE))


def test_alike_is_what_the_same_people_like():
    answer = LEARNER.fit(two_tastes(), HERE).retrieve(asked_about(two_tastes(), [2]), 5).of_query(0)
    assert set(answer.tolist()) == set(range(SIDE)) - {2}


def test_a_history_of_ten_thousand_events_is_no_trouble():
    data = two_tastes()
    long = Events.of(time=np.linspace(1, 99, 10_000) * DAY, user=np.zeros(10_000), item=np.arange(10_000) % SIDE)
    query = Queries.of(1, time=np.array([data.as_of]), history=History.of(long, np.array([0, 10_000])))
    answer = LEARNER.fit(data, HERE).retrieve(query, 3)
    assert set(answer.of_query(0).tolist()) <= set(range(SIDE))


def test_the_model_serves_without_torch(tmp_path: Path):
    save_model(LEARNER.fit(two_tastes(), HERE), tmp_path / "model")
    asks = f"""
import sys
from pathlib import Path
import numpy as np
from ronghe.core.queries import Queries
from ronghe.engine.artifacts import load_model
model = load_model(Path({str(tmp_path / "model")!r}))
print(model.retrieve(Queries.of(1, anchor=np.array([2])), 3).item.tolist(), "torch" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", asks], capture_output=True, text=True, check=True)
    assert done.stdout.endswith("False\n")
    assert done.stdout.startswith("[")
    assert len(done.stdout.split("]")[0].split(",")) == 3


@pytest.mark.parametrize("setting", [{"half_life": float("nan")}, {"pace": float("nan")}, {"l2": float("inf")}, {"batch": 1}])
def test_settings_that_cannot_be_are_refused(setting):
    with pytest.raises(BadRecipe, match=next(iter(setting))):
        NeuralCF(**setting)
