"""`ronghe bench tastes`: what is new is asked apart, what hangs on chance is fitted with several seeds."""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[3]))
from benchmarks import tastes
from benchmarks.complete_journey import Part, part
from benchmarks.options import Options
from benchmarks.peers_tuning import System

from worlds import last_click_wins


def asked() -> Part:
    return part(last_click_wins(), 45.0, 30.0)


def test_about_new_things_only_what_was_never_bought_may_be_answered():
    test = asked()
    fresh = tastes.unbought(test)
    assert not fresh.truth.multiply(test.bought).nnz
    fitted = tastes.SYSTEMS["popular"].fit(test, {}, 0)
    found = fitted.answer(fresh.queries, 10)
    assert found.counts.max() > 0
    assert np.asarray(test.bought[found.query, found.item]).sum() == 0
    assert fitted.answer(test.queries, 10).counts.sum() > found.counts.sum()


@pytest.mark.parametrize(("name", "seeds"), [("popular", 1), ("als", tastes.SEEDS), ("context-tensor", tastes.SEEDS)])
def test_a_row_says_means_and_how_far_seeds_lie_apart(name, seeds, monkeypatch: pytest.MonkeyPatch):
    system = tastes.SYSTEMS[name]
    monkeypatch.setitem(tastes.SYSTEMS, name, System(system.fit, {field: values[:1] for field, values in system.grid.items()}))
    said = tastes.Said.of(name, asked(), asked(), tastes.unbought(asked()), Options(), 0.0)
    assert len(said.each["new recall@20"]) == len(said.seconds) == seeds
    row = said.row()
    assert row["tried"] == 1
    assert 0 <= row["new ndcg@10"] <= row["ndcg@10"] + 1
    assert (row["ndcg@10 ±"] == 0) or seeds > 1
    more = said.against(replace(said, name="itself"), 0)
    assert more["ndcg@10 more"] == 0
    assert more["ndcg@10 p"] == 1
