"""Filters: each keeps what it says, for each query its own."""

import numpy as np
import pytest

from little import asking, rows
from ronghe.core.errors import BadRecipe
from ronghe.methods.filters.in_stock import InStock
from ronghe.methods.filters.not_bought import NotBought
from ronghe.methods.filters.not_in_basket import NotInBasket
from ronghe.methods.filters.not_seen import NotSeen

FOUND = rows({0: 3.0, 1: 2.0, 2: 1.0}, {0: 3.0, 2: 1.0})


def test_in_stock_keeps_what_is_available():
    found = FOUND.with_columns({"item:available": np.array([True, False, True, True, False])})
    assert InStock().keep(asking([], []), found).tolist() == [True, False, True, True, False]


def test_not_bought_ever_and_lately():
    asked = asking([(0, 10, "purchase"), (1, 99, "purchase"), (2, 99, "view")], [], day=100)
    assert NotBought().keep(asked, FOUND).tolist() == [False, False, True, True, True]
    assert NotBought(days=30).keep(asked, FOUND).tolist() == [True, False, True, True, True]


def test_not_seen_counts_meetings_of_the_named_kinds_within_the_visit():
    just, before = 100 - 0.01, 90.0
    asked = asking([(1, before, "view"), (0, just, "view"), (2, just, "impression")], [], day=100)
    assert NotSeen().keep(asked, FOUND).tolist() == [False, True, True, True, True]
    assert NotSeen(days=0).keep(asked, FOUND).tolist() == [False, False, True, True, True]


def test_not_seen_can_give_a_second_chance():
    shown = [(0, 99, "impression"), (1, 99, "impression"), (0, 99.5, "impression")]
    asked = asking(shown, [(2, 99, "impression")], day=100)
    assert NotSeen(days=7, kinds=("impression",), times=2).keep(asked, FOUND).tolist() == [False, True, True, True, True]


def test_neither_basket_nor_the_item_being_looked_at():
    asked = asking([], [], basket_splits=np.array([0, 1, 1]), basket_item=np.array([1]), anchor=np.array([-1, 2]))
    assert NotInBasket().keep(asked, FOUND).tolist() == [True, False, True, True, False]


def test_an_unknown_basket_item_is_quiet():
    asked = asking([], [], basket_splits=np.array([0, 1, 1]), basket_item=np.array([-1]))
    assert NotInBasket().keep(asked, FOUND).all()


@pytest.mark.parametrize(
    ("make", "field"),
    [
        (lambda: NotBought(days=-1), "days"),
        (lambda: NotBought(days=float("nan")), "days"),
        (lambda: NotSeen(times=0), "times"),
        (lambda: NotSeen(kinds=("look",)), "kinds"),
    ],
)
def test_bad_settings_name_their_field(make, field):
    with pytest.raises(BadRecipe, match=field):
        make()
