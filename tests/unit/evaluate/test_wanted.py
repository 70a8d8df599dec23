"""What was wanted: ragged, once each, found again."""

import numpy as np
import pytest

from ronghe.core.candidates import Candidates
from ronghe.core.errors import BadData
from ronghe.core.events import KIND, Events
from ronghe.evaluate.ranking import measure
from ronghe.evaluate.wanted import Wanted


def test_events_become_what_each_shopper_wanted_once_each():
    events = Events.of(
        time=[1, 2, 3, 4, 5, 6], user=[7, 3, 7, 7, 9, 3], item=[5, 1, 5, 2, 4, -1],
        kind=[KIND[k] for k in ("purchase", "purchase", "view", "hide", "purchase", "search")],
    )  # fmt: skip
    wanted = Wanted.of_events(events, np.array([7, 4, 3]))
    assert [wanted.item[a:b].tolist() for a, b in zip(wanted.splits[:-1], wanted.splits[1:], strict=True)] == [[5], [], [1]]


def test_gain_of_what_is_not_wanted_is_zero():
    wanted = Wanted.of_lists([[4, 2], [1]], [[2, 1], [5]])
    gain = wanted.gain_of(np.array([0, 0, 0, 1, 1]), np.array([2, 4, 1, 1, 4]))
    assert gain.tolist() == [1, 2, 0, 5, 0]
    assert Wanted.of_lists([[]]).gain_of(np.array([0]), np.array([3])).tolist() == [0]


def test_found_in_says_which_wanted_items_stand_in_the_lists():
    lists = Candidates.of_lists([np.array([1, 2]), np.array([3])], [np.zeros(2), np.zeros(1)])
    assert Wanted.of_lists([[2, 3], [3]]).found_in(lists).tolist() == [True, False, True]


@pytest.mark.parametrize(
    ("items", "gains", "says"), [([[1, 1]], None, "twice"), ([[1]], [[0]], "above 0"), ([[1]], [[np.nan]], "above 0")]
)
def test_a_false_truth_is_refused(items, gains, says):
    with pytest.raises(BadData, match=says):
        Wanted.of_lists(items, gains)


def test_lists_that_do_not_fit_the_truth_are_refused():
    one = Candidates.of_lists([np.array([1, 1])], [np.zeros(2)])
    with pytest.raises(BadData, match="stands twice"):
        measure(one, Wanted.of_lists([[1]]), ["hit@1"])
    with pytest.raises(BadData, match="1 lists for 2"):
        measure(one, Wanted.of_lists([[1], [2]]), ["hit@1"])


@pytest.mark.parametrize("name", ["ndcg", "ndcg@", "ndcg@0", "bleu@10", "ndcg@ten"])
def test_an_unknown_metric_is_named(name):
    with pytest.raises(BadData, match="is not known"):
        measure(Candidates.none(1), Wanted.of_lists([[1]]), [name])
