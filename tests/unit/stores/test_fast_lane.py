"""The fast lane: a row's fate is the same whichever lane of the checks it goes through."""

from datetime import datetime

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from ronghe.core.events import KINDS
from ronghe.stores.checks import check_events, check_items
from ronghe.stores.fast_lane import Lane, plainly_good

NOW = 1.7e9


def test_plain_rows_never_see_a_judge():
    rows = pl.DataFrame({"id": ["a", "b", " c"], "price": [1.0, 2.5, 3.0]})
    lanes = {"id": (Lane("name", limit=9), True, None), "price": (Lane("number", high=9.0), False, None)}
    good, at, rest = plainly_good(rows, lanes, {"id": pl.String(), "price": pl.Float64()})
    assert good.rows() == [("a", 1.0), ("b", 2.5)]
    assert at.to_list() == [0, 1]
    assert rest["·row"].to_list() == [2]


TEXTS = st.sampled_from(
    ["", " ", "a", " a", "a b", "ü", "面", "\u00a0x", "a\x00", "a\tb", "session:1", "x" * 257, "1", "-3", "1.5", "1e3", "nan", "7."]
)
FRAMES = {
    "id": [TEXTS],
    "user": [TEXTS, st.integers(-5, 2**60)],
    "session": [TEXTS],
    "item": [TEXTS, st.integers(0, 9), st.floats(width=32)],
    "time": [
        st.floats(),
        st.integers(0, 2**62),
        st.sampled_from(["2020-09-13 12:26:40", "2020-02-30 00:00:00", "2020-09-13T12:26:40Z", "1600000000"]),
        st.datetimes(datetime(1980, 1, 1), datetime(2030, 1, 1)),
        st.sampled_from([20200913, 1600000000, 1600000000123]),
        st.booleans(),
    ],
    "kind": [st.sampled_from([*KINDS, "addtocart", "ADD TO CART", "", "?"]), st.integers(0, 9)],
    "query": [TEXTS],
    "amount": [st.floats(), st.integers(-1, 9), TEXTS, st.booleans()],
    "price": [st.floats(), TEXTS],
    "place": [st.integers(-1, 5), st.sampled_from([1.0, 1.5, 0.0]), TEXTS],
    "propensity": [st.floats(0, 2), TEXTS],
    "platform": [TEXTS],
}


@st.composite
def frames(draw, fields):
    height = draw(st.integers(0, 5))
    chosen = draw(st.lists(st.sampled_from(sorted(fields)), unique=True, min_size=1))
    columns = {
        name: draw(st.lists(st.none() | draw(st.sampled_from(fields[name])), min_size=height, max_size=height)) for name in chosen
    }
    return pl.DataFrame(columns, strict=True)


@settings(max_examples=100)
@given(frame=frames(FRAMES))
def test_a_rows_fate_does_not_depend_on_the_lane_it_goes_through(frame):
    good, bad = check_events(frame, now=NOW)
    good_too, bad_too = check_events(frame.to_dicts(), now=NOW)
    assert good.rows() == good_too.rows()
    assert [(r.row, r.field, r.reason) for r in bad] == [(r.row, r.field, r.reason) for r in bad_too]
    assert good.height + len(bad) == frame.height


ITEM_FRAMES = {
    "id": [TEXTS, st.integers(0, 5)],
    "title": [TEXTS],
    "brand": [TEXTS],
    "group": [TEXTS],
    "price": [st.floats(), st.integers(-1, 3), TEXTS],
    "image": [st.sampled_from(["a.png", "http://a/b:c", "javascript:x", "data:image/png,x", "a b.png", "a/b:c", "面.png"]), TEXTS],
    "category": [st.sampled_from(["a", "a > b", "a>b", " a > b", "a >  b", "> a", "a > > b", "a\tb > c", "面 > 包"]), TEXTS],
    "stock": [st.integers(-1, 3), st.floats(0, 3), TEXTS],
    "deleted": [st.booleans(), st.integers(0, 2), TEXTS],
    "created": FRAMES["time"],
    "attributes": [st.sampled_from(["{}", '{"a": 1}', "{", "[]", ""])],
}


@settings(max_examples=100)
@given(frame=frames(ITEM_FRAMES))
def test_an_items_fate_does_not_depend_on_the_lane_either(frame):
    good, bad = check_items(frame, now=NOW)
    good_too, bad_too = check_items(frame.to_dicts(), now=NOW)
    assert good.rows() == good_too.rows()
    assert [(r.row, r.field, r.reason) for r in bad] == [(r.row, r.field, r.reason) for r in bad_too]
