"""Judgements: what was wanted is kept, the rest is drawn evenly, queries that teach nothing are left out."""

import numpy as np
import pytest

from ronghe.compute.local import Local
from ronghe.core.errors import NotReady, RongheError
from ronghe.core.events import DAY
from ronghe.funnel.funnel import Funnel
from ronghe.funnel.fusion import ReciprocalRank
from ronghe.learn.judgements import Budget, judge
from ronghe.learn.known_item import search_questions
from ronghe.methods import method
from worlds import corner_shop, shop

SEVEN = 7.0


def popular_funnel(data):
    return funnel_with(data, popular=method("popular")().fit(data, Local()))


def funnel_with(data, **retrievers):
    columns = {"item-facts": method("item-facts")().fit(data, Local())}
    return Funnel({}, retrievers, ReciprocalRank(), columns, {}, (), method("best")())


def judged(budget, seed=0):
    data, moments = corner_shop(), [60 * DAY, 70 * DAY]
    return judge(lambda at: popular_funnel(data.as_of_moment(at)), data, moments, SEVEN, "home", 1000, Local(seed), budget)


def test_what_was_wanted_is_kept_and_gains_are_right():
    found = judged(Budget(negatives=0, strangers=0.0))
    assert (found.gain == 1).all()
    data = corner_shop()
    liked = data.events.where(data.events.liking > 0)
    pairs = set(zip(liked.user.tolist(), liked.item.tolist(), strict=True))
    rows = zip(found.queries.user[found.candidates.query].tolist(), found.candidates.item.tolist(), strict=True)
    assert set(rows) <= pairs
    assert set(np.unique(found.queries.time)) == {60 * DAY, 70 * DAY}


def test_at_most_so_many_unwanted_rows_a_query_and_none_without_a_wanted_one():
    found = judged(Budget(negatives=3))
    unwanted = np.bincount(found.candidates.query, found.gain == 0)
    assert unwanted.max() == 3
    assert (np.bincount(found.candidates.query, found.gain) > 0).all()


def test_unwanted_rows_are_drawn_from_all_places():
    kept = judged(Budget(negatives=3), seed=1)
    whole = judged(Budget(negatives=1000), seed=1)
    place = {(q, i): p for q, i, p in zip(whole.candidates.query, whole.candidates.item, whole.candidates.place, strict=True)}
    drawn = [place[q, i] for q, i, g in zip(kept.candidates.query, kept.candidates.item, kept.gain, strict=True) if not g]
    assert np.mean(drawn) == pytest.approx(whole.candidates.place[whole.gain == 0].mean(), rel=0.15)


def test_the_budget_is_shared_by_the_moments():
    found = judged(Budget(queries=10))
    assert all(np.sum(found.queries.time == day * DAY) <= 5 for day in (60, 70))


def test_same_seed_same_judgements():
    one, two = judged(Budget(negatives=5), seed=4), judged(Budget(negatives=5), seed=4)
    np.testing.assert_array_equal(one.candidates.item, two.candidates.item)


def test_a_broken_part_is_not_trained_on():
    class Broken:
        def retrieve(self, queries, k):
            raise ValueError("no index")

    funnel = funnel_with(corner_shop(), broken=Broken())
    with pytest.raises(RongheError, match="no index"):
        judge(lambda at: funnel, corner_shop(), [60 * DAY], SEVEN, "home", 1000, Local(), Budget())


def test_nothing_wanted_nothing_to_learn():
    data = corner_shop()
    with pytest.raises(NotReady, match="nothing to rank"):
        judge(lambda at: popular_funnel(data), data, [data.as_of + DAY], SEVEN, "home", 1000, Local(), Budget())


def test_constructed_queries_want_every_bearer_of_the_title():
    looks = [
        {"title": "Green Apple Juice"},
        {"title": "Green Apple Juice"},
        {"title": "Bread"},
        {"title": "Dark Bread", "deleted": True},
    ]
    data = shop(looks, [])
    queries, wanted = search_questions(data.catalog, np.ones(4), 0.0, 10, seed=0)
    assert len(queries) == 2
    assert wanted.item.tolist() == [0, 1, 0, 1]
    for text in queries.text:
        assert len(text.split()) == 2
    assert len(search_questions(data.catalog, np.zeros(4), 0.0, 10, 0)[0]) == 0
