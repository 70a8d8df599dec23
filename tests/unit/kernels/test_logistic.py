"""Logistic regression finds what made the data."""

import numpy as np

from ronghe.kernels.logistic import logistic, sigmoid


def test_it_finds_the_weights_that_made_the_data():
    rng = np.random.default_rng(0)
    columns = np.column_stack([rng.normal(size=(40_000, 2)), np.ones(40_000)])
    truth = np.array([1.0, -2.0, 0.5])
    hit = rng.random(40_000) < sigmoid(columns @ truth)
    np.testing.assert_allclose(logistic(columns, hit), truth, atol=0.06)


def test_what_is_always_so_stays_finite():
    columns = np.column_stack([np.arange(10.0), np.ones(10)])
    assert np.isfinite(logistic(columns, np.ones(10, dtype=bool))).all()
    assert sigmoid(np.array([-1e4, 0.0, 1e4])).tolist() == [0.0, 0.5, 1.0]
