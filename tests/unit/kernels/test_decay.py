"""Fading windows and large ridge regressions, against the definition."""

from itertools import pairwise

import numpy as np
import pytest
import scipy.sparse as sp

from ronghe.kernels.decay import faded_future, faded_past
from ronghe.kernels.precision import BLOCK, mapped, precision

SPLITS = np.array([0, 3, 3, 4, 6])
VALUE = np.array([2, 0, 1, 1, 0, 0])


@pytest.mark.parametrize(("decay", "reach"), [(2.0, 50), (1.0, 2), (float("inf"), 3)])
def test_past_and_future_are_what_the_definition_says(decay, reach):
    before, after = np.zeros((6, 3)), np.zeros((6, 3))
    for start, end in pairwise(SPLITS):
        for row in range(start, end):
            for step in range(reach):
                if row - step >= start:
                    before[row, VALUE[row - step]] += np.exp(-step / decay)
                if row + 1 + step < end:
                    after[row, VALUE[row + 1 + step]] += np.exp(-step / decay)
    np.testing.assert_allclose(faded_past(SPLITS, VALUE, 3, decay, reach).toarray(), before, rtol=1e-6)
    np.testing.assert_allclose(faded_future(SPLITS, VALUE, 3, decay, reach).toarray(), after, rtol=1e-6)


def test_no_rows_no_windows():
    none = np.zeros(0, dtype=np.int64)
    assert faded_past(np.zeros(3, dtype=np.int64), none, 4, 2.0, 5).shape == (0, 4)
    assert faded_future(np.zeros(1, dtype=np.int64), none, 4, 2.0, 5).shape == (0, 4)


@pytest.mark.parametrize("n", [5, BLOCK + 40])
def test_the_inverse_and_what_it_maps_are_by_the_book(n):
    rng = np.random.default_rng(0)
    table = sp.random(300, n, 0.05, "csr", np.float32, rng)
    more = sp.random(n, 9, 0.2, "csr", np.float32, rng)
    onto = sp.random(n, n, 0.02, "csr", np.float32, rng)
    book = np.linalg.inv(((table.T @ table) + (more @ more.T)).toarray() + 2.0 * np.eye(n))
    found = precision(table, more, 2.0)
    np.testing.assert_allclose(found, book, atol=1e-4)
    want = book @ (onto.toarray() + (more @ more.T).toarray())
    np.testing.assert_allclose(np.concatenate(list(mapped(found, onto, more))), want, atol=1e-3)
