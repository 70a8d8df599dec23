"""Typing errors are mended with the shop's words, and nothing else is touched."""

import numpy as np
import pytest

from ronghe.compute.local import Local
from ronghe.core.queries import Queries
from ronghe.engine.artifacts import load_model, save_model
from ronghe.methods.lexical.spelling import Spelling
from worlds import catalog, shop

ITEMS = [
    {"title": "Chocolate chip cookies", "brand": "Keebler"},
    {"title": "Bluetooth headphones", "brand": "Logitech"},
    {"title": "Bananas 40 LB"},
    {"title": "苹果手机壳"},
    {"title": "shampoo", "description": "smells of hibiscus"},
]


def mended(*texts, model=None):
    model = model or Spelling().fit(shop(ITEMS, []), Local())
    return list(model.rewrite(Queries.of(len(texts), text=texts)).text)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("chocolat cokies", "chocolate cookies"), ("bluetoth hedphones", "bluetooth headphones"), ("logitec", "logitech"),
        ("bananna", "banana"), ("shmapoo", "shampoo"), ("Shampo 苹果手机壳", "shampoo 苹果手机壳"),
        ("logitec 2000, blak", "logitech 2000, blak"),
    ],
)  # fmt: skip
def test_an_error_is_mended(typed, meant):
    assert mended(typed) == [meant]


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "Chocolate  Chip",
        "cookie",
        "Keebler",
        "hibiscus",
        "40 lb",
        "chp",
        "苹果手机",
        "asdfgh qwerty",
        "banana",
        "x" * 500,
        "b2b3c4",
    ],
)
def test_what_the_shop_knows_or_nobody_could_guess_stays_exactly_as_typed(typed):
    assert mended(typed) == [typed]


def test_a_word_that_comes_with_a_new_item_is_no_longer_an_error():
    model = Spelling().fit(shop(ITEMS, []), Local())
    rows = [*ITEMS, {"title": "Shampon"}]
    later = model.with_catalog(catalog(rows), np.array([5]))
    assert mended("shampon", model=later) == ["shampon"]
    assert mended("shampon", model=model) == ["shampoo"]
    assert later.with_catalog(catalog(rows), np.arange(6)) is later


def test_the_more_common_of_two_near_words_is_meant():
    rows = [{"title": "bread"}] + [{"title": f"breed {n}"} for n in range(5)]
    assert mended("breod", model=Spelling().fit(shop(rows, []), Local())) == ["breed"]


def test_a_wrong_first_letter_is_mended_only_where_nothing_else_was_typed():
    model = Spelling().fit(shop([{"title": "Rock and bark"}, {"title": "chocolate"}], []), Local())
    assert mended("dark", "dark chocolate", "chocolate barc", "xhocolate bark", model=model) == [
        "bark", "dark chocolate", "chocolate bark", "chocolate bark"
    ]  # fmt: skip


def test_saved_equals_loaded(tmp_path):
    save_model(Spelling().fit(shop(ITEMS, []), Local()), tmp_path / "spelling")
    assert mended("bluetoth", model=load_model(tmp_path / "spelling")) == ["bluetooth"]


def asked_back(text, model):
    meant = model.rewrite(Queries.of(1, text=(text,)))
    return meant.text[0], meant.maybe[0]


def test_what_is_not_certain_is_only_asked_back():
    rows = [{"title": f"bread {n}"} for n in range(3)] + [{"title": f"breed {n}"} for n in range(4)]
    model = Spelling().fit(shop(rows, []), Local())
    assert asked_back("breod", model) == ("breod", "breed")
    assert asked_back("breod 4", model) == ("breod 4", "breed 4")
    assert asked_back("breod", model.bolder()) == ("breed", "")
    assert asked_back("breod", Spelling(certain=0.0).fit(shop(rows, []), Local())) == ("breed", "")


def test_a_word_that_hardly_anything_says_may_be_one_that_very_many_say():
    rows = [{"title": "headphnes"}, *({"title": f"headphones {n}"} for n in range(60))]
    model = Spelling().fit(shop(rows, []), Local())
    assert asked_back("headphnes", model) == ("headphnes", "headphones")
    assert asked_back("headphones", model) == ("headphones", "")


def test_where_nothing_was_found_a_shorter_word_may_have_two_errors():
    model = Spelling().fit(shop([{"title": "printer"}], []), Local())
    assert asked_back("pintr", model) == ("pintr", "")
    assert asked_back("pintr", model.bolder()) == ("printer", "")
