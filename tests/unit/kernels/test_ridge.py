"""Batched ridge regressions against solving each by the book."""

import numpy as np
import pytest
import scipy.sparse as sp

from ronghe.kernels.ridge import SHORT, principal, ridge_rows

F = 8


def problem(rows: int = 60, columns: int = 80, seed: int = 0):
    rng = np.random.default_rng(seed)
    share = rng.random((rows, 1)) ** 2  # some rows are nearly empty, some nearly full
    weight = np.where(rng.random((rows, columns)) < share, rng.random((rows, columns)) + 0.1, 0).astype(np.float32)
    weight[3] = 0
    features, spread = rng.normal(size=(columns, F)).astype(np.float32), rng.random(F).astype(np.float32)
    return sp.csr_matrix(weight), features, spread, (0.5 + rng.random(rows)).astype(np.float32)


def by_the_book(weight, features, spread, l2):
    found = np.zeros((weight.shape[0], F))
    for row in range(weight.shape[0]):
        w = weight[[row]].toarray().ravel().astype(np.float64)
        form = np.diag(spread + l2[row]) + features.T @ (features * w[:, None])
        found[row] = np.linalg.solve(form, features.T @ w)
    return found


@pytest.mark.parametrize("threads", [1, 3])
def test_short_and_long_rows_are_exact(threads):
    weight, features, spread, l2 = problem()
    lengths = np.diff(weight.indptr)
    assert lengths.min() == 0
    assert 0 < np.sort(lengths)[10] < F < SHORT < lengths.max()
    found = ridge_rows(weight, features, spread, l2, threads=threads)
    np.testing.assert_allclose(found, by_the_book(weight, features, spread, l2), rtol=1e-3, atol=1e-5)


def test_steps_come_nearer_and_reach_the_same_point():
    weight, features, spread, l2 = problem()
    exact, start = ridge_rows(weight, features, spread, l2), np.ones((60, F), np.float32)
    errors = [np.abs(ridge_rows(weight, features, spread, l2, start, steps) - exact).max() for steps in (1, 3, 2 * F)]
    assert errors[0] > errors[1] > errors[2]
    assert errors[2] < 1e-4


def test_an_empty_row_is_zero_and_no_rows_are_no_error():
    weight, features, spread, l2 = problem()
    assert not ridge_rows(weight, features, spread, l2)[3].any()
    assert ridge_rows(weight[:0], features, spread, l2[:0]).shape == (0, F)


def test_principal_axes_keep_dot_products_and_make_the_gram_matrix_diagonal():
    points = np.random.default_rng(1).normal(size=(30, F)).astype(np.float32)
    turned, spread, turn = principal(points)
    np.testing.assert_allclose(turned @ turned.T, points @ points.T, atol=1e-4)
    np.testing.assert_allclose(turned.T @ turned, np.diag(spread), atol=1e-3)
    np.testing.assert_allclose(points @ turn, turned, atol=1e-5)


def test_alike_columns_and_large_weights_still_give_numbers_of_a_sensible_size():
    rng = np.random.default_rng(0)
    features = np.repeat(rng.normal(size=(20, 100)).astype(np.float32), 10, axis=0)
    weight = sp.csr_matrix(np.full((1, 200), 40.0, dtype=np.float32))
    x = ridge_rows(weight, features, np.zeros(100, dtype=np.float32), np.array([1e-6], dtype=np.float32))
    assert np.abs(features @ x[0]).max() < 10
