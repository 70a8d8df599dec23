"""Fusion: the formulas of the papers, exact sums, batch equals one by one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from little import rows
from ronghe.core.candidates import Candidates
from ronghe.core.errors import BadRecipe
from ronghe.funnel.fusion import FUSED, ReciprocalRank, Weighted


def test_reciprocal_rank_is_the_formula_of_the_paper():
    fused = ReciprocalRank(k=60).fuse({"a": rows({7: 0.9, 3: 0.5}), "b": rows({3: 12.0, 9: 4.0})})
    assert fused.item.tolist() == [3, 7, 9]
    np.testing.assert_allclose(fused.score, [1 / 62 + 1 / 61, 1 / 61, 1 / 62], rtol=1e-6)


def test_evidence_says_what_each_part_said_and_nan_where_it_was_silent():
    fused = ReciprocalRank().fuse({"a": rows({7: 0.9, 3: 0.5}), "b": rows({3: 12.0})})
    assert fused.item.tolist() == [3, 7]
    np.testing.assert_allclose(fused.evidence["retrieve:a"], [0.5, 0.9], rtol=1e-6)
    np.testing.assert_array_equal(fused.evidence["retrieve:b"], [12.0, np.nan])
    np.testing.assert_array_equal(fused.evidence[FUSED], fused.score)


def test_weights_weigh_and_unnamed_parts_weigh_one():
    fused = ReciprocalRank(k=0, weights={"a": 3.0}).fuse({"a": rows({1: 1.0}), "b": rows({2: 1.0})})
    assert dict(zip(fused.item.tolist(), fused.score.tolist(), strict=True)) == {1: 3.0, 2: 1.0}


@pytest.mark.parametrize(
    ("scale", "expected"),
    [("rank", [1.0, 2 / 3, 1 / 3]), ("minmax", [1.0, 0.5, 0.0]), ("zscore", [2 / np.sqrt(2 / 3), 1 / np.sqrt(2 / 3), 0.0])],
)
def test_weighted_scales_within_query_and_part(scale, expected):
    fused = Weighted(scale=scale).fuse({"a": rows({5: 30.0, 6: 20.0, 7: 10.0}, {1: 4.0})})
    np.testing.assert_allclose(fused.score[:3], expected, rtol=1e-6)
    assert fused.score[3] == (0.0 if scale == "zscore" else 1.0)  # alone on its list


def test_a_query_nobody_answers_stays_empty_and_keeps_its_place():
    fused = ReciprocalRank().fuse({"a": rows({}, {4: 1.0}), "b": rows({}, {5: 1.0})})
    assert fused.counts.tolist() == [0, 2]
    assert fused.of_query(1).tolist() == [4, 5]


@pytest.mark.parametrize("bad", [{"k": -1.0}, {"k": float("nan")}, {"weights": {"a": -1.0}}])
def test_bad_settings_are_named(bad):
    with pytest.raises(BadRecipe, match=next(iter(bad))):
        ReciprocalRank(**bad)


LISTS = st.dictionaries(st.integers(0, 30), st.floats(-5, 5, width=32), max_size=12)
FOUND = st.lists(st.tuples(LISTS, LISTS), min_size=1, max_size=4)


@given(FOUND, st.sampled_from([ReciprocalRank(), Weighted(scale="rank"), Weighted(scale="minmax"), Weighted(scale="zscore")]))
def test_parts_sum_to_the_fused_score_and_a_batch_is_its_queries_one_by_one(found, fusion):
    parts = {name: rows(*(lists[at] for lists in found)).top(99) for at, name in enumerate("ab")}
    fused = fusion.fuse(parts)
    added = np.nansum([fused.evidence["fuse:a"], fused.evidence["fuse:b"]], axis=0)
    np.testing.assert_allclose(added, fused.score, rtol=1e-5, atol=1e-6)
    for query in range(len(found)):
        alone = fusion.fuse({name: _only(c, query) for name, c in parts.items()})
        assert fused.of_query(query).tolist() == alone.item.tolist()


def _only(c: Candidates, query: int) -> Candidates:
    at = slice(c.splits[query], c.splits[query + 1])
    return Candidates.of_lists([c.item[at]], [c.score[at]])
