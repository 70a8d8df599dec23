"""Small numbers worked out by hand from the papers' formulas."""

import numpy as np
import pytest

from ronghe.compute.local import Local
from ronghe.core.events import KIND
from ronghe.methods.collaborative.als import penalty
from ronghe.methods.collaborative.bought_together import BoughtTogether
from ronghe.methods.collaborative.ease import EASE
from ronghe.methods.collaborative.item_knn import ItemKNN
from ronghe.methods.collaborative.popular import wilson
from worlds import asked_by, shop

FOREVER = float("inf")


def bought(*pairs: tuple[int, int]):
    rows = [{"kind": KIND["purchase"], "user": u, "item": i, "time": 1.0 + u, "session": u} for u, i in pairs]
    return shop([{}] * (1 + max(i for _, i in pairs)), rows)


def test_ease_of_two_items():
    # X'X = [[2, 1], [1, 3]], l2 = 1: P = inv([[3, 1], [1, 4]]) = [[4, -1], [-1, 3]] / 11; B_01 = -P_01 / P_11 = 1/3, B_10 = 1/4
    data = bought((0, 0), (0, 1), (1, 0), (2, 1), (3, 1))
    model = EASE(l2=1.0, least=1, half_life=FOREVER).fit(data, Local())
    np.testing.assert_allclose(model.weight.toarray(), [[0, 1 / 3], [1 / 4, 0]], rtol=1e-5)
    assert model.retrieve(asked_by(data, [1]), 1).score.tolist() == pytest.approx([1 / 3])


def test_shrunk_cosine():
    # items 0 and 1 share two shoppers; |0| = sqrt(2), |1| = sqrt(3): 2 / (sqrt(6) + 5)
    data = bought((0, 0), (1, 0), (0, 1), (1, 1), (2, 1))
    model = ItemKNN(shrink=5.0, least=1, half_life=FOREVER).fit(data, Local())
    np.testing.assert_allclose(model.weight.toarray()[0, 1], 2 / (6**0.5 + 5), rtol=1e-6)


def test_confidence_between_plain_and_lift():
    # four visits; 0 in three, 1 in two, both in two: confidence 2 / (3 + 1), over (2 / 4) ** damp
    data = bought((0, 0), (0, 1), (1, 0), (1, 1), (2, 0), (3, 2))
    for damp in (0.0, 0.5, 1.0):
        model = BoughtTogether(damp=damp, shrink=1.0, least=1, together=1).fit(data, Local())
        assert model.weight.toarray()[0, 1] == pytest.approx(0.5 / 0.5**damp)


def test_wilsons_lower_bound():
    # 8 of 10 at 95 %: .4902 (Wilson 1927); nothing is known of nothing
    np.testing.assert_allclose(wilson(np.array([8.0, 0.0, 0.0]), np.array([10.0, 10.0, 0.0]), 1.96), [0.4902, 0, 0], atol=1e-4)


def test_penalty_grows_with_what_is_known_of_a_row():
    # Rendle et al. 2021: lambda (|I_u| + alpha_0 |I|) ** nu, here with 2 known of 10, alpha_0 = .3
    from scipy.sparse import csr_matrix

    weight = csr_matrix(np.array([[1, 1, *[0] * 8]], dtype=np.float32))
    for nu in (0.0, 0.5, 1.0):
        assert penalty(weight, 0.3, 0.01, nu) == pytest.approx(0.01 * 5**nu)
