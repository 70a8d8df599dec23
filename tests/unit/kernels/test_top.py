"""The best few of many: exact under ties, NaN and masks."""

import numpy as np
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hn

from ronghe.kernels.top import best_of, best_of_rows, strongest, strongest_of_dense

scores = hn.arrays(np.float32, st.integers(0, 30), elements=st.sampled_from([-1.0, 0.0, 1.0, 2.0, 3.0, np.nan]))


@given(scores, st.integers(0, 35))
def test_the_best_are_what_a_full_sort_says(score, k):
    good = [i for i in range(len(score)) if score[i] > 0]
    assert best_of(score, k).tolist() == sorted(good, key=lambda i: (-score[i], i))[:k]


@given(scores, st.integers(0, 35), st.randoms())
def test_a_mask_leaves_the_best_of_what_it_lets_through(score, k, random):
    may = np.array([random.random() < 0.5 for _ in score], dtype=bool)
    good = [i for i in range(len(score)) if score[i] > 0 and may[i]]
    assert best_of(score, k, may).tolist() == sorted(good, key=lambda i: (-score[i], i))[:k]


def test_rows_are_cut_by_splits():
    score = np.array([[3, 1, 2], [0, np.nan, -1], [1, 1, 1]], dtype=np.float32)
    splits, column, value = best_of_rows(score, 2, [None, None, np.array([False, True, True])])
    assert splits.tolist() == [0, 2, 2, 4]
    assert column.tolist() == [0, 2, 1, 2]
    assert value.tolist() == [3, 2, 1, 1]


def test_no_rows_and_no_columns_are_no_error():
    assert best_of_rows(np.zeros((0, 5), np.float32), 3, [])[0].tolist() == [0]
    assert best_of_rows(np.zeros((2, 0), np.float32), 3, [None, None])[0].tolist() == [0, 0, 0]


@given(hn.arrays(np.float32, (4, 9), elements=st.sampled_from([-3.0, -1.0, 0.0, 1.0, 2.0])), st.integers(1, 10))
def test_the_strongest_of_a_row_are_the_largest_by_absolute_value_dense_or_sparse(table, keep):
    expected = np.zeros_like(table)
    for row, values in enumerate(table):
        best = sorted(np.flatnonzero(values), key=lambda c: (-abs(values[c]), c))[:keep]
        expected[row, best] = values[best]
    np.testing.assert_array_equal(strongest(sp.csr_matrix(table), keep).toarray(), expected)
    np.testing.assert_array_equal(strongest_of_dense(table, keep).toarray(), expected)


def test_ties_go_to_the_lower_column_however_a_row_is_stored():
    shuffled = sp.csr_matrix((np.ones(3, np.float32), np.array([2, 0, 1]), np.array([0, 3])), shape=(1, 3))
    assert strongest(shuffled, 2).indices.tolist() == [0, 1]
