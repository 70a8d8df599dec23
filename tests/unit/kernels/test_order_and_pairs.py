"""Sorting within segments and looking up pairs, against their plain definitions."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from little import rows
from ronghe.core.candidates import joined
from ronghe.kernels import pairs
from ronghe.kernels.pairs import Slots, among
from ronghe.kernels.segments import order_within, segment_of, splits_of

SCORES = st.lists(st.tuples(st.integers(0, 3), st.sampled_from([np.nan, np.inf, -np.inf, 0.0, -0.0, 1.5, -1.5, 1e-40, -3e38])))
PAIRS = st.lists(st.tuples(st.integers(0, 3), st.integers(-1, 6)), max_size=20)


@given(SCORES, st.randoms(use_true_random=False))
def test_order_within_is_by_segment_score_and_tie_with_nan_last(drawn, random):
    drawn.sort(key=lambda row: row[0])
    splits = splits_of(np.bincount(np.array([s for s, _ in drawn], dtype=np.int64), minlength=4))
    score = np.array([v for _, v in drawn], dtype=np.float32)
    tie = np.array(random.sample(range(len(drawn)), len(drawn)), dtype=np.int64)
    plain = np.lexsort((tie, -score.astype(np.float64), segment_of(splits)))
    assert order_within(score, tie, splits).tolist() == plain.tolist()


@pytest.mark.parametrize("table", [0, pairs.LARGEST_TABLE])
@given(wanted=PAIRS, known=PAIRS)
def test_among_and_slots_find_what_a_set_finds(table, wanted, known):
    query, value = (np.array([p[i] for p in wanted], dtype=np.int64) for i in (0, 1))
    in_query, in_value = (np.array([p[i] for p in known], dtype=np.int64) for i in (0, 1))
    expected = [p in set(known) and p[1] >= 0 for p in wanted]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pairs, "LARGEST_TABLE", table)
        assert among(query, value, in_query, in_value, 4).tolist() == expected
    slots = Slots.of(in_query, in_value, value)
    at = slots.find(query, value)
    assert (at >= 0).tolist() == expected
    assert [(int(k) // slots.width, int(k) % slots.width) for k in slots.key[at[at >= 0]]] == [
        p for p, hit in zip(wanted, expected, strict=True) if hit
    ]


def test_joined_rows_lie_query_by_query_and_what_one_lacks_is_unsaid():
    first = rows({1: 0.5}, {}, a__f=[1.5], a__b=[True])
    then = rows({2: 0.4, 3: 0.3}, {4: 0.2}, a__i=[7, 8, 9])
    both = joined(first, then)
    assert both.item.tolist() == [1, 2, 3, 4]
    assert both.counts.tolist() == [3, 1]
    np.testing.assert_array_equal(both.columns["a:f"], [1.5, np.nan, np.nan, np.nan])
    assert both.columns["a:i"].tolist() == [-1, 7, 8, 9]
    assert both.columns["a:b"].tolist() == [True, False, False, False]
