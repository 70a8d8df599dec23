"""Ranking metrics against numbers worked out by hand."""

import numpy as np
import pytest

from ronghe.core.candidates import Candidates
from ronghe.evaluate.ranking import measure
from ronghe.evaluate.wanted import Wanted


def lists(*items):
    return Candidates.of_lists([np.array(row) for row in items], [-np.arange(len(row)) for row in items])


# One list 3 1 2 5 for somebody who wanted 1, 5 and 9: hits at places 2 and 4.
BY_HAND = {
    "precision@4": 2 / 4,
    "precision@10": 2 / 10,
    "recall@4": 2 / 3,
    "recall@2": 1 / 3,
    "hit@1": 0.0,
    "hit@2": 1.0,
    "mrr@4": 1 / 2,
    "mrr@1": 0.0,
    "map@4": (1 / 2 + 2 / 4) / 3,
    "map@2": (1 / 2) / 2,
    "ndcg@4": (0.6309297536 + 0.4306765581) / (1 + 0.6309297536 + 0.5),
    "ndcg@1": 0.0,
}


@pytest.mark.parametrize(("name", "value"), BY_HAND.items())
def test_a_metric_is_what_the_hand_says(name, value):
    ranked, wanted = lists([3, 1, 2, 5]), Wanted.of_lists([[1, 5, 9]])
    assert measure(ranked, wanted, [name])[name] == pytest.approx([value], abs=1e-9)


def test_ndcg_with_grades_is_jarvelin_and_kekalainens():
    # places hold gains 3 2 3 0 1 2; DCG = 3 + 2/1.58496 + 3/2 + 0 + 1/2.58496 + 2/2.80735 = 6.861127
    # best order 3 3 2 2 1: 3 + 3/1.58496 + 2/2 + 2/2.32193 + 1/2.58496 = 7.140995 (all six: 3 3 2 2 1 0)
    ranked = lists([10, 11, 12, 13, 14, 15])
    wanted = Wanted.of_lists([[10, 11, 12, 14, 15]], [[3, 2, 3, 1, 2]])
    assert measure(ranked, wanted, ["ndcg@6"])["ndcg@6"] == pytest.approx([6.861127 / 7.140995], abs=1e-6)


def test_queries_do_not_touch_each_other_and_an_empty_want_does_not_count():
    ranked = lists([1, 2], [1, 2], [], [7])
    wanted = Wanted.of_lists([[1], [3], [4], []])
    found = measure(ranked, wanted, ["hit@2", "ndcg@2", "map@2"])
    for name in found:
        np.testing.assert_array_equal(found[name], [1.0, 0.0, 0.0, np.nan], err_msg=name)


def test_a_perfect_list_scores_one_even_when_more_is_wanted_than_fits():
    found = measure(lists([4, 5]), Wanted.of_lists([[4, 5, 6]]), ["ndcg@2", "map@2", "precision@2"])
    assert all(value == pytest.approx([1.0]) for value in found.values())
