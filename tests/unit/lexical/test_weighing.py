"""BM25F against numbers worked out by hand."""

import numpy as np
import pytest

from ronghe.methods.lexical.weighing import Weighing, information


def test_information_is_that_of_the_paper():
    assert information(1, 10) == pytest.approx(np.log(1 + 9.5 / 1.5))
    assert information(np.array([10]), 10)[0] == pytest.approx(np.log(1 + 0.5 / 10.5))


def test_weighted_counts_and_impacts_by_hand():
    fields = {"title": [["tea", "tea"], ["cup"]], "brand": [["tea"], []]}
    weighing = Weighing.of(fields, k1=1.2, b=0.75, weight={"title": 2.0, "brand": 1.0})
    assert weighing.mean == {"title": 1.5, "brand": 1.0}
    word, item, count = weighing.counts(fields, {"tea": 0, "cup": 1}.__getitem__, 2)
    assert list(zip(word.tolist(), item.tolist(), strict=True)) == [(0, 0), (1, 1)]
    tea = 2 * 2.0 / (0.25 + 0.75 * 2 / 1.5) + 1.0
    cup = 2.0 / (0.25 + 0.75 * 1 / 1.5)
    np.testing.assert_allclose(count, [tea, cup])
    np.testing.assert_allclose(weighing.impact(count, np.array([3.0, 1.0])), [3 * tea * 2.2 / (tea + 1.2), cup * 2.2 / (cup + 1.2)])
