"""Named sources: what they promise of their data; data sets that lie elsewhere are skipped where they are absent."""

import polars as pl
import pytest

from ronghe.core.errors import BadData, BadRecipe
from ronghe.stores.checks import check_events, check_items
from ronghe.stores.sources import SOURCES, named, open_source
from ronghe.stores.sources.grocery_words import readable, size_of

EXPECTED = {  # rejects, of all rows of a tenth of the shoppers
    "complete-journey": 0.01,
    "beauty": 0,
    "games": 0,
    "gowalla": 0,
    "ml-100k": 0,
    "online-retail": 0.03,
    "icecat": 0,
    "fashion": 0,
    "clips": 0,
    "litemall": 0,
}


@pytest.mark.parametrize("name", SOURCES)
def test_a_source_gives_rows_that_pass_the_checks(name):
    try:
        source = named(name, sample=0.02)
    except BadData as error:
        pytest.skip(str(error))
    items, events, bad = set(), 0, 0
    for part in source.parts():
        for chunk in part.chunks(0):
            good, rejects = (check_items if part.noun == "items" else check_events)(chunk.rows)
            assert len(chunk.numbers) == len(chunk.rows) == good.height + len(rejects)
            bad += len(rejects)
            if part.noun == "items":
                assert not items & set(good["id"])
                assert good["title"].str.len_chars().gt(0).mean() > 0.99
                items |= set(good["id"])
            else:
                assert good["id"].n_unique() == good.height
                assert good["item"].is_in(list(items)).mean() > 0.95
                events += good.height
    assert bad <= EXPECTED[name] * (len(items) + events)
    assert items
    assert events or name in ("icecat", "fashion", "clips", "litemall")


@pytest.mark.parametrize("name", ["complete-journey", "games", "gowalla"])
def test_a_source_goes_on_from_any_row_as_if_never_stopped(name):
    try:
        part = named(name, sample=0.01).parts()[-1]
    except BadData as error:
        pytest.skip(str(error))
    numbers, ids = _all(part, 0)
    start = numbers[len(numbers) // 2]
    later_numbers, later_ids = _all(part, start)
    assert later_numbers == numbers[len(numbers) // 2 :]
    assert later_ids == ids[len(numbers) // 2 :]


def _all(part, start):
    numbers, ids = [], []
    for chunk in part.chunks(start):
        numbers += chunk.numbers
        ids += chunk.rows["id"].to_list()
    return numbers, ids


def test_a_sample_is_of_shoppers_and_always_the_same():
    try:
        small, large = (named("complete-journey", sample=share).parts()[1] for share in (0.01, 0.03))
    except BadData as error:
        pytest.skip(str(error))
    users, more = ({u for chunk in part.chunks(0) for u in chunk.rows["user"].to_list()} for part in (small, large))
    assert users < more
    assert 0.01 < len(more) / 2469 < 0.05


@pytest.mark.parametrize(
    ("till", "shelf"),
    [
        ("BREAD:ITALIAN/FRENCH", "Bread Italian/French"),
        ("FRZN BAGGED VEGETABLES - PLAIN", "Frozen Bagged Vegetables, Plain"),
        ("SFT DRNK 2 LITER BTL CARB INCL", "Soft Drink 2 Liter Bottle Carbonated"),
        ("BEERALEMALT LIQUORS", "Beer, Ale & Malt Liquor"),
        ("APPLES GOLD DELICIOUS (BULK&BA", "Apples Gold Delicious"),
        ("CANDY W/O FLOUR", "Candy without Flour"),
        ("MEAT-PCKGD", "Meat-Packaged"),
        ("ANIMAL-MAGAZINE", "Animal Magazine"),
        ("DRUG GM", "Drug & General Merchandise"),
    ],
)
def test_till_words_become_readable(till, shelf):
    assert readable(till) == shelf


def test_sizes_read_as_on_a_shelf():
    assert [size_of(s) for s in ("22 LB", "2 L", "1.5 L", "750    ML", None, "LB", "427328 PK")] == [
        "22 lb",
        "2 L",
        "1.5 L",
        "750 ml",
        "",
        "",
        "",
    ]


def test_every_product_of_complete_journey_has_a_price_and_no_first_day():
    try:
        part = named("complete-journey").parts()[0]
    except BadData as error:
        pytest.skip(str(error))
    table = pl.concat([check_items(chunk.rows)[0] for chunk in part.chunks(0)])
    assert table["price"].null_count() == 0
    assert table["price"].min() > 0
    assert table["created"].null_count() == table.height
    assert table["category"].str.contains(" > ").mean() > 0.9


def test_a_wrong_name_is_told_the_nearest_right_one():
    with pytest.raises(BadRecipe, match="did you mean 'complete-journey'"):
        open_source("complete-jorney")
    with pytest.raises(BadRecipe, match="share of the shoppers"):
        open_source("beauty", sample=0)
    with pytest.raises(BadData, match="neither a file nor a named source"):
        open_source("nowhere.csv")


def test_data_that_is_not_there_is_said(tmp_path, monkeypatch):
    monkeypatch.setenv("RONGHE_DATA", str(tmp_path))
    with pytest.raises(BadData, match="RONGHE_DATA"):
        named("beauty")
