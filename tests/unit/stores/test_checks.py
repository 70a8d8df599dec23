"""The schema checks: what is good goes on in order, what is bad is said with field and reason, and the counts add up."""

import math
from datetime import UTC, datetime

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ronghe.core import limits
from ronghe.core.catalog import SCHEMA
from ronghe.core.events import KINDS
from ronghe.core.ports import EVENT_SCHEMA
from ronghe.stores.checks import CONTENT_LIMIT, check_events, check_items

NOW = 1.7e9
GOOD = {"id": "e1", "time": 1.6e9, "user": "u", "item": "i", "kind": "view"}
DEEP = 10 * 2**20


def only(row):
    """The one good event of a row that is good."""
    good, bad = check_events([row], now=NOW)
    assert bad == []
    assert dict(good.schema) == EVENT_SCHEMA
    return good.row(0, named=True)


BAD = [
    ("time", {"time": None}, "missing"),
    ("time", {"time": ""}, "missing"),
    ("time", {"time": math.nan}, "moment"),
    ("time", {"time": math.inf}, "moment"),
    ("time", {"time": "1e999"}, "moment"),
    ("time", {"time": True}, "number"),
    ("time", {"time": "yesterday"}, "ISO 8601"),
    ("time", {"time": "2021-13-01"}, "ISO 8601"),
    ("time", {"time": NOW + 2 * 86_400}, "future"),
    ("time", {"time": 17}, "before 1990"),
    ("time", {"time": [1]}, "number"),
    ("user", {"user": None}, "session"),
    ("user", {"user": "", "session": " "}, "session"),
    ("user", {"user": True}, "text or a whole number"),
    ("user", {"user": 1.5}, "text or a whole number"),
    ("user", {"user": 2.0**60}, "as text"),
    ("user", {"user": "session:9"}, "session"),
    ("user", {"user": {"id": 1}}, "text or a whole number"),
    ("user", {"user": "u" * (limits.ID + 1)}, "characters"),
    ("item", {"item": None}, "missing"),
    ("item", {"item": "a\x00b"}, "NUL"),
    ("item", {"item": "a\nb"}, "control"),
    ("item", {"item": "\ud800"}, "Unicode"),
    ("item", {"item": "x" * DEEP}, str(DEEP)),
    ("kind", {"kind": None}, "missing"),
    ("kind", {"kind": "teleport"}, "purchase"),
    ("kind", {"kind": 4}, "purchase"),
    ("query", {"kind": "search", "query": None}, "typed"),
    ("query", {"query": 5}, "text"),
    ("query", {"query": "q\x00"}, "NUL"),
    ("amount", {"kind": "purchase", "amount": 0}, "at least a piece"),
    ("amount", {"amount": -1}, "0 to"),
    ("amount", {"amount": True}, "number"),
    ("amount", {"kind": "rating", "amount": None}, "stars"),
    ("amount", {"kind": "rating", "amount": 7}, "stars"),
    ("price", {"price": -0.01}, "0 to"),
    ("price", {"price": math.nan}, "finite"),
    ("price", {"price": -math.inf}, "finite"),
    ("price", {"price": 10**400}, "finite"),
    ("price", {"price": "nan"}, "number"),
    ("price", {"price": "1_000"}, "number"),
    ("price", {"price": "0x10"}, "number"),
    ("price", {"price": "£3"}, "number"),
    ("price", {"price": False}, "number"),
    ("place", {"place": 0}, "1 to"),
    ("place", {"place": 1.5}, "whole"),
    ("propensity", {"propensity": 0}, "to 1"),
    ("propensity", {"propensity": 1.01}, "to 1"),
    ("itme", {"itme": "i"}, "time"),
]


