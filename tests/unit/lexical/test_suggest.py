"""Autocomplete over a little shop."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ronghe.methods.lexical.beginnings import one_letter_off
from ronghe.methods.lexical.suggest import Suggester, Suggestion
from worlds import catalog

ITEMS = [
    {"title": "Whole milk 1 gal", "brand": "Meadow", "category": "Dairy > Milk"},
    {"title": "Chocolate milk", "brand": "Meadow", "category": "Dairy > Milk"},
    {"title": "Milk chocolate bar", "brand": "Cocoa & Co", "category": "Sweets"},
    {"title": "Café crème", "category": "Coffee"},
    {"title": "苹果手机壳", "category": "手机配件"},
    {"title": "Old milk", "deleted": True},
    {"title": "Chocolate milk", "brand": "Other"},
]
POPULARITY = np.array([50.0, 10.0, 5.0, 1.0, 1.0, 99.0, 20.0])


def suggester():
    return Suggester.of(catalog(ITEMS), POPULARITY, {"milk powder": 30.0})


def texts(prefix, n=8):
    return [s.text for s in suggester().suggest(prefix, n)]


def test_searches_categories_and_items_that_go_on_from_what_was_typed():
    assert texts("mil") == ["milk powder", "Milk", "Milk chocolate bar", "Whole milk 1 gal", "Chocolate milk"]
    kinds = {s.text: s.kind for s in suggester().suggest("m")}
    assert kinds["Milk"] == "category"
    assert kinds["Meadow"] == "brand"


def test_what_is_typed_in_traditional_characters_is_completed_as_the_shop_writes_it():
    assert texts("蘋果手") == ["苹果手机壳"]


def test_of_items_that_read_alike_the_most_wanted_stands_for_all():
    assert suggester().suggest("choc", 1) == (Suggestion("Chocolate milk", "item", "i6"),)


def test_a_category_is_shown_by_its_last_level_and_known_by_its_path():
    assert Suggestion("Milk", "category", "Dairy > Milk") in suggester().suggest("milk")


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("cafe cr", "Café crème"), ("CRÈ", "Café crème"), ("手机", "手机配件"), ("苹果", "苹果手机壳"),
        ("milk whole", "Whole milk 1 gal"), ("choclate", "Chocolate milk"), ("whoel mi", "Whole milk 1 gal"),
    ],
)  # fmt: skip
def test_the_first_suggestion_for(typed, first):
    assert texts(typed)[0] == first


@pytest.mark.parametrize("typed", ["", "   ", "xyzzy", "old m"])
def test_nothing_for(typed):
    assert texts(typed) == []


def test_changed_items_are_suggested_at_once():
    rows = [{"title": "Oat drink"}, *ITEMS[1:], {"title": "Wholegrain bread"}]
    later = suggester().with_catalog(catalog(rows), np.array([0, 7]), POPULARITY)
    assert [s.text for s in later.suggest("whole")] == ["Wholegrain bread"]
    assert [s.text for s in later.suggest("oat")] == ["Oat drink"]
    assert texts("whole") == ["Whole milk 1 gal"]


def changed(*rows, at):
    return suggester().with_catalog(catalog(list(rows)), np.array(at), POPULARITY)


def test_brands_and_categories_come_and_go_with_their_items():
    rows = [
        ITEMS[0],
        ITEMS[1],
        {**ITEMS[2], "brand": "Nibs", "category": "Sweets > Bars"},
        {**ITEMS[3], "deleted": True},
        *ITEMS[4:],
    ]
    later = changed(*rows, at=[2, 3])
    assert [s.kind for s in later.suggest("nib")] == ["brand"]
    assert Suggestion("Bars", "category", "Sweets > Bars") in later.suggest("bars")
    assert later.suggest("cocoa") == later.suggest("sweets") == later.suggest("coffee") == ()
    back = later.with_catalog(catalog(ITEMS), np.array([2, 3]), POPULARITY)
    for typed in ("nib", "bars", "cocoa", "sweets", "coffee", "milk", "m"):
        assert [s.text for s in back.suggest(typed)] == texts(typed)


def test_another_item_of_the_title_stands_in_for_one_that_is_gone():
    later = changed(*ITEMS[:6], {**ITEMS[6], "deleted": True}, at=[6])
    assert next(s for s in later.suggest("choc") if s.kind == "item") == Suggestion("Chocolate milk", "item", "i1")


def test_after_many_changes_all_is_made_anew(monkeypatch):
    monkeypatch.setattr("ronghe.methods.lexical.suggest.MOST_HIDDEN", 1)
    rows = [{"title": "Oat drink"}, {"title": "Rye bread"}, *ITEMS[2:]]
    one = changed(rows[0], *ITEMS[1:], at=[0])
    both = one.with_catalog(catalog(rows), np.array([1]), POPULARITY)
    assert (one.hidden, both.hidden) == ({"i0"}, frozenset())
    assert [s.text for s in both.suggest("rye")] == ["Rye bread"]
    assert [s.kind for s in both.suggest("milk pow")] == ["query"]


@given(st.text(max_size=40))
def test_any_text_is_answered(typed):
    assert len(suggester().suggest(typed, 3)) <= 3


def test_one_letter_off_keeps_the_first_letter_and_one_edit():
    near = one_letter_off("mlik")
    assert "milk" in near
    assert all(word[0] == "m" and len(word) in (3, 4, 5) for word in near)
    assert one_letter_off("ab") == []
