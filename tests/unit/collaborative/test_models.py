"""What is peculiar to each collaborative model, in shops whose right answer is known."""

import numpy as np
import pytest

from ronghe.compute.local import Local
from ronghe.core.dataset import Dataset
from ronghe.core.errors import BadRecipe
from ronghe.core.events import DAY, KIND, Events
from ronghe.core.queries import History, Queries
from ronghe.methods.collaborative.again import Again
from ronghe.methods.collaborative.als import ALS
from ronghe.methods.collaborative.bought_together import BoughtTogether
from ronghe.methods.collaborative.ease import EASE
from ronghe.methods.collaborative.item_knn import ItemKNN
from ronghe.methods.collaborative.popular import Popular
from ronghe.methods.collaborative.recent import Recent
from ronghe.methods.collaborative.user_knn import UserKNN
from worlds import (
    BAG,
    BUNDLES,
    asked_about,
    asked_by,
    asked_with,
    bestseller,
    bundle_graph,
    catalog,
    corner_shop,
    last_click_wins,
    shop,
    two_tastes,
)  # fmt: skip

HERE = Local(seed=1)


def test_weights_of_ease_are_the_same_by_items_and_by_shoppers():
    data = corner_shop(shoppers=30)
    half = Dataset(data.catalog, data.events.where(data.events.user < 12), data.as_of, data.users)
    for shop_ in (data, half):
        few, many = (EASE(keep=1000, least=1, items=n, l2=5.0).fit(shop_, HERE) for n in (10, 1000))
        for model in (few, many):
            assert model.weight.diagonal().any() == np.False_
            liking = model.taste.asked(asked_by(shop_, range(30))).toarray().astype(np.float64)
            precision = np.linalg.inv(liking.T @ liking + 5.0 * np.eye(liking.shape[1]))
            expected = -precision / np.diag(precision)
            np.fill_diagonal(expected, 0)
            np.testing.assert_allclose(model.weight.toarray(), expected, atol=2e-4)


def test_als_comes_to_the_same_place_by_steps_and_exactly():
    data = two_tastes()
    query = asked_by(data, range(4))
    exact, stepped = (ALS(factors=3, sweeps=40, steps=s, half_life=1e9).fit(data, HERE).retrieve(query, 12) for s in (0, 3))
    assert exact.item.tolist() == stepped.item.tolist()
    np.testing.assert_allclose(exact.score, stepped.score, atol=1e-3)


def test_als_is_the_same_on_one_thread_and_on_many():
    data = corner_shop()
    one, many = (ALS(factors=8).fit(data, Local(1, threads)).item for threads in (1, 4))
    np.testing.assert_array_equal(one, many)


def test_nobody_is_their_own_neighbour():
    data = two_tastes()
    loner = Events.of(time=[50 * DAY] * 2, user=[24, 24], item=[12, 13])
    known = Dataset(catalog([{}] * 14), joined_events(data.events, loner), data.as_of, 25)
    model = UserKNN(shrink=1.0, half_life=float("inf"), least=1).fit(known, HERE)
    assert model.retrieve(asked_by(known, [24]), 5).counts.tolist() == [0]
    assert model.retrieve(asked_by(known, [24], user=np.array([-1])), 5).of_query(0).tolist() == [12, 13]


def joined_events(one: Events, other: Events) -> Events:
    names = ("time", "user", "session", "item", "kind", "amount", "price", "place", "propensity")
    return Events(**{n: np.concatenate([getattr(one, n), getattr(other, n)]) for n in names}).sorted()


def test_only_the_most_recent_shoppers_are_remembered():
    data = two_tastes()
    late = Events.of(time=[99 * DAY] * 3, user=[24, 25, 26], item=[0, 0, 7])
    model = UserKNN(shrink=1.0, half_life=float("inf"), shoppers=3, least=1).fit(
        Dataset(data.catalog, joined_events(data.events, late), data.as_of, 27), HERE
    )
    assert model.shopper.tolist() == [24, 25, 26]


def test_the_bestseller_comes_first():
    answer = Popular().fit(bestseller(), HERE).retrieve(Queries.of(1), 8).of_query(0)
    assert answer.tolist() == list(range(8))


