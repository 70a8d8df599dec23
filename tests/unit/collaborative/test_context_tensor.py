"""The tensor of shoppers, items and moments in a shop where the weekday decides."""

import numpy as np
import pytest

from ronghe.compute.local import Local
from ronghe.core.dataset import Dataset
from ronghe.core.errors import BadRecipe
from ronghe.core.events import DAY, KIND, Events
from ronghe.core.queries import History, Queries
from ronghe.methods.collaborative.context_tensor import ContextTensor
from ronghe.methods.collaborative.tensor_cells import Cells, Week
from worlds import asked_by, shop

HERE = Local(seed=1)
LEARNER = ContextTensor(factors=6, hours=24, half_life=float("inf"))
MONDAY = 4.0  # day 4 of the epoch, 1970-01-05
ITEMS = 12  # 0-2 cakes and 3-5 cheeses of the sweet, 6-8 chips and 9-11 nuts of the salty; cakes and chips are for weekends


def weekly(shoppers: int = 30, weeks: int = 10) -> Dataset:
    """Even shoppers like 0-5, odd ones 6-11; everybody buys the first three of their side on weekends, the others on weekdays."""
    rows = [
        {"kind": KIND["purchase"], "user": user, "item": 6 * (user % 2) + (0 if day >= 5 else 3) + (user + week + day) % 3,
         "time": MONDAY + 7 * week + day + user / 100}
        for user in range(shoppers) for week in range(weeks) for day in (0, 2, 5, 6)
    ]  # fmt: skip
    return shop([{"title": f"thing {n}"} for n in range(ITEMS)], rows)


def first_three(model, data: Dataset, user: int, day: float) -> set[int]:
    query = asked_by(data, [user]).replace(time=np.array([day * DAY]))
    return set(model.retrieve(query, 3).of_query(0).tolist())


@pytest.mark.parametrize("user", [0, 1, 6, 7])
def test_the_weekday_decides_what_of_ones_own_taste_is_offered(user):
    data = weekly()
    model = LEARNER.fit(data, HERE)
    side = 6 * (user % 2)
    weekend, weekday = {side, side + 1, side + 2}, {side + 3, side + 4, side + 5}
    assert first_three(model, data, user, MONDAY + 91 + 5.5) == weekend
    assert first_three(model, data, user, MONDAY + 98 + 0.5) == weekday


def test_on_a_day_on_which_nobody_ever_came_ones_own_taste_is_offered():
    data = weekly()
    model = LEARNER.fit(data, HERE)
    tuesday = MONDAY + 98 + 1.5
    assert first_three(model, data, 0, tuesday) <= {0, 1, 2, 3, 4, 5}
    assert len(first_three(model, data, 0, tuesday)) == 3
    bought = Events.of(time=[tuesday * DAY], user=[0], item=[9])
    stranger = Queries.of(1, time=np.array([(MONDAY + 98 + 5.5) * DAY]), history=History.of(bought, np.array([0, 1])))
    assert set(model.retrieve(stranger, 3).of_query(0).tolist()) <= {6, 7, 8, 9, 10, 11}


def test_who_came_after_the_fit_is_understood_from_what_they_bought_and_when():
    model = LEARNER.fit(weekly(), HERE)
    bought = Events.of(time=[(MONDAY + 98 + d) * DAY for d in (0.5, 2.5)], user=[0, 0], item=[9, 10])
    stranger = Queries.of(1, time=np.array([(MONDAY + 98 + 5.5) * DAY]), history=History.of(bought, np.array([0, 2])))
    assert set(model.retrieve(stranger, 3).of_query(0).tolist()) == {6, 7, 8}


def test_without_weekdays_and_hours_the_moment_does_not_matter():
    data = weekly()
    model = ContextTensor(factors=6, hours=24, weekdays=False, half_life=float("inf")).fit(data, HERE)
    assert model.week.moments == 1
    early, late = (asked_by(data, [0]).replace(time=np.array([(MONDAY + 98 + d) * DAY])) for d in (0.5, 5.5))
    assert model.retrieve(early, 12).item.tolist() == model.retrieve(late, 12).item.tolist()


def test_parts_of_the_week_are_those_of_the_shops_clock():
    noon = np.array([MONDAY + 0.5, MONDAY + 5.5, MONDAY - 0.01]) * DAY
    assert Week(24, True, 0.0).moment(noon).tolist() == [0, 5, 6]
    assert Week(6, True, 0.0).moment(noon).tolist() == [2, 22, 27]
    assert Week(6, False, 0.0).moment(noon).tolist() == [2, 2, 3]
    assert Week(24, True, 1.0).moment(noon).tolist() == [0, 5, 0]  # an hour ahead, Monday has begun
    assert Week(5, False, 0.0).moment(np.array([23.9 * 3600])).tolist() == [4]


def test_cells_are_summed_and_what_is_disliked_is_no_cell():
    cells = Cells.of(
        *(np.array(c) for c in ([0, 0, 1, 1], [2, 2, 3, -1], [1, 1, 0, 0])), np.array([1, 0.5, -1, 1], dtype=np.float32)
    )
    assert (cells.user.tolist(), cells.item.tolist(), cells.moment.tolist(), cells.weight.tolist()) == ([0], [2], [1], [1.5])


def test_a_history_of_ten_thousand_events_is_no_trouble():
    data = weekly()
    long = Events.of(time=np.linspace(5, 99, 10_000) * DAY, user=np.zeros(10_000), item=np.arange(10_000) % 6)
    query = Queries.of(1, time=np.array([data.as_of]), history=History.of(long, np.array([0, 10_000])))
    answer = LEARNER.fit(data, HERE).retrieve(query, 6)
    assert np.isfinite(answer.score).all()
    assert set(answer.of_query(0).tolist()[:3]) <= set(range(6))


@pytest.mark.parametrize(
    "setting", [{"half_life": float("nan")}, {"hours": 0}, {"hours": 25}, {"offset": float("nan")}, {"l2": 0.0}]
)
def test_settings_that_cannot_be_are_refused(setting):
    with pytest.raises(BadRecipe, match=next(iter(setting))):
        ContextTensor(**setting)
