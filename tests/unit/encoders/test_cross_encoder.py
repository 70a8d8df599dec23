"""Question and item read together: what is learnt, that pairs do not know of each other, bounded time, and memory."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from ronghe.compute.local import Local
from ronghe.core.candidates import Candidates
from ronghe.core.dataset import Dataset
from ronghe.core.errors import BadRecipe
from ronghe.core.events import KIND
from ronghe.core.queries import Queries
from ronghe.core.searches import Searches
from ronghe.engine.artifacts import load_model, save_model
from ronghe.methods.encoders.cross.cross_encoder import CrossEncoder, CrossEncoderModel, clicked
from ronghe.methods.encoders.cross.lessons import Claim, Told, lessons_of, said_in
from ronghe.methods.encoders.cross.pieces import PairReader, pair
from ronghe.methods.encoders.cross.pupil import Pupil, graded_lessons
from tiny_shop import tiny_shop
from tiny_transformer import tiny_bert

ASKED = Queries.of(3, text=("red lamp", "", "mouse"))
FOUND = Candidates.of_lists([np.arange(12), np.arange(5), np.arange(20)], [np.arange(12.0), np.arange(5.0), np.arange(20.0)])


@pytest.fixture(scope="module")
def data() -> Dataset:
    return tiny_shop()


@pytest.fixture(scope="module")
def learner(tmp_path_factory) -> CrossEncoder:
    return CrossEncoder(checkpoint=str(tiny_bert(tmp_path_factory.mktemp("bert"))), layers=1, lessons=60, pieces=12, keep=8)


@pytest.fixture(scope="module")
def pupil(learner, data) -> Pupil:
    return learner.pupil(data, Local())


@pytest.fixture(scope="module")
def model(learner, pupil, data) -> CrossEncoderModel:
    return learner.model(pupil, data.catalog)


def cross(model, queries=ASKED, found=FOUND) -> np.ndarray:
    return model.columns(["pair:cross"], queries, found)["pair:cross"]


def test_only_the_best_of_each_question_are_read_and_none_where_nothing_was_typed(model):
    known = np.isfinite(cross(model))
    assert np.flatnonzero(known[:12]).tolist() == list(range(4, 12))
    assert not known[12:17].any()
    assert np.flatnonzero(known[17:]).tolist() == list(range(12, 20))


def test_pairs_do_not_know_of_each_other(model):
    alone = replace(model, reading=replace(model.reading))
    each = [
        cross(alone, ASKED.take([at]), Candidates.of_lists([FOUND.of_query(at)], [FOUND.score[FOUND.query == at]])) for at in (2, 0)
    ]
    together = cross(model)
    np.testing.assert_array_equal(np.concatenate([each[1], each[0]]), together[FOUND.query != 1])


def test_what_was_read_is_remembered(model):
    fresh = replace(model, reading=replace(model.reading))
    before = cross(fresh)
    fresh.reading.__dict__["_session"] = None  # nothing can be read any more
    np.testing.assert_array_equal(cross(fresh), before)


def test_saved_equals_loaded(model, tmp_path):
    save_model(model, tmp_path / "saved")
    np.testing.assert_array_equal(cross(load_model(tmp_path / "saved")), cross(model))


def test_an_item_that_says_something_else_is_read_anew_and_one_that_says_nothing_is_not(model, data):
    rows = data.catalog.table[[11, 10]].with_columns(
        title=pl.Series(["blue chair", ""]), category=pl.Series(["Things > chair", ""])
    )
    changed = data.catalog.upserted(rows)
    after = model.with_catalog(changed, np.array([11, 10]))
    assert cross(after)[11] != cross(model)[11]
    assert np.isnan(cross(after)[10])
    np.testing.assert_array_equal(cross(after)[4:10], cross(model)[4:10])
    same = changed.upserted(data.catalog.table[[11, 10]])
    np.testing.assert_array_equal(cross(after.with_catalog(same, np.array([11, 10]))), cross(model))


def test_judgements_teach_which_items_answer(pupil, data):
    grades = {"red": {item: 3.0 if "red" in title else 0.0 for item, title in enumerate(data.catalog.title) if item < 60}}
    lessons = graded_lessons(grades, len(data.catalog), 3, np.random.default_rng(0))
    learnt = pupil.after(lessons, replace(CrossEncoder(rate=3e-3, batch=4, rounds=40)).pace, Local())
    rest = np.arange(60, len(data.catalog))
    score, red = learnt.score("red", rest), np.array(["red" in data.catalog.title[item] for item in rest])
    assert score[red].mean() > score[~red].mean() + 0.5
    assert (pupil.score("red", rest) != score).any()  # the pupil before is as it was


def test_int8_says_nearly_what_the_network_says(pupil, model):
    exact = pupil.score("red lamp", np.arange(4, 12))
    np.testing.assert_allclose(cross(model)[4:12], exact, atol=0.05)


def test_same_seed_same_network(learner, data, pupil):
    again = learner.pupil(data, Local())
    np.testing.assert_array_equal(again.score("red lamp", np.arange(9)), pupil.score("red lamp", np.arange(9)))


def test_others_may_learn_from_its_scores(model, data):
    score = model.teacher()(["red lamp", "mouse", "red lamp"], np.array([11, 19, 10]))
    np.testing.assert_array_equal(score[[0, 2]], cross(model)[[11, 10]])
    assert score[1] == cross(model)[17 + 19]


def test_what_was_clicked_after_a_text_teaches_that_it_answers(data):
    searches = Searches.of([
        ("red", 1.0, 0, -1, KIND["search"]), ("red", 2.0, 0, 3, KIND["click"]), ("red", 3.0, 0, 3, KIND["purchase"]),
        ("red", 4.0, 0, 5, KIND["impression"]), (" ", 5.0, 0, 6, KIND["click"]),
    ])  # fmt: skip
    assert clicked(searches) == {"red": {3: 1.0}}
    assert CrossEncoder().timeless
    assert not CrossEncoder(clicks=True).timeless


def test_lessons_hold_one_item_that_answers_and_rivals_that_do_not(data):
    told = Told(data.catalog)
    lessons = lessons_of(data.catalog, lambda texts: [np.arange(40)] * len(texts), 50, 3, np.random.default_rng(0))
    assert len(lessons) > 25
    for question, items in zip(lessons.question, lessons.item.tolist(), strict=True):
        assert len(set(items)) == 4
        if question in told.kind:
            assert [told.kind[item] == question for item in items] == [True, False, False, False]


def test_an_item_of_a_narrower_kind_is_no_rival():
    told = Told(tiny_shop(1).catalog)
    told.__dict__["kind"] = ["gaming mouse", "mouse", "lamp"]
    assert not told.fails(0, Claim("mouse", "mouse", frozenset()))
    assert told.fails(2, Claim("mouse", "mouse", frozenset()))


def test_the_kind_of_an_item_without_one_is_the_longest_that_its_title_says():
    assert said_in("HP Inkjet Printer head", {"printer", "printer head", "inkjet"}) == "printer head"
    assert said_in("HP", {"printer"}) == ""


def test_a_long_question_is_cut_and_keeps_its_signs(pupil):
    reader = PairReader(pupil.reader.written)
    typed = reader.typed("red " * 100)
    assert len(typed) == 24
    ids, side = pair(typed, np.array([7, 8], dtype=np.int32))
    assert ids[0] == 2
    assert ids[[23, -1]].tolist() == [3, 3]
    assert side.tolist() == [0] * 24 + [1] * 3


@pytest.mark.parametrize("wrong", [{"says": ("colour",)}, {"finds": "bm52"}, {"finds": "best"}, {"pieces": 300}])
def test_what_cannot_be_is_refused(wrong):
    with pytest.raises(BadRecipe, match=next(iter(wrong))):
        CrossEncoder(**wrong)
