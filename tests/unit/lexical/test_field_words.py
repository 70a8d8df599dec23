"""Typed words against fields: which field says them, where in the title, how rare they are."""

import numpy as np
import polars as pl
import pytest

from little import asking, catalog, purchases, rows
from ronghe.compute.local import Local
from ronghe.core.errors import BadRecipe
from ronghe.core.queries import Queries
from ronghe.methods.lexical.field_words import FieldWords

SHOP = catalog(
    {"title": "Elm Comfort USB keyboard QWERTY Black", "category": "Keyboard", "brand": "Elm", "description": "Typing made easy"},
    {"title": "Elm keyboard cover", "description": "A cover that keeps any keyboard clean", "brand": "Elm"},
    {"title": "Oak lamp", "description": "Bright", "attributes": '{"colour": "black"}', "brand": "Oak"},
    {"title": "Gone keyboard", "deleted": True},
)
MODEL = FieldWords().fit(purchases(items=SHOP), Local())
ALL = rows({0: 1.0, 1: 1.0, 2: 1.0, 9: 1.0})


def look(name, text, model=MODEL, found=ALL):
    return model.columns([name], Queries.of(1, text=(text,)), found)[name].tolist()


def test_each_field_speaks_for_itself():
    title, description = look("pair:title_score", "keyboard"), look("pair:description_score", "keyboard")
    assert title[1] > title[0] > 0 == title[2]
    assert description[1] > 0 == description[0]
    assert look("pair:facts_score", "black")[2] > 0 == look("pair:title_score", "black")[2]
    assert look("pair:brand_score", "oak") == [0.0, 0.0, pytest.approx(look("pair:brand_score", "oak")[2]), 0.0]


def test_the_best_field_counts_and_not_the_sum():
    best = look("pair:best_field", "keyboard")
    single = [look(f"pair:{part}_score", "keyboard") for part in ("title", "description", "facts")]
    assert best == pytest.approx(np.max(single, axis=0).tolist())
    assert look("pair:least_word", "black keyboard")[2] == 0.0 < look("pair:least_word", "black keyboard")[0]


def test_places_are_those_in_the_whole_catalogue():
    places = look("pair:best_place", "cover")
    assert places[1] == 0.0
    assert places[0] == places[2] == 1.0


def test_where_the_words_stand_in_the_title():
    assert look("pair:title_first", "usb keyboard") == [2.0, 1.0, -1.0, -1.0]
    assert look("pair:title_head", "usb keyboard") == [3.0, 1.0, -1.0, -1.0]
    assert look("pair:title_after", "keyboard") == [2.0, 1.0, -1.0, -1.0]
    assert look("pair:title_gaps", "elm keyboard") == [2.0, 0.0, -1.0, -1.0]


def test_shares_weigh_what_is_rare_more_and_unknown_words_most():
    rare, common = look("pair:title_share", "cover keyboard")[1], look("pair:title_share", "keyboard nonsense")[1]
    assert rare == pytest.approx(1.0)
    assert 0 < common <= 0.5
    assert look("pair:said_share", "black lamp")[2] == pytest.approx(1.0)


def test_without_words_nothing_is_said():
    assert np.isnan(look("pair:title_score", "")).all()
    assert np.isnan(look("query:information", "")).all()
    assert look("query:terms", "a lamp") == [2.0] * 4


def test_it_follows_the_catalogue_while_serving():
    other = SHOP.upserted(SHOP.table[2].with_columns(pl.lit("Oak keyboard tray").alias("title")))
    now = MODEL.with_catalog(other, np.array([2]))
    assert look("pair:title_first", "keyboard", now)[2] == 1.0
    assert look("pair:title_score", "lamp", now)[2] == 0.0
    assert look("pair:title_score", "tray", now)[2] > 0
    assert look("item:title_words", "tray", now) == [6.0, 3.0, 3.0, pytest.approx(float("nan"), nan_ok=True)]


def test_settings_that_cannot_be_are_refused():
    with pytest.raises(BadRecipe, match="deepest"):
        FieldWords(deepest=0)
    assert MODEL.columns(["item:title_words"], asking([]), rows({}))["item:title_words"].shape == (0,)
