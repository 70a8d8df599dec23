"""Facets and prices said in words, in a shop whose right answers are plain to see."""

import numpy as np
import pytest

from ronghe.compute.local import Local
from ronghe.core.queries import Queries
from ronghe.engine.artifacts import load_model, save_model
from ronghe.methods.understand.facets_in_words import FacetsInWords
from worlds import catalog, shop

ITEMS = [
    {"title": "Running shoes", "brand": "Nike", "category": "Sport > Shoes", "attributes": '{"color": "Red"}', "price": 40.0},
    {"title": "Running shoes", "brand": "Nike", "category": "Sport > Shoes", "attributes": '{"color": "Red"}', "price": 90.0},
    {"title": "Walking shoes", "brand": "Teva", "category": "Sport > Shoes", "attributes": '{"color": "Navy/Blue"}', "price": 30.0},
    {"title": "Red laces for Nike shoes", "brand": "Lacy", "category": "Care", "price": 5.0},
    {"title": "跑步鞋", "brand": "李宁", "category": "鞋", "attributes": '{"颜色": ["红色", "白色"]}', "price": 45.0},
    {"title": "Old red shoes", "brand": "Nike", "deleted": True, "price": 1.0},
]


def read(text, model=None, **settings):
    """Text, items and understanding that a typed text comes to."""
    model = model or FacetsInWords(**settings).fit(shop(ITEMS, []), Local())
    meant = model.rewrite(Queries.of(1, text=(text,)))
    may = meant.allowed[0]
    return meant.text[0], None if may is None else np.flatnonzero(may).tolist(), dict(meant.understood[0])


@pytest.mark.parametrize(
    ("typed", "rest", "items", "understood"),
    [
        ("red shoes under 50", "red shoes", [0, 3, 4], {"price_max": "50", "colour": "red"}),
        ("50元以下的红色鞋子", "红色鞋子", [0, 3, 4], {"price_max": "50", "colour": "red"}),
        ("紅色鞋子", "紅色鞋子", [0, 1, 3, 4, 5], {"colour": "red"}),
        ("Nike shoes between $20 and $60", "nike shoes", [0], {"price_min": "20", "price_max": "60", "brand": "Nike"}),
        ("李宁 不超过100块", "李宁", [4], {"price_max": "100", "brand": "李宁"}),
        ("navy shoes", "navy shoes", [2], {"colour": "navy"}),
        ("teva over 10 dollars", "teva", [2], {"price_min": "10", "brand": "Teva"}),
    ],
)
def test_what_is_said_narrows_the_search(typed, rest, items, understood):
    text, may, said = read(typed)
    assert (text, said) == (rest, understood)
    assert [item for item in may if item != 5] == [item for item in items if item != 5]


@pytest.mark.parametrize(
    "typed",
    ["", "running shoes", "laces under 50 inch", "toys over 3 years", "under 50", "50元以下", "shoes size 42",
     "walking under water", "nike under 1", "teva 红色"],
)  # fmt: skip
def test_a_text_that_names_no_facet_or_leaves_nothing_stays_as_typed(typed):
    assert read(typed) == (typed, None, {})


@pytest.mark.parametrize(("typed", "items"), [("红色抱枕", [0, 1]), ("blue", [1]), ("粉色", [2]), ("白色", [2])])
def test_chinese_names_of_colours_are_read_by_their_characters(typed, items):
    rows = [
        {"title": "太鼓抱枕", "attributes": '{"颜色": "珊瑚红/ 姜黄色"}'},
        {"title": "條紋抱枕", "attributes": '{"颜色": ["真朱紅", "薄缥蓝"]}'},
        {"title": "夏凉被", "attributes": '{"颜色": "粉白格", "产地": "金华"}'},
    ]
    assert read(typed, FacetsInWords().fit(shop(rows, []), Local()))[1] == items


def test_a_title_that_names_the_brand_is_not_lost():
    assert 3 in read("nike")[1]


def test_a_setting_switches_each_kind_off():
    off = {"prices": False, "brands": False, "colours": False}
    assert read("red nike shoes under 50", **off) == ("red nike shoes under 50", None, {})
    assert read("care", categories=True)[1:] == ([3], {"category": "Care"})


def test_new_items_are_understood_at_once_and_forgotten_when_they_go():
    model = FacetsInWords().fit(shop(ITEMS, []), Local())
    rows = [*ITEMS, {"title": "Sandals", "brand": "Birken", "price": 70.0}]
    grown = model.with_catalog(catalog(rows), np.array([6]))
    assert read("birken", grown)[1:] == ([6], {"brand": "Birken"})
    gone = grown.with_catalog(catalog([*ITEMS, {**rows[6], "deleted": True}]), np.array([6]))
    assert read("birken", gone) == ("birken", None, {})


def test_what_was_not_allowed_before_stays_so():
    model = FacetsInWords().fit(shop(ITEMS, []), Local())
    may = np.array([False, True, True, True, True])
    meant = model.rewrite(Queries.of(2, text=("nike", ""), allowed=(may, None)))
    assert np.flatnonzero(meant.allowed[0]).tolist() == [1, 3]
    assert meant.allowed[1] is None


