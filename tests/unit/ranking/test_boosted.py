"""The boosted ranker: learns a known taste, exact contributions, same seed same trees."""

from dataclasses import replace

import numpy as np
import pytest

from ronghe.compute.local import Local
from ronghe.core.candidates import Candidates
from ronghe.core.errors import BadRecipe, NotReady
from ronghe.core.judgements import Judgements
from ronghe.core.queries import Queries
from ronghe.kernels.segments import splits_of
from ronghe.methods.ranking.boosted import Boosted
from ronghe.methods.ranking.labels import graded, grades, latest

HERE = Local(seed=3)
SIZE = 20


def judged(queries: int = 150, seed: int = 0) -> Judgements:
    """Wanted is what `retrieve:good` scores above 0.8, unless it is dear; `retrieve:noise` says nothing true."""
    rng = np.random.default_rng(seed)
    rows = queries * SIZE
    good, noise, price = (rng.random(rows).astype(np.float32) for _ in range(3))
    noise[rng.random(rows) < 0.3] = np.nan
    splits = splits_of(np.full(queries, SIZE))
    evidence = {"retrieve:good": good, "fuse:good": good * 2, "retrieve:noise": noise, "fuse:total": good * 2}
    columns = {"item:price": price, "item:brand": np.arange(rows), "item:available": np.ones(rows, dtype=bool)}
    found = Candidates(splits, np.tile(np.arange(SIZE), queries), np.zeros(rows, dtype=np.float32), evidence, columns)
    gain = ((good > 0.8) & (price < 0.7)).astype(np.float32)
    return Judgements(Queries.of(queries, time=np.arange(queries, dtype=float)), found, gain)


DATA = judged()
MODEL = Boosted(trees=40, rows=5).fit(DATA, HERE)


def test_it_learns_what_is_wanted():
    fresh = judged(60, seed=1)
    ranked = fresh.candidates.scored(MODEL.score(fresh.queries, fresh.candidates)).with_columns({"gain": fresh.gain}).top(1)
    assert ranked.columns["gain"].mean() > 0.9


def test_it_states_the_columns_it_needs_and_leaves_out_mere_labels():
    assert MODEL.needs == ("item:price",)
    assert "item:brand" not in MODEL.features
    assert "item:available" not in MODEL.features


def test_same_judgements_same_seed_same_trees():
    again = Boosted(trees=40, rows=5).fit(DATA, HERE)
    assert again.trees == MODEL.trees


def test_contributions_sum_to_the_score_by_part():
    some = DATA.candidates.where(DATA.candidates.query < 10)
    score = MODEL.score(DATA.queries, some)
    because = MODEL.because(DATA.queries, some)
    sums = np.array([sum(r.weight for r in reasons) for reasons in because])
    size = np.array([sum(abs(r.weight) for r in reasons) for reasons in because])
    assert np.all(np.abs(sums - score) <= 1e-6 * size)
    assert {r.part for reasons in because for r in reasons} <= {
        "retrieve:good",
        "retrieve:noise",
        "fuse:total",
        "item:price",
        "start",
    }
    assert [abs(r.weight) for r in because[0]] == sorted((abs(r.weight) for r in because[0]), reverse=True)


def test_a_part_or_column_that_is_missing_is_nan_not_an_error():
    bare = replace(DATA.candidates, evidence={"retrieve:good": DATA.candidates.evidence["retrieve:good"]}, columns={})
    score = MODEL.score(DATA.queries, bare)
    assert np.isfinite(score).all()
    known = {n: np.full(len(bare.item), np.nan, dtype=np.float32) for n in ("fuse:good", "retrieve:noise", "fuse:total")}
    as_nan = replace(bare, evidence={**bare.evidence, **known}, columns={"item:price": known["fuse:good"]})
    np.testing.assert_array_equal(score, MODEL.score(DATA.queries, as_nan))


def test_a_batch_is_its_rows_one_by_one():
    some = DATA.candidates.where(DATA.candidates.query < 3)
    together = MODEL.score(DATA.queries, some)
    alone = [MODEL.score(DATA.queries, some.where(np.arange(len(some.item)) == row))[0] for row in range(len(some.item))]
    np.testing.assert_array_equal(together, np.array(alone))


