"""Questions out of the log: nothing of the future in the history, nothing of the past in what is wanted."""

import numpy as np
import pytest

from ronghe.core.events import DAY
from ronghe.learn.batches import batches, stacked, stacked_queries
from ronghe.learn.questions import ask_at, cut_moments
from worlds import asked_by, corner_shop


@pytest.mark.parametrize("day", [40.0, 66.5, 90.0])
def test_histories_end_before_the_moment_and_wants_come_after(day):
    data = corner_shop()
    queries, wanted = ask_at(data, day * DAY, 7, "home", memory=1000)
    assert len(queries) == len(wanted) > 5
    assert queries.history.time.max() < day * DAY
    after = data.events.between(day * DAY, (day + 7) * DAY)
    liked = {(u, i) for u, i, x in zip(after.user, after.item, after.liking, strict=True) if x > 0 and i >= 0}
    asked = zip(queries.user[wanted.query].tolist(), wanted.item.tolist(), strict=True)
    assert set(asked) == liked


def test_events_after_the_moment_change_no_history():
    data = corner_shop()
    moment = 60 * DAY
    full, _ = ask_at(data, moment, 7, "home", 1000)
    shorter, _ = ask_at(data.as_of_moment(moment + 7 * DAY), moment, 7, "home", 1000)
    np.testing.assert_array_equal(full.history.item, shorter.history.item)


def test_at_most_so_many_shoppers_drawn_alike_each_time():
    first, wanted = ask_at(corner_shop(), 60 * DAY, 7, "home", 1000, limit=4, seed=1)
    again, _ = ask_at(corner_shop(), 60 * DAY, 7, "home", 1000, limit=4, seed=1)
    assert first.user.tolist() == again.user.tolist() == sorted(set(first.user.tolist()))
    assert len(wanted) == 4
    assert (wanted.counts > 0).all()


def test_memory_keeps_the_latest_events():
    full, _ = ask_at(corner_shop(), 60 * DAY, 7, "home", 1000)
    short, _ = ask_at(corner_shop(), 60 * DAY, 7, "home", 3)
    start = full.history.splits[1] - 3
    assert short.history.item[:3].tolist() == full.history.item[start : full.history.splits[1]].tolist()


def test_moments_each_see_a_whole_horizon():
    moments = cut_moments(10 * DAY, 38 * DAY, 14, 3)
    assert [m / DAY for m in moments] == [10, 17, 24]
    assert cut_moments(10 * DAY, 20 * DAY, 14, 3) == [10 * DAY]


def test_batches_put_together_are_the_whole():
    queries = asked_by(corner_shop(), range(10))
    parts = [queries.take(at) for at in batches(queries, 3)]
    whole = stacked_queries(parts)
    assert [len(p) for p in parts] == [3, 3, 3, 1]
    for name in ("time", "user", "text", "surface", "anchor"):
        assert list(getattr(whole, name)) == list(getattr(queries, name))
    np.testing.assert_array_equal(whole.history.splits, queries.history.splits)
    np.testing.assert_array_equal(whole.history.item, queries.history.item)


def test_candidates_put_together_are_unknown_where_a_part_was_silent():
    from ronghe.core.candidates import Candidates

    one = Candidates.of_lists([np.array([1, 2]), np.array([3])], [np.zeros(2), np.zeros(1)])
    spoke = one.scored(np.ones(3), by="retrieve:a")
    both = stacked([one, spoke])
    assert both.item.tolist() == [1, 2, 3, 1, 2, 3]
    assert both.counts.tolist() == [2, 1, 2, 1]
    np.testing.assert_array_equal(both.evidence["retrieve:a"], [np.nan] * 3 + [1.0] * 3)
    assert len(stacked([])) == 0