@pytest.mark.parametrize(("field", "change", "reason"), BAD)
def test_a_bad_row_says_its_field_and_what_would_be_right(field, change, reason):
    good, bad = check_events([GOOD, {**GOOD, **change}, GOOD], source="f", first=10, now=NOW)
    assert good.height == 2
    [reject] = bad
    assert (reject.source, reject.row, reject.field) == ("f", 11, field)
    assert reason in reject.reason
    assert 0 < len(reject.content) <= CONTENT_LIMIT
    reject.content.encode()
    reject.reason.encode()
    assert len(reject.reason) < 400


def test_what_is_no_row_at_all_is_rejected():
    good, bad = check_events([5, None, [GOOD], "x"], now=NOW)
    assert (good.height, [r.row for r in bad]) == (0, [0, 1, 2, 3])


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        (1_600_000_000, 1.6e9),
        (1_600_000_000_500, 1.6e9 + 0.5),
        (1_600_000_000_000_000, 1.6e9),
        (1_600_000_000 * 10**9, 1.6e9),
        ("1600000000", 1.6e9),
        (" 1600000000.5 ", 1.6e9 + 0.5),
        ("2020-09-13T12:26:40Z", 1.6e9),
        ("2020-09-13 12:26:40", 1.6e9),
        ("2020-09-13T14:26:40+02:00", 1.6e9),
        ("2020/09/13 12:26:40", 1.6e9),
        ("2020-09-13", 1_599_955_200.0),
        (20200913, 1_599_955_200.0),
        ("20200913", 1_599_955_200.0),
        (datetime(2020, 9, 13, 12, 26, 40), 1.6e9),
        (datetime(2020, 9, 13, 12, 26, 40, tzinfo=UTC), 1.6e9),
        (datetime(2020, 9, 13).date(), 1_599_955_200.0),
    ],
)
def test_times_are_read_in_the_forms_that_shops_write(said, kept):
    assert only({**GOOD, "time": said})["time"] == kept


def test_times_of_another_form_are_read_when_it_is_said():
    good, bad = check_events(
        [{**GOOD, "time": "13/09/2020 12:26"}, {**GOOD, "time": "1600000000"}], now=NOW, time_format="%d/%m/%Y %H:%M"
    )
    assert good["time"].to_list() == [1_599_999_960.0]
    assert "%d/%m/%Y" in bad[0].reason


@pytest.mark.parametrize(
    ("said", "kept"), [("addtocart", "cart"), ("add_to_cart", "cart"), ("Transaction", "purchase"), ("favorite", "favourite")]
)
def test_kinds_are_known_by_what_shops_call_them(said, kept):
    assert only({**GOOD, "kind": said})["kind"] == kept


def test_every_kind_is_known_by_its_own_name():
    rows = [{**GOOD, "kind": kind, "query": "q", "amount": 3} for kind in KINDS]
    assert check_events(rows, now=NOW)[0]["kind"].to_list() == list(KINDS)


def test_numbers_may_be_ids_and_texts_are_trimmed():
    row = only({**GOOD, "user": 12, "item": 34.0, "query": "  面包 ", "session": "", "price": "2.50"})
    assert (row["user"], row["item"], row["query"], row["session"], row["price"]) == ("12", "34", "面包", None, 2.5)


def test_an_event_without_an_id_gets_the_same_one_every_time_and_in_every_lane():
    row = {key: value for key, value in GOOD.items() if key != "id"}
    first = only(row)["id"]
    assert only(dict(reversed(row.items())))["id"] == first == check_events(pl.DataFrame([row]), now=NOW)[0]["id"][0]
    assert only({**row, "time": 1.6e9 + 1})["id"] != first
    assert only({**row, "price": 1})["id"] != first


def test_defaults_stand_for_what_is_missing_or_empty():
    good, bad = check_events([{"user": "u", "item": "i", "time": ""}], now=NOW, default={"time": 1.65e9, "kind": "pageview"})
    assert bad == []
    assert good.select("time", "kind").row(0) == (1.65e9, "view")


