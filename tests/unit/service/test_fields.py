"""Fields take what is right, name themselves when it is not, and never take a boolean for a number."""

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ronghe.core.errors import BadRequest
from ronghe.service.fields import Choice, Field, Flag, Integer, Number, Text, TextLists, Texts, read_object, read_query

FIELDS: dict[str, Field] = {
    "text": Text(10),
    "id": Text(5, 1, identifier=True, null=True),
    "k": Integer(1, 200),
    "price": Number(0, 100, null=True),
    "flag": Flag(),
    "sort": Choice(("a", "b")),
    "basket": Texts(3, 5),
    "filters": TextLists(2, Texts(2, 5)),
}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("text", 1),
        ("text", None),
        ("text", "x" * 11),
        ("text", "a\x00"),
        ("text", "\ud800"),
        ("id", ""),
        ("id", "a\nb"),
        ("k", True),
        ("k", 1.0),
        ("k", "1"),
        ("k", 0),
        ("k", 201),
        ("k", None),
        ("k", 10**400),
        ("price", False),
        ("price", "1"),
        ("price", -0.1),
        ("price", 100.1),
        ("price", float("nan")),
        ("price", float("inf")),
        ("price", 10**400),
        ("flag", 1),
        ("flag", "true"),
        ("flag", None),
        ("sort", "c"),
        ("sort", 1),
        ("sort", None),
        ("basket", "a"),
        ("basket", ["a"] * 4),
        ("basket", [1]),
        ("basket", [""]),
        ("basket", ["x" * 6]),
        ("filters", []),
        ("filters", {"a": "b"}),
        ("filters", {"a": ["b"] * 3}),
        ("filters", {"a": [], "b": [], "c": []}),
        ("filters", {"": ["a"]}),
        ("filters", {"a\n": ["b"]}),
    ],
)
def test_a_wrong_value_is_refused_by_name(field: str, value: Any):
    with pytest.raises(BadRequest) as refused:
        read_object({field: value}, FIELDS)
    assert refused.value.field.split("[")[0].split(".")[0] == field


def test_right_values_come_through():
    said = {
        "text": "é",
        "id": None,
        "k": 200,
        "price": 5,
        "flag": False,
        "sort": "b",
        "basket": ["a", "b"],
        "filters": {"x": ["1"]},
    }
    assert read_object(said, FIELDS) == {**said, "price": 5.0, "basket": ("a", "b"), "filters": {"x": ("1",)}}


def test_an_unknown_field_is_refused_with_the_nearest_right_one():
    with pytest.raises(BadRequest, match="did you mean 'basket'"):
        read_object({"baskett": []}, FIELDS)


@pytest.mark.parametrize("value", [None, 1, "x", [1], True])
def test_only_an_object_has_fields(value: Any):
    with pytest.raises(BadRequest, match="right would be an object"):
        read_object(value, FIELDS)


def test_an_address_says_the_same_as_a_body():
    query = b"text=%C3%A9&k=200&price=5&flag=0&sort=b&basket=a&basket=b&filters=x:1"
    assert read_query(query, FIELDS) == {
        "text": "é",
        "k": 200,
        "price": 5.0,
        "flag": False,
        "sort": "b",
        "basket": ("a", "b"),
        "filters": {"x": ("1",)},
    }


@pytest.mark.parametrize(
    "query",
    [
        b"text=a&text=b",
        b"k=1.0",
        b"k=1_0",
        b"k=",
        b"k=%D9%A1",
        b"k=1e1",
        b"k=" + b"9" * 30,
        b"price=nan",
        b"price=inf",
        b"price=1_0",
        b"price=%201",
        b"price=x",
        b"flag=yes",
        b"text=%FF",
        b"text=%00",
        b"text=\xff",
        b"nope=1",
        b"filters=a",
        b"&".join([b"x=1"] * 300),
    ],
)
def test_a_wrong_address_is_refused(query: bytes):
    with pytest.raises(BadRequest):
        read_query(query, FIELDS)


@given(
    st.dictionaries(
        st.sampled_from([*FIELDS, "other"]),
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats()
        | st.text()
        | st.lists(st.text())
        | st.dictionaries(st.text(), st.lists(st.text())),
    )
)
def test_any_object_is_read_or_refused(value: dict[str, Any]):
    with contextlib.suppress(BadRequest):
        assert set(read_object(value, FIELDS)) == set(value)


@given(st.binary(max_size=200))
def test_any_address_is_read_or_refused(query: bytes):
    with contextlib.suppress(BadRequest):
        read_query(query, FIELDS)


@pytest.mark.parametrize(("sent", "name"), [(None, "null"), ([], "array"), ("x", "string"), (3, "number"), (True, "true or false")])
def test_what_is_no_object_is_called_what_json_calls_it(sent: Any, name: str):
    with pytest.raises(BadRequest, match=f"found {name};"):
        read_object(sent, FIELDS)


@pytest.mark.parametrize(("value", "said"), [(True, "k is true;"), (None, "k is null;"), ("1", "k is '1';"), (1.5, "k is 1.5;")])
def test_what_was_found_is_told_as_json_has_it(value: Any, said: str):
    with pytest.raises(BadRequest, match=said):
        FIELDS["k"].read(value, "k")
