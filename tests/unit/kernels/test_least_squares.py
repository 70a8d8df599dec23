"""Batched ridge regressions of ratings against solving each by the book."""

import numpy as np
import scipy.sparse as sp

from ronghe.kernels.least_squares import fitted_rows


def test_rows_short_long_and_empty_are_as_by_the_book():
    rng = np.random.default_rng(0)
    rated = rng.random((60, 80)) < rng.random((60, 1)) ** 2
    rated[3] = False
    row, column = np.nonzero(rated)
    stars = rng.integers(0, 6, len(row)).astype(float)
    features, l2 = rng.normal(size=(80, 5)), 0.5 + rng.random((60, 5))
    target = sp.csr_matrix((stars, (row, column)), shape=(60, 80))
    assert (target.data == 0).any()  # 0 stars are stars
    found = fitted_rows(target, features, l2)
    for at in range(60):
        v, t = features[column[row == at]], stars[row == at]
        np.testing.assert_allclose(found[at], np.linalg.solve(v.T @ v + np.diag(l2[at]), v.T @ t), atol=1e-9)
    assert not found[3].any()
    assert fitted_rows(sp.csr_matrix((0, 80)), features, np.zeros((0, 5))).shape == (0, 5)
