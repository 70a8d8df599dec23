"""Intervals hold the truth as often as they say; the paired test is neither deaf nor jumpy."""

import numpy as np
import pytest

from ronghe.core.errors import BadData
from ronghe.evaluate.significance import intervals, paired


def test_95_percent_intervals_hold_the_true_mean_about_95_times_in_100():
    rng = np.random.default_rng(1)
    values = rng.exponential(1.0, size=(200, 400))  # 400 worlds of 200 queries, true mean 1
    held = np.mean([i.low <= 1.0 <= i.high for i in intervals(values, seed=2, resamples=500)])
    assert 0.91 <= held <= 0.975


def test_p_is_spread_evenly_when_there_is_no_difference():
    rng = np.random.default_rng(3)
    p = np.array([paired(rng.normal(size=80), rng.normal(size=80), seed=i, resamples=400).p for i in range(300)])
    assert 0.02 <= np.mean(p < 0.05) <= 0.09
    assert 0.43 <= np.mean(p < 0.5) <= 0.57


def test_a_small_difference_is_found_because_it_is_paired():
    rng = np.random.default_rng(4)
    base = rng.normal(size=500)
    found = paired(base + 0.05 + rng.normal(scale=0.1, size=500), base)
    assert found.p < 0.001
    assert found.low < 0.05 < found.high


def test_same_system_no_difference():
    values = np.arange(10.0)
    assert paired(values, values).p == 1.0


def test_same_seed_same_answer_and_nan_queries_do_not_count():
    values = np.array([1.0, 2.0, np.nan, 4.0])
    assert intervals(values[:, None], seed=5) == intervals(values[:, None], seed=5)
    assert intervals(values[:, None])[0].mean == pytest.approx(7 / 3)
    assert paired(values, np.array([0.0, np.nan, 1.0, 3.0])).mean == pytest.approx(1.0)


def test_nothing_known_is_nan_not_an_error():
    assert np.isnan(intervals(np.full((3, 1), np.nan))[0].low)
    assert np.isnan(intervals(np.zeros((0, 1)))[0].mean)
    assert np.isnan(paired(np.array([np.nan]), np.array([1.0])).p)


def test_different_queries_cannot_be_paired():
    with pytest.raises(BadData, match="same queries"):
        paired(np.zeros(3), np.zeros(2))
