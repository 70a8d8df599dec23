"""Every model of taste in shops whose right answer is known: neighbours, regressions, factors, graph filters."""

import numpy as np
import pytest

from ronghe.compute.local import Local
from ronghe.core.events import KIND, Events
from ronghe.core.queries import History, Queries
from ronghe.methods.collaborative.als import ALS
from ronghe.methods.collaborative.bpr import BPR
from ronghe.methods.collaborative.bspm import BSPM
from ronghe.methods.collaborative.ease import EASE
from ronghe.methods.collaborative.gf_cf import GFCF
from ronghe.methods.collaborative.graph_blend import GraphBlend
from ronghe.methods.collaborative.item_knn import ItemKNN
from ronghe.methods.collaborative.lightgcn import LightGCN
from ronghe.methods.collaborative.rp3beta import RP3beta
from ronghe.methods.collaborative.slim import SLIM
from ronghe.methods.collaborative.sparse_ease import SparseEASE
from ronghe.methods.collaborative.turbo_cf import TurboCF
from ronghe.methods.collaborative.user_knn import UserKNN
from worlds import SIDE, asked_about, asked_by, brand_loyal, loyal_next, missing, two_tastes

HERE, FOREVER = Local(seed=1), float("inf")
TASTES = {
    "ease": EASE(l2=1.0, half_life=FOREVER),
    "als": ALS(factors=4, unobserved=0.1, half_life=FOREVER),
    "item-knn": ItemKNN(shrink=1.0, half_life=FOREVER),
    "user-knn": UserKNN(shrink=1.0, half_life=FOREVER),
    "sparse-ease": SparseEASE(l2=0.1, half_life=FOREVER),
    "rp3beta": RP3beta(half_life=FOREVER),
    "turbo-cf": TurboCF(half_life=FOREVER),
    "turbo-cf, second order": TurboCF(half_life=FOREVER, power_graph=1.0, order=2),
    "gf-cf": GFCF(half_life=FOREVER),
    "bspm": BSPM(half_life=FOREVER),
    "slim": SLIM(l2=1.0, half_life=FOREVER),
    "bpr": BPR(factors=4, half_life=FOREVER),
    "lightgcn": LightGCN(factors=8, half_life=FOREVER),
    "graph-blend": GraphBlend(l2=0.1, half_life=FOREVER),
}
pytestmark = pytest.mark.parametrize("name", TASTES)


def first_new(answer, bought: set[int]) -> int:
    """The best answer to the first query that is not among `bought`."""
    return next(int(item) for item in answer.of_query(0) if int(item) not in bought)


def test_a_blue_shopper_is_offered_the_blue_thing_they_lack_and_a_red_one_the_red(name):
    data = two_tastes()
    model = TASTES[name].fit(data, HERE)
    for user in range(12):
        side = set(range(SIDE)) if user % 2 == 0 else set(range(SIDE, 2 * SIDE))
        answer = model.retrieve(asked_by(data, [user]), 12)
        assert first_new(answer, side - {missing(user)}) == missing(user)


def test_who_is_loyal_to_a_brand_is_offered_that_brand(name):
    data = brand_loyal()
    model = TASTES[name].fit(data, HERE)
    for user in range(15):
        bought = set(data.events.item[data.events.user == user].tolist())
        assert first_new(model.retrieve(asked_by(data, [user]), 15), bought) == loyal_next(user)


def test_a_stranger_is_understood_from_one_click(name):
    data = two_tastes()
    click = Events.of(time=[data.as_of - 1], user=[0], item=[SIDE], kind=[KIND["click"]])
    stranger = Queries.of(1, time=np.array([data.as_of]), history=History.of(click, np.array([0, 1])))
    answer = TASTES[name].fit(data, HERE).retrieve(stranger, SIDE - 1).of_query(0)
    assert set(answer.tolist()) <= set(range(SIDE, 2 * SIDE))
    assert len(answer) >= 4


def test_alike_is_what_the_same_people_like(name):
    answer = TASTES[name].fit(two_tastes(), HERE).retrieve(asked_about(two_tastes(), [2]), 5).of_query(0)
    assert set(answer.tolist()) == set(range(SIDE)) - {2}


def test_reasons_name_what_was_bought(name):
    data = two_tastes()
    model = TASTES[name].fit(data, HERE)
    query = asked_by(data, [0])
    why = model.because(query, model.retrieve(query, 1))[0]
    assert why[0].code == "bought"
    assert {item for reason in why for item in reason.items} <= set(range(SIDE)) - {missing(0)}
