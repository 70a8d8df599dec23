"""What shall not be there, said in words: taken out where the shop knows it, left alone where it is part of a name."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ronghe.compute.local import Local
from ronghe.core.candidates import Candidates
from ronghe.core.queries import Queries
from ronghe.engine.artifacts import load_model, save_model
from ronghe.methods.understand.facets_in_words import FacetsInWords, FacetsInWordsModel
from worlds import catalog, shop

ITEMS = [
    {"title": "Sugar biscuits"},
    {"title": "Sugar free biscuits"},
    {"title": "Oat biscuits, no added sugar"},
    {"title": "Oat biscuits"},
    {"title": "Gaming headset wireless", "brand": "Logi"},
    {"title": "Headset, wired", "brand": "Sony"},
    {"title": "Shoes", "attributes": '{"material": "Leather", "colour": "red"}'},
    {"title": "Shoes", "attributes": '{"material": "Canvas", "colour": "blue"}'},
    {"title": "Leather-free shoes"},
    {"title": "Peanut butter cookies"},
    {"title": "Butter cookies"},
    {"title": "Straw cap", "category": "Wear > Hats"},
    {"title": "Cap for winter", "category": "Wear > Caps"},
    {"title": "Nuts and raisins mix"},
    {"title": "Mix of fruit"},
    {"title": "WD-40 oil"},
    {"title": "APC Smart -UPS 1500 battery"},
    {"title": "UPS battery"},
    {"title": "Men Without Women"},
    {"title": "Men and women at work"},
    {"title": "麻辣零食 鸭脖"},
    {"title": "坚果零食大礼包"},
    {"title": "零食 薯片 不辣"},
    {"title": "无糖饼干"},
    {"title": "白糖饼干"},
    {"title": "鞋子", "attributes": '{"颜色": "红色"}'},
    {"title": "鞋子", "attributes": '{"颜色": "黑色"}'},
    {"title": "Headphones wifi"},
    {"title": "Old sugar biscuits", "deleted": True},
]
MODEL: FacetsInWordsModel = FacetsInWords().fit(shop(ITEMS, []), Local())


def read(text: str, model: FacetsInWordsModel = MODEL) -> tuple[str, list[str], list[str]]:
    """The text that is searched, what was understood to be unwanted, and the titles that this takes out."""
    meant = model.rewrite(Queries.of(1, text=(text,)))
    unwanted = [value for facet, value in meant.understood[0] if facet == "without"]
    may = meant.allowed[0]
    out = [] if may is None else np.flatnonzero(~may[: len(ITEMS)]).tolist()
    return meant.text[0], unwanted, [str(ITEMS[item]["title"]) for item in out]


@pytest.mark.parametrize(
    ("typed", "rest", "unwanted", "out"),
    [
        ("biscuits without sugar", "biscuits", ["sugar"], ["Sugar biscuits"]),
        ("without sugar biscuits", "biscuits", ["sugar"], ["Sugar biscuits"]),
        ("Biscuits w/o any sugar", "biscuits", ["sugar"], ["Sugar biscuits"]),
        ("biscuits no sugar", "biscuits", ["sugar"], ["Sugar biscuits"]),
        ("headset -wireless", "headset", ["wireless"], ["Gaming headset wireless"]),
        ("headset not logi", "headset", ["logi"], ["Gaming headset wireless"]),
        ("shoes not leather", "shoes", ["leather"], ["Shoes"]),
        ("shoes not made of leather", "shoes", ["leather"], ["Shoes"]),
        ("shoes except red ones", "shoes ones", ["red"], ["Shoes", "鞋子"]),
        ("cookies without peanut butter", "cookies", ["peanut butter"], ["Peanut butter cookies"]),
        ('cookies -"peanut butter"', "cookies", ["peanut butter"], ["Peanut butter cookies"]),
        ("cap -hats", "cap", ["hats"], ["Straw cap"]),
        ("mix without nuts or raisins", "mix", ["nuts", "raisins"], ["Nuts and raisins mix"]),
        ("不要辣的零食", "零食", ["辣"], ["麻辣零食 鸭脖"]),
        ("零食 不含坚果", "零食", ["坚果"], ["坚果零食大礼包"]),
        ("不含坚果零食", "零食", ["坚果"], ["坚果零食大礼包"]),
        ("零食不要坚果和辣的", "零食", ["坚果", "辣"], ["麻辣零食 鸭脖", "坚果零食大礼包"]),
        ("不要紅色的鞋子", "鞋子", ["红色"], ["Shoes", "鞋子"]),
        ("饼干不加糖", "饼干", ["糖"], ["白糖饼干"]),
    ],
)
def test_what_is_denied_is_taken_out(typed, rest, unwanted, out):
    assert read(typed) == (rest, unwanted, out)


@pytest.mark.parametrize(
    "typed",
    ["WD-40", "wd -40", "A-4 paper", "smart -ups", "headset - wireless", "head -phones wifi", "wi -fi", "sugar free biscuits",
     "non-alcoholic beer", "biscuits without", "without sugar", "-wireless", "biscuits without zinc", "cap no 7",
     "headset not working", "headset not only wireless", "cap is not straw", "leather free shoes",
     "无糖 饼干", "无糖饼干", "不锈钢锅", "不含坚果",
     "要不要坚果", "-", "no", "not", "不要", "不要的", ""],
)  # fmt: skip
def test_a_name_and_what_the_shop_does_not_know_stay_as_typed(typed):
    assert read(typed) == (typed, [], [])


def test_asking_whether_there_is_something_is_no_denial():
    assert read("有没有红色的鞋子")[1] == []
    assert read("是不是坚果零食")[1] == []


def test_the_name_of_an_item_stays_a_name():
    text, _, out = read("Men without women")
    assert text == "Men without women"
    assert out == ["Men and women at work"]


def test_the_rest_of_the_text_still_narrows_the_search():
    meant = MODEL.rewrite(Queries.of(1, text=("red shoes not canvas",)))
    assert meant.understood[0] == (("without", "canvas"), ("colour", "red"))
    assert np.flatnonzero(meant.allowed[0]).tolist() == [6, 25]


def test_what_names_rule_out_is_taken_as_words_and_what_is_denied_stays_out():
    assert MODEL.rewrite(Queries.of(1, text=("sony logi headset -wireless",))).understood[0] == (("without", "wireless"),)


def test_what_says_that_it_has_none_gains_and_says_why():
    asked = MODEL.rewrite(Queries.of(2, text=("biscuits without sugar", "biscuits")))
    found = Candidates.of(np.array([0, 3, 5]), np.array([1, 2, 3, 1, 3]), np.ones(5))
    assert MODEL.lean(asked, found).tolist() == [1.0, 1.0, 0.0, 0.0, 0.0]
    told = MODEL.because(asked, found)
    assert [reasons[0].words if reasons else () for reasons in told] == [("sugar",), ("sugar",), (), (), ()]


def test_new_titles_are_known_at_once_and_forgotten_when_they_go():
    rows = [*ITEMS, {"title": "Biscuits with zinc"}]
    grown = MODEL.with_catalog(catalog(rows), np.array([len(ITEMS)]))
    assert read("biscuits without zinc", grown)[:2] == ("biscuits", ["zinc"])
    gone = grown.with_catalog(catalog([*ITEMS, {**rows[-1], "deleted": True}]), np.array([len(ITEMS)]))
    assert read("biscuits without zinc", gone)[:2] == ("biscuits without zinc", [])


def test_they_may_be_switched_off():
    off = FacetsInWords(negatives=False).fit(shop(ITEMS, []), Local())
    assert read("biscuits without sugar", off) == ("biscuits without sugar", [], [])


def test_saved_equals_loaded(tmp_path):
    save_model(MODEL, tmp_path / "facets")
    assert read("biscuits without sugar", load_model(tmp_path / "facets")) == read("biscuits without sugar")


PIECES = (
    "without ", "not ", "no ", " -", "-", "w/o ", "不要", "不含", "的", "和", "、", " or ", ", ", "sugar", "biscuits", "leather",
    "wireless", "红色", "坚果", "辣", "headset", "shoes", "40", "WD", " ", '"', "(", "free", "any ", "under 50", "é", "\n", "ﬁ",
)  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=9).map("".join) | st.text(max_size=30))
@settings(max_examples=300, deadline=None)
def test_whatever_is_typed_something_is_left_to_search_for_and_to_find(typed):
    meant = MODEL.rewrite(Queries.of(1, text=(typed,)))
    if meant.understood[0]:
        assert meant.allowed[0].any()
        assert meant.text[0].strip()
    else:
        assert (meant.text[0], meant.allowed[0]) == (typed, None)


@given(st.sampled_from(ITEMS[:-1]), st.integers(0, 3), st.integers(3, 9))
@settings(max_examples=100, deadline=None)
def test_a_title_that_is_typed_never_loses_its_item(item, start, end):
    typed = " ".join(str(item["title"]).split()[start:end])
    may = MODEL.rewrite(Queries.of(1, text=(typed,))).allowed[0]
    assert may is None or may[ITEMS.index(item)]


@given(st.from_regex(r"[A-Z]{1,4}-?[0-9]{1,4}( -[0-9]{1,4}| -[a-z]?[0-9]+[a-z]?)?( biscuits)?", fullmatch=True))
@settings(max_examples=100, deadline=None)
def test_a_model_number_denies_nothing(typed):
    assert read(typed)[:2] == (typed, [])
