"""Values kept under ascending numbers."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ronghe.kernels.keyed import mask_of, picked, summed, values_at

LISTS = st.lists(st.lists(st.integers(0, 40), unique=True, max_size=8), min_size=1, max_size=4)


@given(LISTS, st.sampled_from([41, 100_000]))
def test_summed_is_what_a_dictionary_says(lists, size):
    numbers = [np.array(given_, dtype=np.int64) for given_ in lists]
    distinct, total, at = summed(numbers, [np.ones(len(n)) for n in numbers], size)
    count: dict[int, int] = {}
    for number in (n for given_ in lists for n in given_):
        count[number] = count.get(number, 0) + 1
    assert distinct.tolist() == sorted(count)
    assert total.tolist() == [count[n] for n in sorted(count)]
    assert [distinct[where].tolist() for where in at] == lists


def test_picked_is_false_beyond_the_mask():
    assert picked(mask_of(np.array([1, 3])), np.array([0, 1, 3, 9])).tolist() == [False, True, True, False]
    assert picked(mask_of(np.zeros(0, dtype=np.int64)), np.array([0])).tolist() == [False]


def test_values_at_says_what_is_missing():
    got = values_at(np.array([5, 2, 9]), np.array([2, 5, 7]), np.array([0.2, 0.5, 0.7], dtype=np.float32), -1.0)
    np.testing.assert_allclose(got, [0.5, 0.2, -1.0])
