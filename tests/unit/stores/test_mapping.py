"""Mappings: guessed from names and values, settable, and clear about what is wrong."""

import polars as pl
import pytest

from ronghe.core.errors import BadRecipe
from ronghe.stores.mapping import FIELDS, NAMES, apply, check_needed, guess, noun_of, settled, told, under_its_name, unread


def test_every_name_belongs_to_a_field_that_there_is():
    assert {noun: set(names) for noun, names in NAMES.items()} == {noun: set(fields) for noun, fields in FIELDS.items()}
    for names in NAMES.values():
        for known in names.values():
            assert all(name.isalnum() and name == name.lower() for name in known)


@pytest.mark.parametrize(
    ("columns", "noun"),
    [
        (["timestamp", "visitorid", "event", "itemid", "transactionid"], "events"),
        (["user_id:token", "item_id:token", "rating:float", "timestamp:float"], "events"),
        (["InvoiceNo", "StockCode", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID"], "events"),
        (["user", "item"], "events"),
        (["id", "title", "price"], "items"),
        (["sku", "product_name", "brand", "categories"], "items"),
        (["product_id", "name", "created_at"], "items"),
    ],
)
def test_events_and_items_are_told_apart(columns, noun):
    assert noun_of(columns) == noun


def test_columns_that_look_like_nothing_are_said():
    with pytest.raises(BadRecipe, match=r"neither events.*nor items"):
        noun_of(["x", "y"])


def test_names_are_guessed():
    columns = ["InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country"]
    assert guess(columns, "events", [{"InvoiceDate": "12/1/2010 8:26"}]) == {
        "session": "InvoiceNo",
        "item": "StockCode",
        "amount": "Quantity",
        "time": "InvoiceDate",
        "price": "UnitPrice",
        "user": "CustomerID",
        "kind": "=purchase",
        "time_format": "%m/%d/%Y %H:%M",
    }


def test_times_and_kinds_are_known_by_their_values():
    sample = [{"a": "1600000000", "b": "view", "u": "1", "i": "2"}, {"a": "1600000001", "b": "addtocart", "u": "1", "i": "2"}]
    found = guess(["a", "b", "user", "item"], "events", sample)
    assert (found["time"], found["kind"]) == ("a", "b")


def test_stars_are_ratings():
    assert guess(["user", "item", "rating", "timestamp"], "events")["kind"] == "=rating"


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("31/12/2020", "%d/%m/%Y"),
        ("12/31/2020 08:15", "%m/%d/%Y %H:%M"),
        ("31.12.2020 08:15:01", "%d.%m.%Y %H:%M:%S"),
        ("01.02.2020", "%d.%m.%Y"),
        ("2020-12-31", None),
        ("1600000000", None),
    ],
)
def test_the_form_of_dates_is_guessed(text, form):
    assert guess(["user", "item", "date"], "events", [{"date": text}]).get("time_format") == form


def test_what_is_set_goes_before_what_is_guessed():
    columns = ["id", "title", "name", "colour", "size"]
    found = settled(
        {"title": "name", "attributes": ["colour", "size"], "id": ["id", "size"]}, columns, "items", guess(columns, "items")
    )
    assert found == {"title": "name", "attributes": ["colour", "size"], "id": ["id", "size"]}
    assert settled({"title": ""}, columns, "items", {"title": "name", "id": "id"}) == {"id": "id"}


@pytest.mark.parametrize(
    ("mapping", "said"),
    [({"titel": "name"}, "did you mean 'title'"), ({"title": "nam"}, "did you mean 'name'"), ({"price": "zzz"}, "one of id, name")],
)
def test_a_wrong_name_is_told_the_nearest_right_one(mapping, said):
    with pytest.raises(BadRecipe, match=said):
        settled(mapping, ["id", "name"], "items", {})


def test_frames_and_dictionaries_are_mapped_alike():
    mapping = {
        "id": ["a", "b"],
        "title": "t",
        "language": "=en",
        "attributes": ["b", "t"],
        "category": ["t", "b"],
        "time_format": "%Y",
    }
    rows = [{"a": 1, "b": "x", "t": "T", "extra": 9}]
    assert apply(mapping, rows) == [
        {"id": "1-x", "title": "T", "language": "en", "attributes": {"b": "x", "t": "T"}, "category": "T > x"}
    ]
    frame = apply(mapping, pl.DataFrame(rows))
    assert frame.row(0, named=True) == {
        "id": "1-x",
        "title": "T",
        "language": "en",
        "attributes": '{"b":"x","t":"T"}',
        "category": "T > x",
    }


def test_a_mapping_is_told_line_by_line():
    assert told({"id": "sku", "kind": "=view", "title": ["a", "b"]}).splitlines() == [
        "id           sku",
        "kind         always 'view'",
        "title        a + b",
    ]


@pytest.mark.parametrize(
    ("noun", "mapping", "missing"),
    [
        ("items", {"title": "a"}, r"items\.id=COLUMN"),
        ("events", {"user": "a", "item": "b", "kind": "=view"}, r"the time of events"),
        ("events", {"time": "a", "item": "b"}, r"user or session of events; its columns are a, b"),
        ("events", {"time": "a", "user": "b"}, r"item or query"),
    ],
)
def test_a_file_that_cannot_give_a_good_row_is_said_before_its_first(noun, mapping, missing):
    with pytest.raises(BadRecipe, match=missing):
        check_needed(mapping, ["a", "b"], noun, "f.csv")


@pytest.mark.parametrize("left", ["4", 0, "in stock", "Out of Stock", "no"])
def test_what_is_left_is_known_by_its_values_too(left):
    assert guess(["sku", "name", "In Stock"], "items", [{"In Stock": left}, {"In Stock": ""}])["stock"] == "In Stock"


@pytest.mark.parametrize("left", ["a few", "2 m", True, -1, "1.5"])
def test_a_column_that_holds_no_stock_is_not_taken_for_it(left):
    assert "stock" not in guess(["sku", "name", "Quantity"], "items", [{"Quantity": "4"}, {"Quantity": left}])


def test_columns_that_nobody_reads_are_told():
    mapping = {"id": "sku", "category": ["aisle", "shelf"], "language": "=en"}
    assert unread(mapping, ["sku", "aisle", "colour", "shelf", "cost"]) == ("colour", "cost")


def test_a_single_fact_stands_under_its_own_name():
    assert under_its_name({"attributes": "colour"}, [{"colour": "red"}, {"colour": ""}]) == {"attributes": ["colour"]}
    for whole in ('{"colour": "red"}', {"colour": "red"}):
        assert under_its_name({"attributes": "facts"}, [{"facts": whole}]) == {"attributes": "facts"}
    assert under_its_name({"id": "sku"}, []) == {"id": "sku"}
