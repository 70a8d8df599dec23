"""Full-text search on a shop whose right answers are plain to see."""

from dataclasses import replace

import numpy as np
import pytest

from ronghe.compute.local import Local
from ronghe.core.errors import BadRecipe
from ronghe.core.queries import Queries
from ronghe.engine.artifacts import load_model, save_model
from ronghe.methods.lexical.bm25 import BM25
from worlds import catalog, shop

ITEMS = [
    {"title": "Red running shoes", "brand": "Nike", "category": "Sport > Shoes"},
    {"title": "Blue running jacket", "brand": "Nike", "category": "Sport > Jackets"},
    {"title": "Wireless headset", "brand": "Sony", "category": "Audio"},
    {"title": "Sandals", "brand": "Teva", "category": "Shoes", "description": "not for running, for the beach"},
    {"title": "Notebook 15 in", "brand": "HP", "category": "Computers", "attributes": '{"colour": "red", "wi fi": true}'},
    {"title": "红色跑步鞋", "brand": "李宁", "category": "运动 > 鞋"},
    {"title": "苹果手机壳", "category": "手机配件"},
    *[{"title": f"grey sock {n}", "category": "Socks"} for n in range(20)],
]


def model(**settings):
    return BM25(**settings).fit(shop(ITEMS, []), Local())


def found(text, k=10, fitted=None, **given):
    return (fitted or model()).retrieve(Queries.of(1, text=(text,), **given), k).of_query(0).tolist()


@pytest.mark.parametrize(
    ("text", "best"),
    [
        ("running shoes", 0), ("shoe", 0), ("run jackets", 1), ("NIKE jacket", 1), ("head set", 2), ("red notebook", 4),
        ("wi-fi notebook", 4), ("noteb", 4), ("redshoes", 0), ("notebook15in", 4), ('notebook 15"', 4),
        ("跑步鞋", 5), ("手机壳", 6), ("李宁", 5), ("手机", 6), ("蘋果手機殼", 6), ("紅色", 5),
    ],
)  # fmt: skip
def test_the_best_match_of(text, best):
    assert found(text)[0] == best


@pytest.mark.parametrize("text", ["", "   ", "asdfgh qwerty", "xyzzy", "!!!", "量子力学", "sock plutonium reactor core"])
def test_nonsense_and_nothing_find_nothing(text):
    assert found(text) == []
    assert model().matches(text, 100).tolist() == []


def test_a_word_that_many_say_does_not_carry_a_query_whose_rare_word_nobody_says():
    assert found("sock") == list(range(7, 17))
    assert found("sock plutonium") == []


def test_a_field_that_weighs_nothing_is_not_searched():
    assert 3 not in found("running", fitted=model(description=0.0))
    assert 3 in found("running")


def test_k1_decides_how_much_repeating_a_word_helps():
    twice = [{"title": "tea tea tea"}, {"title": "tea"}, {"title": "x"}]
    flat, steep = (
        BM25(k1=k1, b=0.0).fit(shop(twice, []), Local()).retrieve(Queries.of(1, text=("tea",)), 5) for k1 in (0.0, 100.0)
    )
    assert flat.score[0] == flat.score[1]
    assert steep.score[0] > 1.5 * steep.score[1]


def test_only_allowed_items_and_as_many_as_there_are():
    mask = np.zeros(12, dtype=bool)
    mask[[3, 11]] = True
    assert found("running shoes", allowed=(mask,)) == [3]
    assert found("sock", allowed=(mask,)) == [11]


def test_matches_are_all_that_match_whatever_k():
    assert model().matches("sock", 100).tolist() == list(range(7, 27))
    assert len(model().matches("sock", 5)) == 5


def test_score_is_what_retrieve_says_and_nan_for_strangers():
    asked = Queries.of(2, text=("running shoes", ""))
    every = model().retrieve(asked, 50)
    np.testing.assert_array_equal(model().score(asked, every), every.score)
    strangers = replace(every, item=np.full_like(every.item, 26))
    assert np.isnan(model().score(asked, strangers)).all()


