"""Ridge regressions on few columns, and strongest directions, against solving them by the book."""

import numpy as np
import pytest
import scipy.sparse as sp

from ronghe.kernels.lasso import nonnegative
from ronghe.kernels.local_ridge import local_ridge
from ronghe.kernels.low_rank import directions


def table(rows: int = 60, columns: int = 20, share: float = 0.3, seed: int = 0) -> sp.csr_matrix:
    rng = np.random.default_rng(seed)
    return sp.csr_matrix(np.where(rng.random((rows, columns)) < share, rng.random((rows, columns)), 0).astype(np.float32))


@pytest.mark.parametrize("share", [0.02, 0.5])  # below and above what is multiplied dense
def test_each_column_is_a_ridge_regression_on_its_own_neighbours(share):
    x = table(rows=400, share=share)
    dense = x.toarray().astype(np.float64)
    gram = dense.T @ dense
    near = np.random.default_rng(1).random(gram.shape) < 0.4
    np.fill_diagonal(near, False)
    near[5] = False
    right = sp.csr_matrix((np.asarray(gram[near], dtype=np.float32), np.nonzero(near)), shape=gram.shape)
    l2 = np.linspace(0.5, 2, 20).astype(np.float32)
    found = local_ridge(x.T.tocsr(), right, l2, range(20)).toarray()
    for j in range(20):
        at = np.flatnonzero(near[j])
        expected = np.zeros(20)
        expected[at] = np.linalg.solve(gram[np.ix_(at, at)] + np.diag(l2[at]), gram[at, j])
        np.testing.assert_allclose(found[:, j], expected, rtol=1e-3, atol=1e-5)


def test_targets_left_out_have_no_weights():
    x = table()
    right = sp.csr_matrix((x.T @ x).toarray() * (1 - np.eye(20, dtype=np.float32)))
    found = local_ridge(x.T.tocsr(), right, np.ones(20, dtype=np.float32), [3, 4])
    assert set(found.tocoo().col.tolist()) == {3, 4}


def test_the_strongest_directions_are_those_of_the_decomposition():
    x = table(rows=80, columns=50)
    strength, vectors = directions(x, 6, np.random.default_rng(0), turns=8)
    _, expected, across = np.linalg.svd(x.toarray().astype(np.float64), full_matrices=False)
    np.testing.assert_allclose(strength, expected[:6], rtol=1e-3)
    np.testing.assert_allclose(np.abs((vectors * across[:6].T).sum(axis=0))[:3], 1, atol=1e-2)
    np.testing.assert_allclose(vectors.T @ vectors, np.eye(6), atol=1e-4)


def test_directions_that_are_rounding_are_left_out():
    x = sp.csr_matrix(np.outer(np.arange(1, 11), np.arange(1, 8)).astype(np.float32))
    assert len(directions(x, 5, np.random.default_rng(0))[0]) == 1
    assert len(directions(sp.csr_matrix((10, 7), dtype=np.float32), 5, np.random.default_rng(0))[0]) == 0


def test_a_non_negative_elastic_net_meets_its_conditions():
    # Karush, Kuhn and Tucker: where w > 0 the gradient is 0, where w = 0 it is 0 or more
    rng = np.random.default_rng(0)
    tables = rng.normal(size=(5, 40, 9))
    gram, right = tables.transpose(0, 2, 1) @ tables, (tables * rng.normal(size=(5, 40, 1))).sum(axis=1) + 4
    weight = nonnegative(gram.astype(np.float32), right.astype(np.float32), l1=2.0, l2=3.0, sweeps=500)
    slope = np.einsum("bij,bj->bi", gram, weight) - right + 2.0 + 3.0 * weight
    assert 0 < np.count_nonzero(weight) < weight.size
    np.testing.assert_allclose(slope[weight > 0], 0, atol=1e-2)
    assert slope[weight == 0].min() > -1e-2


def test_padding_gets_no_weight_and_changes_none():
    gram, right = np.array([[[4.0, 1.0], [1.0, 3.0]]], dtype=np.float32), np.array([[2.0, 1.0]], dtype=np.float32)
    wide, long = np.zeros((1, 4, 4), dtype=np.float32), np.zeros((1, 4), dtype=np.float32)
    wide[:, :2, :2], long[:, :2] = gram, right
    few, many = nonnegative(gram, right, 0.1, 0.0, 50), nonnegative(wide, long, 0.1, 0.0, 50)
    np.testing.assert_array_equal(few, many[:, :2])
    assert not many[:, 2:].any()