def test_no_rows_no_scores():
    none = Candidates.none(2)
    assert len(MODEL.score(DATA.queries, none)) == 0
    assert list(MODEL.because(DATA.queries, none)) == []


def test_nothing_to_learn_is_said():
    with pytest.raises(NotReady, match="150 judged queries"):
        Boosted().fit(replace(DATA, gain=np.zeros_like(DATA.gain)), HERE)


def test_few_queries_train_without_a_validation_part():
    few = judged(8)
    assert np.isfinite(Boosted(trees=5, rows=2).fit(few, HERE).score(few.queries, few.candidates)).all()


def test_only_the_columns_asked_for_are_learnt_from():
    assert Boosted(trees=5, columns=("item:price",)).fit(DATA, HERE).features[-1] == "item:price"
    assert "item:price" not in replace(Boosted(trees=5), columns=("item:age_days",)).fit(DATA, HERE).features


def test_queries_that_teach_nothing_are_left_out():
    gain = DATA.gain.copy()
    gain[:SIZE] = 0
    data = graded(replace(DATA, gain=gain))
    assert 0 not in data.query.tolist()
    assert len(data.rows) == data.splits[-1] == len(data.label)
    np.testing.assert_array_equal(data.gains[data.label], gain[data.rows])


def test_gains_become_at_most_sixteen_grades():
    value, label = grades(np.linspace(0, 5, 1000))
    assert len(value) <= 16
    assert np.all(np.diff(label) >= 0)
    np.testing.assert_allclose(value[label], np.linspace(0, 5, 1000), atol=0.4)


def test_the_latest_queries_validate():
    assert latest(np.array([3.0, 1.0, 2.0, 9.0]), 0.5).tolist() == [True, False, False, True]


@pytest.mark.parametrize(
    "bad", [{"trees": 0}, {"leaves": 1}, {"rate": 0.0}, {"share": 1.5}, {"l2": -1.0}, {"keep": -1}, {"validation": 0.9}]
)
def test_bad_settings_name_their_field(bad):
    with pytest.raises(BadRecipe, match=next(iter(bad))):
        Boosted(**bad)


# grades


def half_seen() -> Judgements:
    """As DATA, but only candidates with little noise were ever looked at."""
    seen = np.nan_to_num(DATA.candidates.evidence["retrieve:noise"], nan=1.0) < 0.5
    return replace(DATA, gain=DATA.gain * seen, seen=seen)


def top_gain(model, data: Judgements) -> float:
    """The gain of what stands first, of the most there was."""
    score, gain = (values.reshape(-1, SIZE) for values in (model.score(data.queries, data.candidates), data.gain))
    return float(gain[np.arange(len(score)), score.argmax(axis=1)].sum() / gain.max(axis=1).sum())


def test_grades_are_learnt_row_by_row():
    fresh = judged(60, seed=1)
    assert top_gain(Boosted(trees=40, rows=5, learns="grade").fit(DATA, HERE), fresh) > 0.9


def test_who_learns_what_is_seen_too_puts_first_what_is_both_seen_and_wanted():
    learner, data = Boosted(trees=40, rows=5, learns="seen-grade"), half_seen()
    both = learner.fit(data, HERE)
    assert both.seen
    assert top_gain(both, data) > 0.9
    wanted = replace(learner, learns="grade").fit(replace(data, gain=DATA.gain, seen=None), HERE)
    assert top_gain(wanted, data) < top_gain(both, data)


def test_the_reasons_of_both_sum_to_the_score():
    data = half_seen()
    model = Boosted(trees=10, rows=5, learns="seen-grade").fit(data, HERE)
    score = model.score(data.queries, data.candidates)
    sums = [sum(reason.weight for reason in reasons) for reasons in model.because(data.queries, data.candidates)]
    np.testing.assert_allclose(sums, score, rtol=1e-4, atol=1e-5)


def test_where_all_was_seen_one_model_is_enough():
    assert not Boosted(trees=5, rows=5, learns="seen-grade").fit(DATA, HERE).seen
