"""The last stage mixes the order so far with that of a column, and drops nothing."""

import numpy as np
import pytest

from little import rows
from ronghe.compute.local import Local
from ronghe.core.judgements import Judgements
from ronghe.core.queries import Queries
from ronghe.methods.ranking.second_look import SecondLook, SecondLookModel

FOUND = rows({3: 0.9, 5: 0.8, 7: 0.7, 9: 0.6}, pair__cross=np.array([0.1, 0.2, 0.3, 0.4], dtype=np.float32))


def order(weight: float, found=FOUND) -> list[int]:
    return found.scored(SecondLookModel("pair:cross", weight).score(Queries.of(1), found)).top(10).item.tolist()


def test_weight_0_leaves_the_order_and_weight_1_takes_that_of_the_column():
    assert order(0.0) == [3, 5, 7, 9]
    assert order(1.0) == [9, 7, 5, 3]


def test_an_item_of_which_the_column_knows_nothing_keeps_its_place():
    unknown = FOUND.with_columns({"pair:cross": np.array([np.nan, 0.2, 0.3, 0.4], dtype=np.float32)})
    assert order(0.4, unknown)[0] == 3


def test_without_the_column_the_order_stays_and_nobody_goes():
    assert order(0.5, rows({3: 0.9, 5: 0.8})) == [3, 5]


@pytest.mark.parametrize(("gain", "weight"), [([0, 0, 0, 1], 1.0), ([1, 0, 0, 0], 0.0)])
def test_judgements_say_how_much_the_column_counts(gain, weight):
    model = SecondLook().fit(Judgements(Queries.of(1), FOUND, np.array(gain, dtype=np.float32)), Local())
    found = FOUND.scored(model.score(Queries.of(1), FOUND)).top(1)
    assert found.item.tolist() == [9 if weight else 3]


def test_without_judgements_the_weight_is_the_one_that_was_set():
    assert SecondLook(weight=0.3).unjudged() == SecondLookModel("pair:cross", 0.3)


def test_where_nothing_was_typed_the_weight_is_the_one_that_was_set():
    silent = FOUND.with_columns({"pair:cross": np.full(4, np.nan, dtype=np.float32)})
    judged = Judgements(Queries.of(1), silent, np.array([0, 0, 0, 1], dtype=np.float32))
    assert SecondLook(weight=0.3).fit(judged, Local()).weight == 0.3
