"""What every collaborative method makes of odd input: nothing known, nothing there, too often, too long, not a number."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from fitted import fit
from ronghe.core.dataset import Dataset
from ronghe.core.events import DAY, KIND, Events
from ronghe.core.queries import History, Queries
from ronghe.methods import METHODS
from worlds import END, asked_by, catalog, corner_shop, shop, two_tastes

NAMES = [name for name, (role, where) in METHODS.items() if role == "retrieve" and where.startswith("collaborative.")]
FROM_HISTORY = [name for name in NAMES if name not in ("popular", "recent", "again", "bought-together")]


@cache
def model(name: str):
    return fit(name, corner_shop())


def asking(items, days=None, kind="purchase", amount=None) -> Queries:
    """One query of a stranger with this history, at the end of the corner shop."""
    days = np.linspace(1, END - 1, len(items)) if days is None else days
    kinds = np.full(len(items), KIND[kind])
    amount = np.ones(len(items)) if amount is None else amount
    past = Events.of(time=np.asarray(days) * DAY, user=np.zeros(len(items)), item=items, kind=kinds, amount=amount)
    return Queries.of(1, time=np.array([END * DAY]), history=History.of(past, np.array([0, len(items)])))


@pytest.mark.parametrize("name", FROM_HISTORY)
def test_without_history_it_says_nothing(name):
    assert model(name).retrieve(Queries.of(2, time=np.full(2, END * DAY)), 10).counts.tolist() == [0, 0]


@pytest.mark.parametrize("name", [name for name in NAMES if name != "bought-together"])  # which asks about the last visit alone
def test_items_never_seen_add_nothing(name):
    known, more = asking([3, 7], [80, 90]), asking([3, 9_999, 7, -1], [80, 85, 90, 95])
    one, other = (model(name).retrieve(query, 10) for query in (known, more))
    assert one.item.tolist() == other.item.tolist()
    np.testing.assert_allclose(one.score, other.score, rtol=1e-5)
    assert model(name).retrieve(asking([9_999]), 10).item.tolist() == model(name).retrieve(asking([]), 10).item.tolist()


@pytest.mark.parametrize("name", FROM_HISTORY)
def test_one_item_liked_a_thousand_times_is_one_item_liked(name):
    often = model(name).retrieve(asking([3] * 1000), 10)
    assert np.isfinite(often.score).all()
    if name == "context-tensor":
        return  # it knows when things are liked: once on one morning is not on a thousand days
    assert set(often.item.tolist()) & set(model(name).retrieve(asking([3]), 10).item.tolist())


@pytest.mark.parametrize("name", NAMES)
def test_a_history_of_ten_thousand_items_is_answered(name):
    answer = model(name).retrieve(asking(np.arange(10_000) % 60), 10)
    assert np.isfinite(answer.score).all()
    assert len(set(answer.item.tolist())) == len(answer.item)


@pytest.mark.parametrize("name", NAMES)
def test_a_catalogue_of_one_item_is_learnt_and_answered(name):
    data = shop([{"title": "the only thing"}], [{"kind": 4, "user": u, "item": 0, "time": 50.0 + u} for u in range(4)])
    answer = fit(name, data).retrieve(asked_by(data, [0, 1]), 5)
    assert set(answer.item.tolist()) <= {0}
    assert np.isfinite(answer.score).all()


@pytest.mark.parametrize("name", NAMES)
def test_stars_that_are_no_number_say_nothing(name):
    data = two_tastes()
    odd = Events.of(time=[60 * DAY] * 6, user=np.arange(6), item=[6, 7, 0, 1, 2, 3], kind=[KIND["rating"]] * 6, amount=[np.nan] * 6)
    names = ("time", "user", "session", "item", "kind", "amount", "price", "place", "propensity")
    events = Events(**{n: np.concatenate([getattr(data.events, n), getattr(odd, n)]) for n in names}).sorted()
    plain, mixed = fit(name, data), fit(name, replace(data, events=events))
    one, other = plain.retrieve(asked_by(data, range(4)), 5), mixed.retrieve(asked_by(data, range(4)), 5)
    assert one.item.tolist() == other.item.tolist()
    np.testing.assert_array_equal(one.score, other.score)
    unsure = mixed.retrieve(asking([3, 0], [80, 90], "rating", [5.0, np.nan]), 5)
    assert unsure.item.tolist() == mixed.retrieve(asking([3], [80], "rating", [5.0]), 5).item.tolist()


@pytest.mark.parametrize("name", NAMES)
def test_shoppers_without_any_item_are_no_error(name):
    data = corner_shop()
    silent = Dataset(catalog([{"title": "a"}, {"title": "b"}]), data.events.where(np.zeros(len(data.events), bool)), data.as_of, 5)
    assert fit(name, silent).retrieve(asked_by(silent, [0, 4]), 5).counts.max() <= 2