def test_popular_is_what_sells_now():
    then = [{"kind": KIND["purchase"], "user": u, "item": 0, "time": 5.0} for u in range(9)]
    now = [{"kind": KIND["purchase"], "user": u, "item": 1, "time": 95.0} for u in range(3)]
    data = shop([{}, {}], then + now)
    for half_life, first in ((20.0, 1), (1000.0, 0)):
        assert Popular(half_life=half_life).fit(data, HERE).retrieve(Queries.of(1), 1).of_query(0).tolist() == [first]


def test_one_shopper_all_day_long_does_not_make_a_bestseller():
    flood = [{"kind": KIND["click"], "user": 0, "item": 0, "time": 50.0 + n / 5000} for n in range(1000)]
    fair = [{"kind": KIND["purchase"], "user": u, "item": 1, "time": 50.0} for u in range(3)]
    assert Popular().fit(shop([{}, {}], flood + fair), HERE).retrieve(Queries.of(1), 1).of_query(0).tolist() == [1]


def test_a_rate_of_few_does_not_stand_above_a_rate_of_many():
    def contacts(item: int, shown: int, bought: int) -> list[dict[str, float]]:
        seen = [{"kind": KIND["impression"], "user": u, "item": item, "time": 50.0} for u in range(shown)]
        return seen + [{"kind": KIND["purchase"], "user": u, "item": item, "time": 50.1} for u in range(bought)]

    data = shop([{}] * 3, [*contacts(0, 2, 2), *contacts(1, 60, 40), *contacts(2, 200, 50)])
    assert Popular(measure="rate").fit(data, HERE).retrieve(Queries.of(1), 3).of_query(0).tolist() == [1, 0, 2]


def test_new_is_what_was_created_or_first_seen_lately_and_welcome():
    events = [{"kind": KIND["purchase"], "user": u, "item": i, "time": t} for u, i, t in
              ((0, 0, 1.0), (1, 0, 95.0), (0, 1, 90.0), (0, 2, 90.0), (1, 2, 91.0))]  # fmt: skip
    data = shop([{}, {}, {}, {"created": 98 * DAY}, {"created": 10 * DAY}, {"created": 200 * DAY}], events)
    model = Recent(days=30.0, half_life=10.0).fit(data, HERE)
    answer = model.retrieve(Queries.of(1), 10)
    assert answer.of_query(0).tolist() == [2, 1, 3]  # ten days and two buyers; ten days and one; two days and none yet
    later = model.retrieve(Queries.of(1, time=np.array([125 * DAY])), 10)
    assert later.of_query(0).tolist() == [3]


def test_the_first_weeks_of_a_log_make_nothing_new():
    events = [{"kind": KIND["purchase"], "user": 0, "item": i, "time": 80.0 + i} for i in range(3)]
    assert Recent(days=30.0).fit(shop([{}] * 3, events), HERE).retrieve(Queries.of(1), 5).counts.tolist() == [0]


def test_an_item_that_came_after_the_fit_is_new_at_once():
    data = shop([{}], [])
    model = Recent().fit(data, HERE)
    grown = catalog([{}, {"created": 99 * DAY}, {}])
    then = Queries.of(1, time=np.array([101 * DAY]))
    assert model.with_catalog(grown, np.array([1, 2])).retrieve(then, 5).of_query(0).tolist() == [1]
    assert model.retrieve(then, 5).counts.tolist() == [0]


@pytest.mark.parametrize("bundle", BUNDLES)
def test_what_is_bought_together_is_offered_together(bundle):
    data = bundle_graph()
    model = BoughtTogether(damp=0.5).fit(data, HERE)
    partners = set(bundle[1:])
    for queries in (asked_about(data, bundle[:1]), asked_with(data, bundle[:1])):
        assert set(model.retrieve(queries, len(partners)).of_query(0).tolist()) == partners


def test_damping_keeps_what_goes_into_every_basket_behind():
    data = bundle_graph()
    plain, damped = (BoughtTogether(damp=d).fit(data, HERE).retrieve(asked_about(data, [3]), 3) for d in (0.0, 1.0))
    assert set(plain.of_query(0).tolist()) == {4, BAG}
    assert plain.score[0] == plain.score[1]
    assert damped.of_query(0).tolist() == [4, BAG]
    assert damped.score[0] > 2 * damped.score[1]


