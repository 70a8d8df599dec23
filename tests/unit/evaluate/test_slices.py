"""Slices: who is cold, what is a repeat, what is new."""

import numpy as np

from ronghe.core.candidates import Candidates
from ronghe.core.events import KIND, Events
from ronghe.core.queries import History
from ronghe.evaluate.slices import by_history, discoveries, known_items, repeats, unknown_only
from ronghe.evaluate.wanted import Wanted


def history():
    events = Events.of(time=range(6), user=[0, 0, 0, 1, 1, 1], item=[1, 2, 2, 3, 4, 5],
                       kind=[KIND["purchase"]] * 5 + [KIND["hide"]])  # fmt: skip
    return History.of_users(events, np.array([0, 1, 2]))


def test_known_items_are_distinct_and_liked():
    known = known_items(history())
    assert (known.item.tolist(), known.counts.tolist()) == ([1, 2, 3, 4], [2, 2, 0])


def test_repeats_and_discoveries_share_what_was_wanted_between_them():
    known, wanted = known_items(history()), Wanted.of_lists([[2, 9], [1], [3]])
    assert repeats(wanted, known).item.tolist() == [2]
    assert discoveries(wanted, known).item.tolist() == [9, 1, 3]


def test_a_shelf_of_new_things_holds_nothing_known():
    lists = Candidates.of_lists([np.array([2, 8, 1]), np.array([2]), np.array([4])], [np.zeros(3), np.zeros(1), np.zeros(1)])
    assert unknown_only(lists, known_items(history())).item.tolist() == [8, 2, 4]


def test_each_shopper_is_in_one_slice_by_history():
    known = Wanted.of_lists([[], [1], list(range(6)), list(range(9)), list(range(30))])
    slices = by_history(known)
    assert {name: np.flatnonzero(mask).tolist() for name, mask in slices.items()} == {
        "new": [0], "cold": [1], "warm": [2, 3], "regular": [4],
    }  # fmt: skip
    assert list(by_history(Wanted.of_lists([[]]))) == ["new"]
