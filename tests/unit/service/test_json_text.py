"""Strict JSON refuses what lax parsers let through, and reads what is right as Python does."""

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ronghe.core.errors import BadRequest
from ronghe.service.json_text import read_json

REFUSED = {
    "NaN": b'{"a": NaN}',
    "Infinity": b'{"a": Infinity}',
    "minus Infinity": b"[-Infinity]",
    "1e999": b'{"a": 1e999}',
    "a key twice": b'{"a": 1, "a": 2}',
    "a key twice inside": b'{"b": [{"a": 1, "a": 1}]}',
    "bad UTF-8": b'{"a": "\xff"}',
    "UTF-16": '{"a": 1}'.encode("utf-16"),
    "a byte order mark": b'\xef\xbb\xbf{"a": 1}',
    "raw NUL": b'{"a": "\x00"}',
    "escaped NUL": b'{"a": "x\\u0000"}',
    "escaped NUL as key": b'{"\\u0000": 1}',
    "half a pair": b'["\\ud800"]',
    "surrogate bytes": b'["\xed\xa0\x80"]',
    "nothing": b"",
    "two values": b"1 2",
    "single quotes": b"{'a': 1}",
    "a comma too many": b"[1,]",
    "a comment": b"{} // x",
    "too deep": b"[" * 100_000,
    "a number of 5,000 digits": b"1" * 5_000,
    "hex": b"0x10",
    "plus": b"+1",
}


@pytest.mark.parametrize("body", REFUSED.values(), ids=REFUSED)
def test_is_refused(body: bytes):
    with pytest.raises(BadRequest):
        read_json(body)


def test_an_escaped_backslash_is_no_nul():
    assert read_json(b'["\\\\u0000"]') == ["\\u0000"]


def test_a_whole_pair_is_a_character():
    assert read_json(b'["\\ud83d\\ude00"]') == ["😀"]


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**18), 10**18)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00")),
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00")), inner, max_size=5)
    ),
    max_leaves=20,
)


@given(VALUES, st.booleans())
def test_what_python_writes_is_read_back(value: object, ascii_only: bool):
    assert read_json(json.dumps(value, ensure_ascii=ascii_only).encode()) == value


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(body: bytes):
    with contextlib.suppress(BadRequest):
        read_json(body)
