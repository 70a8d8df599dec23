"""Policies: best first, variety by the formula, variants once, prefixes."""

import numpy as np
import pytest

from little import asking, rows
from ronghe.core.errors import BadRecipe
from ronghe.methods.policy.best import Best
from ronghe.methods.policy.mmr import MMR

RNG = np.random.default_rng(0)
KINDS = {"item__brand": [0, 0, 1, 2], "item__category": [0, 0, 0, 1], "item__department": [0, 0, 0, 1], "item__group": [-1] * 4}
FOUND = rows({0: 1.0, 1: 0.95, 2: 0.9, 3: 0.5}, **KINDS)


def shown(policy, found, k, queries=1):
    slates = policy.choose(asking(*[[]] * queries), found, k, RNG)
    assert slates.propensity.tolist() == [1.0] * len(slates.shown.item)
    return slates.shown


def test_best_shows_the_best_first_and_nan_last():
    assert shown(Best(), rows({4: 0.1, 5: np.nan, 6: 0.9}), 3).item.tolist() == [6, 4, 5]
    assert shown(Best(), rows({4: 0.1, 5: np.nan, 6: 0.9}), 2).item.tolist() == [6, 4]


@pytest.mark.parametrize("policy", [Best(), MMR(), MMR(balance=1)])
def test_variants_of_one_thing_are_shown_once(policy):
    found = rows({0: 0.5, 1: 0.9, 2: 0.7}, {0: 1.0, 3: 0.1}, item__group=[7, 7, -1, 7, 7],
                 item__brand=[0] * 5, item__category=[0] * 5, item__department=[0] * 5)  # fmt: skip
    best = shown(policy, found, 5, 2)
    assert best.of_query(0).tolist() == [1, 2]
    assert best.of_query(1).tolist() == [0]


def test_variants_may_all_be_shown():
    assert len(shown(Best(variants_once=False), rows({0: 0.5, 1: 0.9}, item__group=[7, 7]), 5).item) == 2


def test_mmr_is_the_formula_of_the_paper():
    chosen, balance = [], 0.6
    score = {0: 1.0, 1: 0.9, 2: 0.8, 3: 0.0}  # scaled from 0 to 1 over the pool
    columns = {name.replace("__", ":"): values for name, values in KINDS.items()}

    def alike(a, b):
        weights = {"item:department": 0.2, "item:category": 0.5, "item:brand": 0.3}
        return sum(w for name, w in weights.items() if columns[name][a] == columns[name][b])

    while len(chosen) < 4:
        left = [i for i in score if i not in chosen]
        chosen.append(max(left, key=lambda i: balance * score[i] - (1 - balance) * max((alike(i, c) for c in chosen), default=0)))
    assert chosen != [0, 1, 2, 3]
    assert shown(MMR(balance=balance), FOUND, 4).item.tolist() == chosen


def test_mmr_of_only_relevance_is_best():
    assert shown(MMR(balance=1), FOUND, 3).item.tolist() == [0, 1, 2]


def test_mmr_of_only_variety_takes_the_other_kind_second():
    assert shown(MMR(balance=0), FOUND, 2).item.tolist() == [0, 3]


def test_mmr_by_vectors_avoids_what_points_the_same_way():
    vectors = np.array([[1, 0], [2, 0.01], [0, 3]], dtype=np.float32)  # item 3 has none
    assert shown(MMR(balance=0.4).with_vectors(vectors), FOUND, 2).item.tolist() == [0, 2]


@pytest.mark.parametrize("policy", [Best(), MMR(pool=7), MMR(balance=0.3).with_vectors(np.eye(30, 4, dtype=np.float32))])
def test_the_first_k_of_a_longer_slate_and_batch_equals_one_by_one(policy):
    rng = np.random.default_rng(5)
    lists = [dict(zip(rng.permutation(30)[:n].tolist(), rng.random(n).tolist(), strict=True)) for n in (20, 0, 3)]
    kinds = {name: rng.integers(0, 3, 23) for name in ("item__brand", "item__category", "item__department")}
    found = rows(*lists, **kinds, item__group=rng.integers(-1, 12, 23))
    whole = shown(policy, found, 20, 3)
    for k in (1, 4, 9):
        first = shown(policy, found, k, 3)
        for query in range(3):
            assert first.of_query(query).tolist() == whole.of_query(query).tolist()[:k]
            alone = shown(policy, found.where(found.query == query), k, 3)
            assert alone.of_query(query).tolist() == first.of_query(query).tolist()
    assert all(len(set(whole.of_query(q).tolist())) == whole.counts[q] for q in range(3))


def test_a_column_that_is_missing_says_nothing():
    assert shown(MMR(balance=0), rows({0: 1.0, 1: 0.5}), 2).item.tolist() == [0, 1]


@pytest.mark.parametrize("bad", [{"balance": 1.5}, {"balance": float("nan")}, {"pool": 0}])
def test_bad_settings_name_their_field(bad):
    with pytest.raises(BadRecipe, match=next(iter(bad))):
        MMR(**bad)
