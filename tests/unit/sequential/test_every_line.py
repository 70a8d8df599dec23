"""What every model of order promises: it knows what comes next, for strangers too, and nothing odd in a history upsets it."""

from dataclasses import fields, replace

import numpy as np
import pytest

from in_order import after, best, ring
from ronghe.compute.local import Local
from ronghe.core.dataset import Dataset
from ronghe.core.errors import BadRecipe
from ronghe.core.events import DAY, KIND, Events
from ronghe.core.queries import History, Queries
from ronghe.methods.sequential.bsarec import BSARec
from ronghe.methods.sequential.fused import FusedSequence
from ronghe.methods.sequential.gru4rec import GRU4Rec
from ronghe.methods.sequential.hstu import HSTU
from ronghe.methods.sequential.next_item import NextItem
from ronghe.methods.sequential.sasrec import SASRec
from ronghe.methods.sequential.stan import Stan

SMALL = {"dim": 16, "dropout": 0.1, "rate": 0.01, "epochs": 30, "held": 0.0, "batch": 64}
MODELS = {
    "next-item": NextItem(l2=1.0, asked=1.5),
    "stan": Stan(decay=1.0, around=1.0),
    "sasrec": SASRec(**SMALL),
    "bsarec": BSARec(**SMALL),
    "hstu": HSTU(**SMALL),
    "gru4rec": GRU4Rec(**SMALL),
    "fused-sequence": FusedSequence(closed=NextItem(l2=1.0, asked=1.5), network=SASRec(**SMALL), members=2),
}
pytestmark = pytest.mark.parametrize("name", MODELS)
FITTED: dict[str, object] = {}


def fitted(name):
    if name not in FITTED:
        FITTED[name] = MODELS[name].fit(ring(), Local(seed=1))
    return FITTED[name]


def starred(items, stars):
    """One query of a stranger who rated these, one a day."""
    days = DAY * np.arange(1, len(items) + 1)
    past = Events.of(time=days, user=[0] * len(items), item=items, kind=[KIND["rating"]] * len(items), amount=stars)
    return Queries.of(1, history=History.of(past, np.array([0, len(items)])), time=np.array([200 * DAY]))


def test_what_comes_next_comes_first(name):
    right = [best(fitted(name), after(n, n + 1)) == n + 2 for n in range(9)]
    assert sum(right) >= 8


def test_the_order_of_events_matters(name):
    assert best(fitted(name), after(3, 7)) != best(fitted(name), after(7, 3))


def test_a_new_event_changes_the_answer_without_a_fit(name):
    assert best(fitted(name), after(2, 3)) == 4
    assert best(fitted(name), after(2, 3, 8)) in (7, 9)  # neighbours of lines look both ways


def test_who_did_nothing_is_told_nothing(name):
    assert fitted(name).retrieve(after(), 5).counts.tolist() == [0]


def test_what_nobody_ever_saw_is_as_if_it_had_not_been_there(name):
    strange = fitted(name).retrieve(after(5, 6, 4711), 12)
    plain = fitted(name).retrieve(after(5, 6), 12)
    assert strange.item.tolist() == plain.item.tolist()
    assert fitted(name).retrieve(after(4711), 5).counts.tolist() == [0]


def test_what_was_hidden_says_nothing(name):
    assert fitted(name).retrieve(after(5, 6, kind="hide"), 5).counts.tolist() == [0]


def test_the_same_thing_ten_times_in_a_row_is_one_wish(name):
    said = fitted(name).retrieve(after(2, *[3] * 10), 12)
    assert said.item.tolist() == fitted(name).retrieve(after(2, 3), 12).item.tolist()


def test_a_history_of_ten_thousand_is_read_from_its_end(name):
    long = [int(n) for n in np.random.default_rng(0).integers(0, 12, 10_000)]
    answer = fitted(name).retrieve(after(*long, 2, 3, 4), 12)
    assert answer.item.tolist() == fitted(name).retrieve(after(*long[5_000:], 2, 3, 4), 12).item.tolist()
    assert np.isfinite(answer.score).all()


def test_a_shop_of_one_thing_and_a_silent_shop_are_no_error(name):
    for data in (ring(1, 5, 3), Dataset(ring(3).catalog, ring().events.where(np.zeros(360, bool)), 100 * DAY, 4)):
        answer = MODELS[name].fit(data, Local()).retrieve(after(0), 5)
        assert np.isfinite(answer.score).all()


def test_stars_that_are_no_number_are_no_step(name):
    unsure = starred([2, 3, 8], [5.0, 5.0, np.nan])
    assert fitted(name).retrieve(unsure, 12).item.tolist() == fitted(name).retrieve(starred([2, 3], [5.0, 5.0]), 12).item.tolist()
    assert fitted(name).retrieve(starred([8], [np.nan]), 5).counts.tolist() == [0]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf"), -1.0])
def test_numbers_that_are_none_are_refused(name, value):
    learner = MODELS[name]
    numbers = [f.name for f in fields(learner) if isinstance(getattr(learner, f.name), float)]
    for field in numbers:
        if value == float("inf") and field in ("past", "future", "asked", "decay", "around", "recent"):
            continue  # fades never: that is a right answer
        with pytest.raises(BadRecipe, match=field):
            replace(learner, **{field: value})