def test_saved_equals_loaded(tmp_path):
    save_model(FacetsInWords().fit(shop(ITEMS, []), Local()), tmp_path / "facets")
    assert read("red shoes under 50", load_model(tmp_path / "facets")) == read("red shoes under 50")


CLOTHES = [
    {"title": "Shirt", "attributes": '{"material": "Cotton", "size": 42, "gender": "Men", "sold out": false}', "price": 20.0},
    {"title": "Shirt", "attributes": '{"material": "Linen", "size": 44, "gender": "Women"}', "price": 30.0},
    {"title": "Cotton cap", "attributes": '{"size": "XL"}'},
    {"title": "衬衫", "attributes": '{"材质": ["棉", "亚麻布"], "尺码": "42", "适用": "男士"}'},
    *[{"title": f"Pot {n}", "attributes": f'{{"model": "Pot number {n}", "hot": "yes"}}'} for n in range(60)],
]  # fmt: skip


def worn(text, **settings):
    rest, may, understood = read(text, FacetsInWords(**settings).fit(shop(CLOTHES, []), Local()))
    return rest, may, understood


@pytest.mark.parametrize(
    ("typed", "rest", "items", "understood"),
    [
        ("cotton shirt", "cotton shirt", [0, 2], {"material": "Cotton"}),
        ("Shirt size 42", "shirt 42", [0, 3], {"size": "42"}),
        ("42码 衬衫", "42 衬衫", [0, 3], {"size": "42"}),
        ("xl cap", "xl cap", [2], {"size": "XL"}),
        ("shirts for women", "shirts for women", [1], {"gender": "Women"}),
        ("女士 shirt", "women shirt", [1], {"gender": "Women"}),
        ("男士衬衫", "men 衬衫", [0, 3], {"gender": "Men"}),
        ("linen shirt under 50", "linen shirt", [1], {"material": "Linen", "price_max": "50"}),
        ("亚麻布 衬衫", "亚麻布 衬衫", [3], {"材质": "亚麻布"}),
    ],
)  # fmt: skip
def test_a_value_of_any_attribute_narrows_the_search(typed, rest, items, understood):
    assert worn(typed) == (rest, items, understood)


@pytest.mark.parametrize("typed", ["shirt 42", "yes", "pot number 3", "shirt size 50", "42"])
def test_a_bare_number_a_yes_and_a_name_of_its_own_are_no_choice(typed):
    assert worn(typed)[1:] == (None, {})


def test_what_mostly_means_something_else_needs_the_name_of_its_attribute():
    rows = [
        *({"title": f"Mouse {n}", "category": "Computers > Mice"} for n in range(5)),
        {"title": "Adapter", "attributes": '{"for": "mouse"}'},
        {"title": "Case", "category": "Bags", "attributes": '{"made for": "Mice"}'},
    ]  # fmt: skip
    model = FacetsInWords().fit(shop(rows, []), Local())
    assert read("mouse", model)[1:] == (None, {})
    assert read("for mouse", model)[2] == {"for": "mouse"}
    assert read("mice", model)[1:] == (None, {})


def test_attributes_are_understood_in_new_items_and_may_be_switched_off():
    assert worn("cotton shirt", attributes=False)[1:] == (None, {})
    model = FacetsInWords().fit(shop(CLOTHES, []), Local())
    rows = [*CLOTHES, {"title": "Vest", "attributes": '{"material": "Hemp"}'}]
    assert read("hemp", model.with_catalog(catalog(rows), np.array([len(CLOTHES)])))[1:] == ([len(CLOTHES)], {"material": "Hemp"})


def light(text, model=None):
    return (model or FacetsInWords().fit(shop(ITEMS, []), Local())).rewrite(Queries.of(1, text=(text,))).light[0]


@pytest.mark.parametrize(
    ("typed", "words"),
    [("Red shoes under 50", ("red",)), ("紅色鞋子", ("红色",)), ("teva 红色", ("红色",)), ("white jacket", ("white",)),
     ("shoes", ()), ("", ()), ("shoes not red", ()), ("purple shoes", ())],
)  # fmt: skip
def test_the_colours_of_the_shop_are_light_words(typed, words):
    assert light(typed) == words


def test_a_colour_within_a_name_is_none_and_the_rest_of_the_text_is_heavy():
    drill = {"title": "Drill", "brand": "Black & Decker", "attributes": '{"color": "black"}'}
    model = FacetsInWords().fit(shop([drill], []), Local())
    assert light("black decker drill", model) == ()
    assert light("black drill", model) == ("black",)
    texts = {"Black Drill": "black", "black": "black", "blackboard black": "black", "黑色鞋": "黑色", "a": "b"}
    asked = Queries.of(5, text=tuple(texts), light=tuple((word,) for word in texts.values()))
    assert asked.heavy == ("drill", "black", "blackboard", "鞋", "a")


def test_colours_that_are_switched_off_are_words_like_others():
    assert light("red shoes", FacetsInWords(colours=False).fit(shop(ITEMS, []), Local())) == ()
