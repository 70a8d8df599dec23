"""Steps on pairs against their plain definitions: sums where falls collide, Adagrad, others that are not had."""

import numpy as np
import pytest

from ronghe.kernels import pairwise
from ronghe.kernels.pairwise import TURNS, Falls, Moving, doubt, strangers


def test_gradients_that_fall_on_one_row_are_summed():
    rng = np.random.default_rng(0)
    at, values = rng.integers(0, 9, (40, 2)), rng.normal(size=(40, 3)).astype(np.float32)
    weight = rng.normal(size=(40, 1)).astype(np.float32) * TURNS
    plain = np.zeros((12, 3))
    for fall, value, much in zip(at, values, weight, strict=True):
        for row, times in zip(fall, much, strict=True):
            plain[row] += times * value
    falls = Falls(at, 12)
    assert falls.row.tolist() == sorted(set(at.ravel().tolist()))
    np.testing.assert_allclose(falls.summed(values, weight), plain[falls.row], rtol=1e-5, atol=1e-6)
    assert falls.often.tolist() == [np.count_nonzero(at == row) for row in falls.row]


def test_a_step_is_adagrad_on_the_sum_less_l2_a_fall():
    table = Moving.of(np.ones((3, 2), dtype=np.float32))
    at, values = np.array([[1], [1], [2]]), np.array([[1, 0], [1, 2], [4, 4]], dtype=np.float32)
    for _ in range(2):
        before, heard = table.rows.copy(), table.heard.copy()
        table.step(at, values, np.ones((3, 1), dtype=np.float32), 0.1, 0.5)
        slope = np.array([[0, 0], [2, 2], [4, 4]]) - 0.1 * np.array([[0], [2], [1]]) * before
        heard = heard + np.square(slope).mean(axis=1)
        expected = before + 0.5 * slope / np.sqrt(heard + 1e-8)[:, None]
        np.testing.assert_allclose(table.rows, expected, rtol=1e-5)
        np.testing.assert_allclose(table.heard, heard, rtol=1e-5)
    assert table.rows[0].tolist() == [1, 1]


@pytest.mark.parametrize("cells", [1, 20, 1 << 22])
def test_strangers_are_those_an_owner_does_not_have(cells, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(pairwise, "CELLS", cells)
    rng = np.random.default_rng(1)
    had = np.unique(rng.integers(0, 6 * 10, 25))
    owner = np.sort(rng.choice([1, 2, 5], 200))
    other, fresh = strangers(owner, had, 10, rng)
    assert set(other.tolist()) == set(range(10))
    assert fresh.tolist() == [o * 10 + i not in set(had.tolist()) for o, i in zip(owner, other, strict=True)]


def test_without_owners_nothing_is_drawn():
    other, fresh = strangers(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), 5, np.random.default_rng(0))
    assert len(other) == len(fresh) == 0


def test_doubt_falls_from_one_to_zero_and_does_not_overflow():
    np.testing.assert_allclose(doubt(np.array([-1e9, 0, 1e9], dtype=np.float32)), [1, 0.5, 0], atol=1e-20)
