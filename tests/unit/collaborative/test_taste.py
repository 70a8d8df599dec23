"""What a query says of taste, and that it is read as the log is."""

import numpy as np
import pytest

from ronghe.core.events import DAY, KIND, Events
from ronghe.core.queries import History, Queries
from ronghe.methods.collaborative.taste import Taste, learnt
from ronghe.methods.reasons import codes_of
from worlds import asked_about, asked_by, asked_with, corner_shop, two_tastes

ALL = Taste(np.arange(48), 30.0, 0.5)


def test_a_shoppers_history_reads_as_their_row_of_the_log():
    data = corner_shop()
    taste, liking = learnt(data, 1000, 1, 30.0, 0.5)
    asked = taste.asked(asked_by(data, range(data.users)))
    np.testing.assert_allclose(asked.toarray(), liking.toarray(), rtol=1e-4)


def test_the_item_looked_at_speaks_instead_of_the_history():
    data = corner_shop()
    asked = ALL.asked(asked_by(data, [0, 1], anchor=np.array([7, -1]))).toarray()
    assert np.flatnonzero(asked[0]).tolist() == [7]
    assert np.count_nonzero(asked[1]) > 5


def test_what_lies_in_the_basket_is_liked_fully_and_now_and_once():
    asked = ALL.asked(asked_with(corner_shop(), (3, 3, 5), ())).toarray()
    assert asked[0, [3, 5]].tolist() == [1, 1]
    assert asked.sum() == 2


def test_items_the_model_does_not_know_say_nothing():
    few = Taste(np.array([2, 5]), float("inf"), 1.0)
    assert few.columns(np.array([2, 5, 0, 6, -1, 10**12])).tolist() == [0, 1, -1, -1, -1, -1]
    assert few.asked(asked_about(two_tastes(), [0, 5])).toarray().tolist() == [[0, 0], [0, 1]]


def test_only_items_with_enough_shoppers_and_of_these_the_most_touched_are_learnt():
    data = two_tastes()  # each item lacks two of its side's twelve shoppers
    assert len(learnt(data, 1000, 10, 1e9, 1.0)[0].items) == 12
    assert len(learnt(data, 1000, 11, 1e9, 1.0)[0].items) == 0
    assert learnt(data, 3, 1, 1e9, 1.0)[0].items.tolist() == [0, 1, 2]


def test_the_strongest_reason_for_an_item_is_told():
    kinds = [KIND[name] for name in ("view", "purchase", "view", "favourite", "view")]
    events = Events.of(time=np.arange(5) * DAY, user=np.zeros(5), item=[1, 1, 2, 2, 3], kind=kinds)
    queries = Queries.of(
        2, history=History.of(events, np.array([0, 5, 5])), basket_splits=np.array([0, 1, 1]), basket_item=np.array([3]),
        anchor=np.array([-1, 4]),
    )  # fmt: skip
    assert codes_of(queries, 0) == {1: "bought", 2: "liked", 3: "basket"}
    assert codes_of(queries, 1) == {4: "alike"}


@pytest.mark.parametrize("power", [0.0, 0.5, 1.0])
def test_power_says_how_much_repetition_counts(power):
    events = Events.of(time=np.zeros(4), user=np.zeros(4), item=[1, 1, 1, 1])
    asked = Taste(np.arange(3), float("inf"), power).asked(Queries.of(1, history=History.of(events, np.array([0, 4]))))
    assert asked.toarray()[0, 1] == pytest.approx(4**power)