def test_items_are_checked_by_the_same_rules():
    rows = [
        {
            "id": 7,
            "title": " 面包 ",
            "category": ["Food", " Bread "],
            "price": "2.5",
            "stock": 3,
            "deleted": "no",
            "attributes": {"a": 1, "b": ["x"]},
        },
        {"id": "8", "category": "Food >Bread> Rye ", "attributes": '{"c": true}', "created": "2020-09-13T12:26:40Z"},
    ]
    good, bad = check_items(rows, now=NOW)
    assert bad == []
    assert dict(good.schema) == SCHEMA
    assert good["category"].to_list() == ["Food > Bread", "Food > Bread > Rye"]
    assert good["attributes"].to_list() == ['{"a":1,"b":["x"]}', '{"c":"yes"}']
    assert good["title"].to_list() == ["面包", ""]
    assert good["deleted"].to_list() == [False, False]
    assert good["created"].to_list() == [None, 1.6e9]


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("id", {"id": None}),
        ("id", {"id": ""}),
        ("price", {"price": -1}),
        ("price", {"price": math.nan}),
        ("price", {"price": True}),
        ("stock", {"stock": 1.5}),
        ("stock", {"stock": -1}),
        ("title", {"title": 5}),
        ("title", {"title": "x" * DEEP}),
        ("attributes", {"attributes": "[1]"}),
        ("attributes", {"attributes": "{bad"}),
        ("attributes", {"attributes": {"a": {"b": 1}}}),
        ("attributes", {"attributes": {"a": math.nan}}),
        ("attributes", {"attributes": {str(n): 1 for n in range(101)}}),
        ("attributes", {"attributes": {"a": "x\x00"}}),
        ("category", {"category": 5}),
        ("category", {"category": [5]}),
        ("deleted", {"deleted": "maybe"}),
        ("deleted", {"deleted": 2}),
        ("created", {"created": NOW * 2}),
        ("prize", {"prize": 1}),
    ],
)
def test_a_bad_item_is_rejected(field, change):
    good, bad = check_items([{"id": "a", **change}], now=NOW)
    assert good.height == 0
    assert [reject.field for reject in bad] == [field]


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@settings(max_examples=100)
@given(rows=st.lists(st.dictionaries(st.sampled_from([*EVENT_SCHEMA, *SCHEMA, "?"]), JSON) | JSON, max_size=4))
def test_whatever_is_sent_is_taken_or_rejected_never_fatal(rows):
    for check, schema in ((check_events, EVENT_SCHEMA), (check_items, SCHEMA)):
        good, bad = check(rows, now=NOW)
        assert dict(good.schema) == schema
        assert good.height + len(bad) == len(rows)
        assert len({reject.row for reject in bad}) == len(bad)
        for name, dtype in schema.items():
            if dtype == pl.Float64:
                assert good[name].is_finite().fill_null(True).all()


@pytest.mark.parametrize(
    ("said", "price"), [("1,50", 1.5), ("1.234,56", 1234.56), ("12345,6", 12345.6), ("1,500", None), ("1,2,3", None)]
)
def test_a_decimal_comma_is_read_where_it_can_be_nothing_else(said, price):
    good, bad = check_items([{"id": "a", "price": said}])
    assert (good["price"].to_list(), len(bad)) == (([price], 0) if price else ([], 1))


@pytest.mark.parametrize(("said", "left"), [("In stock", None), ("out_of_stock", 0), ("no", 0), ("7", 7), ("", None)])
def test_stock_may_be_said_in_words(said, left):
    good, bad = check_items([{"id": "a", "stock": said}])
    assert (good["stock"].to_list(), bad) == ([left], [])


@pytest.mark.parametrize("said", ["many", True, -1, "1.5"])
def test_stock_that_is_neither_a_number_nor_such_a_word_is_refused(said):
    good, bad = check_items([{"id": "a", "stock": said}])
    assert (good.height, [one.field for one in bad]) == (0, ["stock"])
