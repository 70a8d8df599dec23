"""Values for more numbers than before, or fewer."""

import numpy as np

from ronghe.kernels.resized import resized


def test_new_numbers_are_blank_and_those_beyond_the_size_are_gone():
    values = np.array([3, 1, 2], dtype=np.int64)
    assert resized(values, 5, -1).tolist() == [3, 1, 2, -1, -1]
    assert resized(values, 2, -1).tolist() == [3, 1]
    assert resized(values, 0, -1).dtype == np.int64


def test_what_was_there_is_copied():
    values = np.zeros(2)
    resized(values, 2, 0)[0] = 1.0
    assert values.tolist() == [0.0, 0.0]
