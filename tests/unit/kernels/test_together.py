"""Rows of similar length go together, each in one block, and padding is told from what is there."""

import numpy as np
import scipy.sparse as sp

from ronghe.kernels.together import blocks, padded

LENGTH = np.array([3, 0, 9, 8, 1, 9, 2, 0, 10])


def test_every_row_that_is_not_empty_is_in_one_block_the_longest_first():
    for spare in (1, 2, 8):
        found = list(blocks(LENGTH, 40, lambda longest: longest, spare))
        assert sorted(np.concatenate(found).tolist()) == np.flatnonzero(LENGTH).tolist()
        assert np.concatenate([LENGTH[block] for block in found]).tolist() == sorted(LENGTH[LENGTH > 0], reverse=True)
    assert list(blocks(LENGTH * 0, 40, lambda longest: longest)) == []


def test_a_block_is_neither_too_large_nor_padded_by_more_than_it_may():
    for block in blocks(LENGTH, 25, lambda longest: longest, spare=5):
        longest = LENGTH[block].max()
        assert len(block) == 1 or longest * len(block) <= 25
        assert (LENGTH[block] >= longest - longest // 5).all()


def test_padding_is_no_entry():
    table = sp.csr_matrix(np.array([[0, 7, 8], [0, 0, 0], [5, 0, 0]]))
    at, real = padded(table, np.array([2, 0]))
    assert real.tolist() == [[True, False], [True, True]]
    assert table.data[at][real].tolist() == [5, 7, 8]
