"""Beyond-accuracy metrics against numbers worked out by hand."""

from math import log, log2

import numpy as np
import pytest
import scipy.sparse as sp

from ronghe.core.candidates import Candidates
from ronghe.evaluate import beyond


def lists(*items):
    return Candidates.of_lists([np.array(row) for row in items], [-np.arange(len(row)) for row in items])


def test_coverage_counts_each_shown_item_once():
    assert beyond.coverage(lists([0, 1], [1, 2]), items=10) == pytest.approx(0.3)


@pytest.mark.parametrize(("exposed", "value"), [([5, 5, 5, 5], 0.0), ([0, 0, 0, 8], 0.75), ([1, 2, 3, 4], 0.25)])
def test_gini(exposed, value):
    assert beyond.gini(np.array(exposed, dtype=float)) == pytest.approx(value)


def test_novelty_is_self_information_in_bits():
    owners = np.array([7, 0])  # of 7 users all had the first, nobody the second
    assert beyond.novelty(lists([0], [1], [0, 1]), owners, users=7) == pytest.approx([0.0, 3.0, 1.5])


def test_category_distance_is_the_share_of_unlike_pairs():
    category = np.array([0, 0, 1, 2])
    found = beyond.category_distance(lists([0, 1, 2], [0, 1], [1, 2, 3], [0]), category)
    np.testing.assert_allclose(found, [2 / 3, 0.0, 1.0, np.nan])


def test_vector_distance_is_the_mean_of_one_minus_cosine():
    vectors = np.array([[1, 0], [0, 1], [-1, 0]], dtype=np.float32)
    found = beyond.vector_distance(lists([0, 1], [0, 2], [0, 1, 2], [1]), vectors)
    np.testing.assert_allclose(found, [1.0, 2.0, (1 + 2 + 1) / 3, np.nan], atol=1e-6)


def test_miscalibration_is_stecks_divergence():
    # past: 70 % category 0, 30 % category 1; shown: all category 0
    past = sp.csr_matrix(np.array([[7.0, 3.0, 0.0], [0.0, 0.0, 0.0]], dtype=np.float32))
    category = np.array([0, 1, 0])
    found = beyond.miscalibration(lists([0, 2], [0]), past, category, alpha=0.01)
    by_hand = 0.7 * log(0.7 / (0.99 * 1.0 + 0.01 * 0.7)) + 0.3 * log(0.3 / (0.01 * 0.3))
    np.testing.assert_allclose(found, [by_hand, np.nan])


def test_a_list_like_the_past_is_calibrated():
    past = sp.csr_matrix(np.array([[1.0, 1.0]], dtype=np.float32))
    assert beyond.miscalibration(lists([0, 1]), past, np.array([0, 1])) == pytest.approx([0.0])


def test_popularity_and_its_lift_over_the_past():
    owners, past = np.array([8, 2, 4]), sp.csr_matrix(np.array([[0.0, 1.0, 1.0]], dtype=np.float32))
    assert beyond.popularity(lists([0, 1]), owners, users=10) == pytest.approx([0.5])
    assert beyond.popularity_lift(lists([0, 2]), past, owners) == pytest.approx([6 / 3 - 1])


def test_self_information_of_a_bestseller_is_next_to_nothing():
    assert beyond.novelty(lists([0]), np.array([99]), users=199)[0] == pytest.approx(log2(200 / 100))
