"""Search and likeness by meaning, on a little shop."""

import numpy as np
import pytest

from ronghe.compute.local import Local
from ronghe.core.candidates import Candidates
from ronghe.core.errors import BadRecipe
from ronghe.core.queries import Queries
from ronghe.engine.artifacts import load_model, save_model
from ronghe.methods.encoders.item_text import item_texts
from ronghe.methods.encoders.semantic import Semantic
from ronghe.methods.encoders.vector_index import KINDS
from worlds import catalog, shop

ITEMS = [
    {"title": "Running shoes", "category": "Sport > Shoes"},
    {"title": "Whole milk", "category": "Dairy"},
    {"title": "Whole milk", "category": "Dairy"},
    {"title": "Chocolate milk", "category": "Dairy"},
    {"title": "USB cable", "category": "Electronics"},
    {"title": ""},
    {"title": "Skimmed milk", "deleted": True},
    {"title": "Hiking boots", "category": "Sport > Shoes"},
]


def model(**settings):
    return Semantic(**settings).fit(shop(ITEMS, []), Local())


def found(fitted, text="", anchor=-1, k=10, **given):
    return fitted.retrieve(Queries.of(1, text=(text,), anchor=np.array([anchor]), **given), k).of_query(0).tolist()


@pytest.mark.parametrize("index", KINDS)
def test_what_means_the_same_is_found_without_a_word_in_common(index):
    assert found(model(index=index), "sneakers")[0] == 0
    assert set(found(model(index=index), "dairy beverage")) == {1, 2, 3}


def test_nonsense_and_queries_without_words_or_item_find_nothing():
    assert [found(model(), text) for text in ("asdfgh qwerty", "", "  ")] == [[], [], []]
    assert found(model(), anchor=99) == []


def test_similar_items_without_the_item_itself_or_deleted_ones():
    assert found(model(), anchor=1)[:2] == [2, 3]
    assert found(model(), anchor=0)[0] == 7
    assert found(model(), anchor=5) == []


def test_only_allowed_items_even_when_few():
    mask = np.zeros(len(ITEMS), dtype=bool)
    mask[[2, 4]] = True
    for index in KINDS:
        assert found(model(index=index), "milk", allowed=(mask,)) == [2]
        assert found(model(index=index), "milk", allowed=(mask[:2],)) == []


def test_items_that_say_the_same_share_a_vector_and_those_that_say_nothing_have_none():
    fitted = model()
    assert fitted.row.tolist() == [0, 1, 1, 2, 3, -1, -1, 4]
    vectors = fitted.item_vectors
    assert vectors.shape == (len(ITEMS), 384)
    np.testing.assert_array_equal(vectors[np.array([1])], vectors[np.array([2])])
    assert not vectors[np.array([5, 6, -1, 1000])].any()


def test_score_is_what_retrieve_says_and_nan_for_strangers():
    asked = Queries.of(2, text=("milk", ""), anchor=np.array([-1, 1]))
    fitted = model()
    every = fitted.retrieve(asked, 10)
    np.testing.assert_array_equal(fitted.score(asked, every), every.score)
    strangers = Candidates.of(np.array([0, 1, 3]), np.array([5, 1, 4]), np.zeros(3))
    assert np.isnan(fitted.score(asked, strangers)).all()


def test_an_item_that_says_nothing_is_like_nothing_however_low_the_bar():
    fitted, asked = model(alike=0.0), Queries.of(1, anchor=np.array([1]))
    everything = Candidates.of_lists([np.arange(len(ITEMS))], [np.zeros(len(ITEMS))])
    scored = np.flatnonzero(~np.isnan(fitted.score(asked, everything)))
    assert set(found(fitted, anchor=1)) == set(scored.tolist()) <= {0, 2, 3, 4, 7}


def test_reasons_say_the_words_or_the_item_looked_at():
    asked = Queries.of(2, text=("milk", ""), anchor=np.array([-1, 1]))
    shown = model().retrieve(asked, 1)
    (words,), (item,) = model().because(asked, shown)
    assert (words.code, words.words, words.weight) == ("meaning", ("milk",), pytest.approx(shown.score[0]))
    assert (item.code, item.items, item.weight) == ("alike", (1,), pytest.approx(shown.score[1]))


@pytest.mark.parametrize("index", ["exact", "ivf"])
def test_an_item_is_found_at_once_when_it_comes_changes_or_goes(index):
    old = model(index=index)
    rows = [*ITEMS, {"title": "Trumpet", "category": "Music"}]
    rows[4] = {"title": "Whole milk", "category": "Dairy"}
    new = old.with_catalog(catalog(rows), np.arange(len(rows)))
    assert len(new.vectors) == len(old.vectors) + 1
    assert found(new, "trumpet") == [8]
    assert found(new, "whole milk", k=3) == [1, 2, 4]
    assert found(old, "trumpet") == []
    assert new.with_catalog(catalog(rows), np.arange(len(rows))) is new
    rows[8] = {**rows[8], "deleted": True}
    assert found(new.with_catalog(catalog(rows), np.array([8])), "trumpet") == []


def test_saved_equals_loaded(tmp_path):
    save_model(model(index="hnsw"), tmp_path / "semantic")
    again = load_model(tmp_path / "semantic")
    asked = Queries.of(1, text=("milk",))
    np.testing.assert_array_equal(again.retrieve(asked, 5).score, model(index="hnsw").retrieve(asked, 5).score)


def test_an_empty_catalogue_finds_nothing():
    assert found(Semantic().fit(shop([], []), Local()), "milk") == []


def test_item_texts_join_the_asked_fields():
    rows = catalog(
        [{"title": "<b>Tea</b>", "brand": "Ming", "category": "Food > Tea", "attributes": '{"origin": "Fujian", "grams": 50}'}]
    )
    assert item_texts(rows, np.array([0]), ("title", "category", "brand", "attributes")) == ["Tea. Food, Tea. Ming. Fujian"]


@pytest.mark.parametrize(
    "settings", [{"encoder": "no such"}, {"index": "btree"}, {"says": ("colour",)}, {"says": ()}, {"cutoff": 2.0}]
)
def test_bad_settings_are_refused_by_name(settings):
    with pytest.raises(BadRecipe, match=f"semantic.{next(iter(settings))}"):
        Semantic(**settings)


@pytest.mark.parametrize("index", ["exact", "hnsw"])
def test_what_items_said_once_takes_no_place_from_what_they_say_now(index):
    fitted, rows = model(index=index), [dict(row) for row in ITEMS]
    for number in range(6):
        rows[1]["title"] = f"Milk number {number}"
        fitted = fitted.with_catalog(catalog(rows), np.array([1]))
    assert set(found(fitted, "milk", k=3)) == {1, 2, 3}
