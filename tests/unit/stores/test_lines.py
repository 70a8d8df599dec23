"""Rows out of text: a line that is no row is rejected with its number, the rows around it are kept."""

import io
import json

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ronghe.core.errors import BadData
from ronghe.stores.lines import LINE_LIMIT, SPAN, csv_chunks, csv_header, jsonl_chunks, parse_object


def read_csv(text, start=0, size=3):
    """(rows by number, rejects by number, rows read) of a CSV text."""
    stream = io.BytesIO(text if isinstance(text, bytes) else text.encode())
    columns, delimiter = csv_header(stream, "f.csv")
    rows, bad, end = {}, {}, start
    for chunk in csv_chunks(stream, columns, delimiter, "f.csv", start, size):
        assert len(chunk.rows) == len(chunk.numbers)
        rows |= dict(zip(chunk.numbers, chunk.rows.rows(), strict=True))
        bad |= {reject.row: reject for reject in chunk.bad}
        assert chunk.end > end
        end = chunk.end
    return rows, bad, end


def test_good_rows_are_kept_around_a_bad_one():
    rows, bad, end = read_csv('a,b\n1,2\n3\n5,6,7\n"8 ""x""","9\n9"\n')
    assert rows == {0: ("1", "2"), 3: ('8 "x"', "9\n9")}
    assert {n: r.reason for n, r in bad.items()} == {
        1: "row has 1 fields; the header has 2",
        2: "row has 3 fields; the header has 2",
    }
    assert end == 4


def test_a_quote_that_is_not_closed_costs_its_own_line_only():
    many = "".join(f"{n},x\n" for n in range(SPAN * 2))
    rows, bad, end = read_csv(f'a,b\n1,2\n"3,4\n{many}')
    assert sorted(bad) == [1]
    assert len(rows) == SPAN * 2 + 1
    assert end == SPAN * 2 + 2
    rows, bad, _ = read_csv('a,b\n1,2\n"3,4\n5,6\n')
    assert (sorted(rows), sorted(bad)) == ([0, 2], [1])


def test_bad_utf8_costs_its_own_row_only():
    rows, bad, _ = read_csv("a,b\n1,ü\n2,x\n3,y\n".encode().replace(b"x", b"\xff\xfe"))
    assert rows == {0: ("1", "ü"), 2: ("3", "y")}
    assert bad[1].reason == "row is not UTF-8"
    bad[1].content.encode()


def test_a_line_beyond_measure_is_rejected_and_the_next_one_is_read():
    rows, bad, _ = read_csv(f"a,b\n1,2\n{'x' * (10 * LINE_LIMIT)},2\n3,4\n")
    assert rows == {0: ("1", "2"), 2: ("3", "4")}
    assert str(LINE_LIMIT) in bad[1].reason
    assert len(bad[1].content) <= 500


def test_separators_and_the_mark_of_windows_files_are_seen():
    assert read_csv("\ufeffa;b\r\n1;2\r\n")[0] == {0: ("1", "2")}
    assert read_csv("a\tb\n1\t2\n\n\n3\t4")[0] == {0: ("1", "2"), 1: ("3", "4")}


@pytest.mark.parametrize("header", [b"", b"\n", b"a,a\n", b"a,\n", b"\xff\xfea\x00\n", b"caf\xe9,b\n", b"a,b\r1,2\r"])
def test_a_header_that_is_none_is_said(header):
    with pytest.raises(BadData, match=r"f\.csv"):
        csv_header(io.BytesIO(header), "f.csv")


@settings(max_examples=150)
@given(body=st.binary(max_size=300) | st.text('ab,"\n\r\x00é', max_size=200).map(str.encode), start=st.integers(0, 8))
@example(body=b"\x00\n\x00", start=1)
def test_any_bytes_are_rows_or_rejects_and_numbers_have_no_gap(body, start):
    rows, bad, end = read_csv(b"a,b\n" + body)
    assert sorted([*rows, *bad]) == list(range(end))
    later_rows, later_bad, _ = read_csv(b"a,b\n" + body, start=start)
    assert later_rows == {n: row for n, row in rows.items() if n >= start}
    assert later_bad == {n: reject for n, reject in bad.items() if n >= start}


def read_jsonl(data, start=0, size=3):
    rows, bad, end = {}, {}, start
    for chunk in jsonl_chunks(io.BytesIO(data), "f.jsonl", start, size):
        rows |= dict(zip(chunk.numbers, chunk.rows, strict=True))
        bad |= {reject.row: reject for reject in chunk.bad}
        end = chunk.end
    return rows, bad, end


@pytest.mark.parametrize(
    "line",
    [
        b'{"a":NaN}', b'{"a":Infinity}', b'{"a":1e999}', b'{"a":1,"a":2}', b'{"a":{"b":1,"b":2}}', b'{"a":1', b"[1]", b"5", b"null",
        b'{"a":"\\ud800"}', b'{"a":"\xff"}', b"{'a':1}", b'{"a":1}{"b":2}', b'{"a":' + b"[" * 5000 + b"]" * 5000 + b"}",
        b'{"a":"' + b"x" * (10 * 2**20) + b'"}',
    ],
)  # fmt: skip
def test_a_line_that_is_no_strict_object_is_rejected(line):
    rows, bad, end = read_jsonl(b'{"a":1}\n' + line + b'\n\n{"a":"x:y"}')
    assert rows == {0: {"a": 1}, 2: {"a": "x:y"}}
    assert (sorted(bad), end) == ([1], 3)


@settings(max_examples=150)
@given(data=st.binary(max_size=200) | st.text('{}":,a1\n ', max_size=200).map(str.encode), start=st.integers(0, 8))
def test_any_bytes_are_objects_or_rejects(data, start):
    rows, bad, end = read_jsonl(data)
    assert sorted([*rows, *bad]) == list(range(end))
    assert read_jsonl(data, start)[0] == {n: row for n, row in rows.items() if n >= start}


@given(
    st.dictionaries(
        st.text(st.characters(exclude_categories=["Cs"])),
        st.integers(-(2**53), 2**53) | st.text(st.characters(exclude_categories=["Cs"])),
    )
)
def test_every_object_is_read_as_it_is(found):
    assert parse_object(json.dumps(found)) == found
    assert parse_object(json.dumps(found, ensure_ascii=False).encode()) == found