def test_without_basket_the_last_visit_stands_for_it():
    data = bundle_graph()
    model = BoughtTogether().fit(data, HERE)
    past = Events.of(time=[10 * DAY, 20 * DAY, 20 * DAY + 600], user=[0, 0, 0], item=[0, 5, 6])
    query = Queries.of(1, history=History.of(past, np.array([0, 3])), time=np.array([21 * DAY]))
    answer = model.retrieve(query, 9).of_query(0).tolist()
    assert answer[:2] == [7, 8]
    assert not set(answer) & {1, 2}


def test_purchases_without_a_visit_belong_to_the_shoppers_day():
    rows = [{"kind": KIND["purchase"], "user": u, "item": i, "time": 10.0 * u + 5 + i / 100, "session": -1}
            for u in range(8) for i in (0, 1)]  # fmt: skip
    data = shop([{}] * 2, rows)
    assert BoughtTogether().fit(data, HERE).retrieve(asked_about(data, [0]), 3).of_query(0).tolist() == [1]


def habits() -> Dataset:
    """Everybody buys item 0 every week and item 1 once; shopper 0 skipped item 2, bought fortnightly, for a while."""
    weekly = [(u, 0, 1.0 + 7 * w + u / 20) for u in range(12) for w in range(14)]
    once = [(u, 1, 60.0 + u / 20) for u in range(12)]
    fortnightly = [(u, 2, 3.0 + 14 * w + u / 20) for u in range(12) for w in range(7)]
    return shop([{}] * 4, [{"kind": KIND["purchase"], "user": u, "item": i, "time": t} for u, i, t in weekly + once + fortnightly])


def test_what_is_bought_every_week_is_due_before_what_was_bought_once():
    data = habits()
    answer = Again().fit(data, HERE).retrieve(asked_by(data, [0]), 5)
    assert answer.of_query(0).tolist()[0] == 0
    assert answer.of_query(0).tolist()[-1] == 1
    assert ((answer.score > 0) & (answer.score < 1)).all()


def test_the_odds_of_buying_again_are_about_what_happens():
    data = habits()
    model = Again().fit(data.as_of_moment(85 * DAY), HERE)
    queries = asked_by(data.as_of_moment(85 * DAY), range(12))
    score = dict(zip(model.retrieve(queries, 3).item[:3].tolist(), model.retrieve(queries, 3).score[:3].tolist(), strict=True))
    assert score[0] > 0.8
    assert score[2] > 0.5
    assert score[1] < 0.2


def test_only_ones_own_purchases_are_bought_again():
    data = habits()
    model = Again().fit(data, HERE)
    click = Events.of(time=[90 * DAY], user=[0], item=[0], kind=[KIND["click"]])
    looked = Queries.of(1, time=np.array([data.as_of]), history=History.of(click, np.array([0, 1])))
    assert model.retrieve(looked, 5).counts.tolist() == [0]
    assert model.retrieve(Queries.of(1), 5).counts.tolist() == [0]


def test_an_item_that_came_after_the_fit_is_bought_again_as_others_are():
    grown = shop([{}] * 7, []).catalog
    model, new = Again().fit(habits(), HERE).with_catalog(grown, np.arange(4, 7)), 6
    bought = Events.of(time=np.array([80.0, 87.0, 94.0]) * DAY, user=[0] * 3, item=[new] * 3, kind=[KIND["purchase"]] * 3)
    asked = Queries.of(1, time=np.array([100 * DAY]), history=History.of(bought, np.array([0, 3])))
    found = model.retrieve(asked, 5)
    assert found.item.tolist() == [new]
    np.testing.assert_array_equal(model.score(asked, found), found.score)


def test_where_nobody_buys_again_nothing_is_said():
    data = two_tastes()
    assert Again().fit(data, HERE).retrieve(asked_by(data, [0, 1]), 5).counts.tolist() == [0, 0]


def test_what_a_click_leads_to_is_learnt_by_item_weights():
    data = last_click_wins()
    answer = EASE(l2=1.0, least=1).fit(data, HERE).retrieve(asked_about(data, [0]), 10).of_query(0).tolist()
    assert next(item for item in answer if item >= 5) == 5


@pytest.mark.parametrize("learner", [EASE, ALS, ItemKNN, UserKNN, Popular, Recent, BoughtTogether, Again])
def test_not_a_number_is_refused(learner):
    with pytest.raises(BadRecipe):
        learner(**{next(n for n in ("half_life", "shrink", "horizon") if hasattr(learner, n)): float("nan")})
