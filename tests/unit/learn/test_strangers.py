"""Some training queries are asked as if the shopper had only just come."""

import numpy as np

from ronghe.core.events import Events
from ronghe.core.queries import History, Queries
from ronghe.learn.judgements import as_strangers

EACH, MANY = 20, 400


def regulars() -> Queries:
    events = Events.of(
        time=np.tile(np.arange(EACH), MANY), user=np.repeat(np.arange(MANY), EACH), item=np.tile(np.arange(EACH), MANY)
    )
    return Queries.of(MANY, history=History.of_users(events.sorted(), np.arange(MANY)))


def test_strangers_keep_only_their_latest_events() -> None:
    asked = as_strangers(regulars(), 1.0, np.random.default_rng(0))
    lengths = np.diff(asked.history.splits)
    assert set(lengths.tolist()) == {0, 1, 2, 3, 4, 5}
    for query, length in enumerate(lengths[:50].tolist()):
        start, end = asked.history.splits[query : query + 2]
        assert asked.history.item[start:end].tolist() == list(range(EACH - length, EACH))


def test_about_the_share_that_was_asked_for_are_strangers() -> None:
    asked = as_strangers(regulars(), 0.25, np.random.default_rng(0))
    assert 0.15 < np.mean(np.diff(asked.history.splits) < EACH) < 0.35


def test_without_a_share_nobody_is_a_stranger() -> None:
    before = regulars()
    after = as_strangers(before, 0.0, np.random.default_rng(0))
    np.testing.assert_array_equal(after.history.splits, before.history.splits)
    np.testing.assert_array_equal(after.history.item, before.history.item)