def test_reasons_name_the_typed_words_and_sum_to_the_score():
    asked = Queries.of(1, text=("Nike running shoos head set",))
    shown = model(least=0.0, near=0.0).retrieve(asked, 50)
    reasons = model(least=0.0, near=0.0).because(asked, shown)
    for score, said in zip(shown.score, reasons, strict=True):
        assert sum(reason.weight for reason in said) == pytest.approx(score, rel=1e-5)
    words = {word for said in reasons for reason in said for word in reason.words}
    assert {"nike", "running", "head set"} <= words


def test_an_item_is_found_at_once_when_it_comes_changes_or_goes():
    old = model()
    rows = [*ITEMS, {"title": "Purple ukulele"}]
    new = old.with_catalog(catalog(rows), np.array([len(ITEMS)]))
    assert found("ukulele", fitted=new) == [len(ITEMS)]
    assert found("ukulele", fitted=old) == []
    rows[2] = {"title": "Purple kazoo"}
    changed = new.with_catalog(catalog(rows), np.array([2]))
    assert found("headset", fitted=changed) == []
    assert found("purple", fitted=changed) == [2, len(ITEMS)]
    rows[2] = {"title": "Purple kazoo", "deleted": True}
    gone = changed.with_catalog(catalog(rows), np.array([2]))
    assert found("purple", fitted=gone) == [len(ITEMS)]
    assert found("purple", fitted=changed) == [2, len(ITEMS)]


def test_a_catalogue_that_says_the_same_leaves_the_model_as_it_is():
    old = model()
    assert old.with_catalog(catalog(ITEMS), np.arange(len(ITEMS))) is old


def test_many_changes_end_in_one_index_that_answers_alike(monkeypatch):
    rows = [*ITEMS, *[{"title": f"green sock {n}"} for n in range(30)]]
    kept_apart = model().with_catalog(catalog(rows), np.arange(len(rows)))
    monkeypatch.setattr("ronghe.methods.lexical.bm25.FRESH_LEAST", 5)
    together = model().with_catalog(catalog(rows), np.arange(len(rows)))
    assert len(kept_apart.changed) == 30
    assert len(together.changed) == 0
    one, other = (m.retrieve(Queries.of(1, text=("green sock",)), 40) for m in (kept_apart, together))
    assert one.item.tolist() == other.item.tolist()
    np.testing.assert_allclose(one.score, other.score, rtol=1e-6)


def test_saved_equals_loaded(tmp_path):
    save_model(model(), tmp_path / "bm25")
    again = load_model(tmp_path / "bm25")
    for text in ("running shoes", "跑步鞋", "noteb"):
        assert found(text, fitted=again) == found(text)


def test_an_empty_catalogue_finds_nothing():
    assert found("shoes", fitted=BM25().fit(shop([], []), Local())) == []


@pytest.mark.parametrize("settings", [{"k1": -1.0}, {"b": 1.5}, {"near": 2.0}, {"title": float("nan")}])
def test_bad_settings_are_refused_by_name(settings):
    with pytest.raises(BadRecipe, match=f"bm25.{next(iter(settings))}"):
        BM25(**settings)


def test_a_light_word_orders_what_others_find_and_finds_nothing_itself():
    shoes, notebook = 0, 4
    assert notebook in found("red shoes")
    assert found("red shoes", light=(("red",),)) == [shoe for shoe in found("red shoes") if shoe != notebook]
    assert found("red shoes", light=(("red",),))[0] == shoes
    assert notebook in found("red", light=(("red",),)), "where nothing else is said it is a word like others"
    assert found("red plutonium", light=(("red",),)) == []
    fitted = model()
    assert fitted.matches("red shoes", 100, (), ("red",)).tolist() == sorted(found("red shoes", light=(("red",),)))
    both = fitted.retrieve(Queries.of(1, text=("red shoes",), light=(("red",),)), 10)
    np.testing.assert_allclose(fitted.score(Queries.of(1, text=("red shoes",), light=(("red",),)), both), both.score)
